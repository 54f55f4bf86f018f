"""Tokens name a client, its agency and roles, and only as long as they are good."""

import base64
import json

import pytest

from gateway.identity.tokens import Caller, NotAToken, TokenIssuer

SECRET = "a-secret-of-at-least-thirty-two-bytes"
CALLER = Caller("commune-1", "H31.101", frozenset({"operator"}), "a-mark")


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def _issuer(clock: Clock, **changes: str) -> TokenIssuer:
    secret = changes.get("secret", SECRET)
    return TokenIssuer(secret, issuer=changes.get("issuer", "here"), seconds=60, now=clock)


def test_a_token_comes_back_as_its_caller() -> None:
    issuer = _issuer(Clock())

    assert issuer.read(issuer.issue(CALLER)) == CALLER


def test_a_token_says_no_more_than_it_must() -> None:
    body = _issuer(Clock()).issue(CALLER).split(".")[1]

    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))

    assert set(claims) == {"iss", "sub", "agency", "roles", "sec", "iat", "exp"}


def test_a_token_ends() -> None:
    clock = Clock()
    issuer = _issuer(clock)
    token = issuer.issue(CALLER)

    clock.now += 64
    assert issuer.read(token) == CALLER
    clock.now += 2
    with pytest.raises(NotAToken, match="expired"):
        issuer.read(token)


@pytest.mark.parametrize("changes", [{"secret": "another" * 8}, {"issuer": "elsewhere"}])
def test_a_token_of_another_gateway_is_none(changes: dict[str, str]) -> None:
    token = _issuer(Clock(), **changes).issue(CALLER)

    with pytest.raises(NotAToken):
        _issuer(Clock()).read(token)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "e30.e30.", "é.é.é", "." * 5])
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(NotAToken):
        _issuer(Clock()).read(text)


def test_a_changed_token_is_none() -> None:
    issuer = _issuer(Clock())
    head, body, mark = issuer.issue(CALLER).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    claims["agency"] = "H31.102"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    with pytest.raises(NotAToken):
        issuer.read(f"{head}.{forged}.{mark}")
