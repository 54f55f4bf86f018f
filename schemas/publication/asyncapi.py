"""The AsyncAPI 3.0 document: what goes over the broker, seen from the gateway."""

from typing import Any, Final

from schemas.kinds import Kind
from schemas.publication.envelope_schema import ENVELOPE_EXAMPLE
from schemas.publication.openapi import component_schemas
from schemas.registry import REGISTRY, Version

MESSAGES: Final = "lienthong.messages"
DELIVERIES: Final = "lienthong.deliveries"
EVENTS: Final = "lienthong.events"

# What is told to everyone whom it concerns; the other kinds to agencies are deliveries only.
EVENT_KINDS: Final = (
    Kind.HOP_CHANGED,
    Kind.TRANSFER_CHANGED,
    Kind.TRANSFER_FINISHED,
    Kind.CLOCK_WARNED,
    Kind.CLOCK_BREACHED,
)
_AMQP_BINDING: Final = "0.3.0"


def asyncapi(version: str) -> dict[str, Any]:
    """Write the document."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:lienthong:asyncapi",
        "info": {
            "title": "Liên Thông",
            "version": version,
            "description": (
                "Carries administrative dossiers between one-stop systems and central agencies. "
                "Messages are CloudEvents 1.0 with JSON data, structured or binary (attributes as "
                "`ce-*` headers). The operations are the gateway's: it receives what agencies "
                "send."
            ),
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {"broker": _broker()},
        "channels": {
            MESSAGES: _messages_channel(),
            DELIVERIES: _deliveries_channel(),
            EVENTS: _events_channel(),
        },
        "operations": _operations(),
        "components": {
            "securitySchemes": {
                "agency": {
                    "type": "userPassword",
                    "description": "One broker user per agency, confined to its own code.",
                }
            },
            "parameters": {
                "agency": {"description": "The agency's code.", "examples": ["H31.182"]},
                "kind": {
                    "description": "The kind of message: its type without prefix and version.",
                    "examples": [Kind.HOP_RECEIVED.value],
                },
            },
            "correlationIds": {
                "receipt": {
                    "description": "The message's own id, also in the AMQP correlation_id.",
                    "location": "$message.payload#/data/message",
                }
            },
            "messages": {_name(v.kind): _message(v) for v in REGISTRY.versions},
            "schemas": component_schemas(),
        },
    }


def _broker() -> dict[str, Any]:
    return {
        "host": "{host}:{port}",
        "protocol": "amqps",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ 3.10 or later.",
        "variables": {
            "host": {"default": "localhost", "description": "The broker's name."},
            "port": {"default": "5671", "description": "5671 with TLS."},
        },
        "security": [{"$ref": "#/components/securitySchemes/agency"}],
    }


def _messages_channel() -> dict[str, Any]:
    kinds = [kind for kind in Kind if kind.from_agencies]
    return {
        "address": "{agency}.{kind}",
        "title": "From agencies",
        "description": (
            "Agencies publish here, with their own code at the head of the key: persistent, and"
            " with the event's id as message_id, which a refusal of something unreadable names."
        ),
        "parameters": _parameters("agency", "kind"),
        "messages": _message_references(kinds),
        "bindings": _exchange(MESSAGES, "topic"),
    }


def _deliveries_channel() -> dict[str, Any]:
    kinds = [kind for kind in Kind if not kind.from_agencies]
    return {
        "address": "agency.{agency}",
        "title": "To one agency",
        "description": (
            "Each agency reads its own queue, named agency.<code>. It exists already; agencies"
            " declare, bind and delete nothing."
        ),
        "parameters": _parameters("agency"),
        "messages": _message_references(kinds),
        "bindings": _exchange(DELIVERIES, "direct"),
    }


def _events_channel() -> dict[str, Any]:
    return {
        "address": "{agency}.{kind}",
        "title": "What happens",
        "description": (
            "For agencies that subscribe, one queue each, declared by the gateway: only what "
            "concerns them."
        ),
        "parameters": _parameters("agency", "kind"),
        "messages": _message_references(EVENT_KINDS),
        "bindings": _exchange(EVENTS, "topic"),
    }


def _operations() -> dict[str, Any]:
    return {
        "receiveMessage": {
            "action": "receive",
            "channel": {"$ref": f"#/channels/{MESSAGES}"},
            "title": "Take what an agency says",
            "summary": "Each is stored, then acknowledged, then answered with a receipt.",
            "bindings": {"amqp": {"ack": True, "bindingVersion": _AMQP_BINDING}},
            "reply": {
                "channel": {"$ref": f"#/channels/{DELIVERIES}"},
                "messages": [
                    {"$ref": f"#/channels/{DELIVERIES}/messages/{_name(Kind.RECEIPT_ISSUED)}"}
                ],
            },
        },
        "deliver": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{DELIVERIES}"},
            "title": "Hand over, answer and notify",
            "summary": "The same id on every attempt; acknowledge only what is stored.",
            "bindings": {
                "amqp": {
                    "deliveryMode": 2,
                    "mandatory": True,
                    "ack": True,
                    "bindingVersion": _AMQP_BINDING,
                }
            },
        },
        "tellEvent": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{EVENTS}"},
            "title": "Tell whom it concerns",
            "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": _AMQP_BINDING}},
        },
    }


def _message(version: Version) -> dict[str, Any]:
    kind, model = version.kind, version.model
    example = _example(version)
    message: dict[str, Any] = {
        "name": version.type,
        "title": kind.value,
        "summary": (model.__doc__ or "").split("\n", 1)[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": version.type},
                        "data": {"$ref": f"#/components/schemas/{model.__name__}"},
                    },
                },
            ]
        },
        "bindings": {
            "amqp": {"messageType": version.type, "bindingVersion": _AMQP_BINDING},
        },
        "examples": [{"name": kind.value, "payload": example}],
    }
    if kind is Kind.RECEIPT_ISSUED:
        message["correlationId"] = {"$ref": "#/components/correlationIds/receipt"}
    if version.deprecated_on is not None:
        message["x-deprecated-on"] = version.deprecated_on.isoformat()
    return message


def _example(version: Version) -> dict[str, Any]:
    extra = version.model.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list)
    source = "H31.182" if version.kind.from_agencies else "G22"
    return ENVELOPE_EXAMPLE | {
        "source": f"urn:lienthong:agency:{source}",
        "type": version.type,
        "data": examples[0],
    }


def _message_references(kinds: Any) -> dict[str, Any]:
    return {_name(kind): {"$ref": f"#/components/messages/{_name(kind)}"} for kind in kinds}


def _parameters(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/parameters/{name}"} for name in names}


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {
        "amqp": {
            "is": "routingKey",
            "exchange": {
                "name": name,
                "type": kind,
                "durable": True,
                "autoDelete": False,
                "vhost": "/",
            },
            "bindingVersion": _AMQP_BINDING,
        }
    }


def _name(kind: Kind) -> str:
    first, *rest = kind.value.split(".")
    return first + "".join(word.capitalize() for word in rest)
