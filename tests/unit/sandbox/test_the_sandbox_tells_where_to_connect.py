"""`lienthong sandbox` without `--json`: everything needed to connect, each on a line of its own."""

from typing import Any

from gateway.sandbox.playground_text import as_text


def agency(code: str, connector: str, *, simulated: bool) -> dict[str, Any]:
    broker, called = connector == "amqp", connector == "webhook" and not simulated
    webhook = {"address": f"http://127.0.0.1:3/{code}", "secret": f"whsec_of-{code}"}
    return {
        "code": code,
        "name": "Trung tâm Phục vụ hành chính công xã A Sào",
        "client_id": f"sandbox-{code}",
        "client_secret": f"secret-of-{code}",
        "amqp_user": code if broker else None,
        "amqp_password": f"password-of-{code}" if broker else None,
        "connector": connector,
        "webhook": webhook if called else None,
        "simulated": simulated,
    }


PLAYGROUND: dict[str, Any] = {
    "http": "http://127.0.0.1:1",
    "amqp": "amqp://127.0.0.1:2/%2F",
    "console": {"url": "http://127.0.0.1:1/console", "user": "truc.ban", "password": "of-duty"},
    "agencies": [
        agency("H31.144", "amqp", simulated=False),
        agency("H31.149", "mailbox", simulated=False),
        agency("H31.148", "webhook", simulated=False),
        agency("H31.143", "amqp", simulated=True),
    ],
    "example": {"specversion": "1.0"},
    "operator": {"client_id": "sandbox-operator", "client_secret": "secret-of-operator"},
}


def test_what_is_needed_to_connect_ends_a_line_of_its_own() -> None:
    ends = {line.split()[-1] for line in as_text(PLAYGROUND).splitlines() if line}

    assert {
        "http://127.0.0.1:1",
        "amqp://127.0.0.1:2/%2F",
        "http://127.0.0.1:1/console",
        "truc.ban",
        "of-duty",
        "secret-of-H31.144",
        "password-of-H31.144",
        "agency.H31.144",
        "secret-of-H31.149",
        "/v1/mailbox",
        "http://127.0.0.1:3/H31.148",
        "whsec_of-H31.148",
        "secret-of-operator",
    } <= ends


def test_who_answers_by_itself_is_listed_without_its_secret() -> None:
    text = as_text(PLAYGROUND)

    assert "  H31.143         amqp" in text
    assert "secret-of-H31.143" not in text
