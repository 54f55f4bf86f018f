"""The official CloudEvents SDK writes what we read and reads what we write, on every road."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings import amqp, http, rabbitmq
from cloudevents.core.v1.event import CloudEvent

from schemas.envelope import (
    DATA_MEDIA_TYPE,
    STRUCTURED_MEDIA_TYPE,
    Envelope,
    read_binary,
    read_structured,
    write_amqp_headers,
    write_http_headers,
    write_structured,
)
from schemas.kinds import Kind, examples
from schemas.registry import REGISTRY
from tests.unit.schemas.cases import VERSIONS, as_json, examples_of

ENVELOPE = Envelope(
    id='mã "số" 100% \N{GRINNING FACE}',
    source="urn:lienthong:agency:H31.182",
    type=Kind.TRANSFER_SUBMITTED.type,
    subject="H31.182-260302-0001",
    time=datetime.fromisoformat("2026-03-02T08:12:00.250+07:00"),
    dataschema="urn:lienthong:schema:transfer.submitted.v1",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    data=examples.TRANSFER_SUBMITTED,
    extensions={"sequence": "42"},
)


def sdk_event(envelope: Envelope) -> CloudEvent:
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": envelope.source,
        "type": envelope.type,
        "subject": envelope.subject,
        "time": envelope.time,
        "dataschema": envelope.dataschema,
        "datacontenttype": "application/json",
        "traceparent": envelope.traceparent,
        **envelope.extensions,
    }
    return CloudEvent({name: value for name, value in attributes.items() if value}, envelope.data)


def our_reading_of_http_structured(event: BaseCloudEvent) -> Envelope:
    message = http.to_structured_event(event)
    assert message.headers["content-type"] == STRUCTURED_MEDIA_TYPE
    return read_structured(json.loads(message.body))


def our_reading_of_http_binary(event: BaseCloudEvent) -> Envelope:
    message = http.to_binary_event(event)
    return read_binary(message.headers, json.loads(message.body), percent_encoded=True)


def our_reading_of_rabbitmq_structured(event: BaseCloudEvent) -> Envelope:
    message = rabbitmq.to_structured_event(event)
    assert message.content_type == STRUCTURED_MEDIA_TYPE
    return read_structured(json.loads(message.body))


def our_reading_of_rabbitmq_binary(event: BaseCloudEvent) -> Envelope:
    message = rabbitmq.to_binary_event(event)
    return read_binary(message.headers, json.loads(message.body))


def our_reading_of_amqp_structured(event: BaseCloudEvent) -> Envelope:
    return read_structured(json.loads(amqp.to_structured_event(event).application_data))


def our_reading_of_amqp_binary(event: BaseCloudEvent) -> Envelope:
    message = amqp.to_binary_event(event)
    return read_binary(message.application_properties, json.loads(message.application_data))


READINGS = [
    our_reading_of_http_structured,
    our_reading_of_http_binary,
    our_reading_of_rabbitmq_structured,
    our_reading_of_rabbitmq_binary,
    our_reading_of_amqp_structured,
    our_reading_of_amqp_binary,
]


def sdk_reading_of_http_structured(envelope: Envelope) -> BaseCloudEvent:
    headers = {"content-type": STRUCTURED_MEDIA_TYPE}
    return http.from_http_event(http.HTTPMessage(headers, as_json(write_structured(envelope))))


def sdk_reading_of_http_binary(envelope: Envelope) -> BaseCloudEvent:
    return http.from_http_event(
        http.HTTPMessage(write_http_headers(envelope), as_json(envelope.data))
    )


def sdk_reading_of_rabbitmq_structured(envelope: Envelope) -> BaseCloudEvent:
    return rabbitmq.from_rabbitmq_event(
        rabbitmq.RabbitMQMessage({}, STRUCTURED_MEDIA_TYPE, as_json(write_structured(envelope)))
    )


def sdk_reading_of_rabbitmq_binary(envelope: Envelope) -> BaseCloudEvent:
    return rabbitmq.from_rabbitmq_event(
        rabbitmq.RabbitMQMessage(
            write_amqp_headers(envelope), DATA_MEDIA_TYPE, as_json(envelope.data)
        )
    )


SDK_READINGS = [
    sdk_reading_of_http_structured,
    sdk_reading_of_http_binary,
    sdk_reading_of_rabbitmq_structured,
    sdk_reading_of_rabbitmq_binary,
]


@pytest.mark.parametrize("read", READINGS)
def test_what_the_sdk_writes_we_read(read: Callable[[BaseCloudEvent], Envelope]) -> None:
    assert read(sdk_event(ENVELOPE)) == ENVELOPE


@pytest.mark.parametrize("read", SDK_READINGS)
def test_what_we_write_the_sdk_reads(read: Callable[[Envelope], BaseCloudEvent]) -> None:
    event = read(ENVELOPE)

    wanted = sdk_event(ENVELOPE)
    assert event.get_attributes() == wanted.get_attributes()
    assert event.get_data() == wanted.get_data()


@pytest.mark.parametrize("read", READINGS)
def test_every_kind_survives_the_way_from_the_sdk_to_its_model(
    read: Callable[[BaseCloudEvent], Envelope],
) -> None:
    for version in VERSIONS:
        for example in examples_of(version.model):
            event = CloudEvent(
                {"type": version.type, "source": "urn:lienthong:agency:H31.182"}, example
            )

            envelope = read(event)

            model = REGISTRY.read(envelope.type, as_json(envelope.data))
            assert json.loads(model.model_dump_json(exclude_unset=True)) == example
