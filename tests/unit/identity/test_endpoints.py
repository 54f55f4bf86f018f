"""An endpoint that could not work, or could be abused, is refused before it is stored."""

import pytest

from gateway.identity.endpoints import (
    EndpointRefused,
    NewEndpoint,
    new_webhook_secret,
    register_endpoint,
)

SECRET = new_webhook_secret()


@pytest.mark.parametrize(
    "endpoint",
    [
        NewEndpoint("not a code", "mailbox"),
        NewEndpoint("000.07.15.H54", "mailbox"),
        NewEndpoint("H31.101", "mailbox", address="https://example.invalid/"),
        NewEndpoint("H31.101", "pigeon", address="https://example.invalid/"),
        NewEndpoint("H31.101", "webhook"),
        NewEndpoint("H31.101", "webhook", address="http://example.invalid/", secret=SECRET),
        NewEndpoint("H31.101", "webhook", address="https://u:p@example.invalid/", secret=SECRET),
        NewEndpoint("H31.101", "webhook", address="https://example.invalid/", secret="plain"),
        NewEndpoint("H31.101", "webhook", address="file:///etc/passwd", secret=SECRET),
    ],
)
async def test_it_is_refused(endpoint: NewEndpoint) -> None:
    with pytest.raises(EndpointRefused):
        await register_endpoint(None, endpoint)  # type: ignore[arg-type]


def test_its_secret_stays_out_of_repr() -> None:
    assert SECRET not in repr(
        NewEndpoint("H31.101", "webhook", address="https://example.invalid/", secret=SECRET)
    )
