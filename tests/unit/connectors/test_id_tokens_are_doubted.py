"""An ID token is believed only if everything in it is as it must be."""

import time
from typing import Any

import pytest

from connectors.id_tokens import Doubt, Expected, Vouched, believe, key_for, read_keys
from tests.stage.identity_provider import CLIENT_ID, Provider


def judged(**lies: Any) -> Vouched | Doubt:
    provider = Provider("http://sso")
    provider.rotate()
    provider.admit("7f3c", "lan.nguyen")
    provider.lies = lies
    token = provider.token({"subject": "7f3c", "nonce": "n"})
    key = key_for(token, provider.keys)
    assert not isinstance(key, Doubt)
    return believe(token, key, Expected(provider.issuer, CLIENT_ID, "n"), time.time())


@pytest.mark.parametrize(
    "truths",
    [
        {},
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID},
    ],
)
def test_what_is_as_it_must_be_is_believed(truths: dict[str, Any]) -> None:
    found = judged(**truths)

    assert isinstance(found, Vouched)
    assert found.subject == "7f3c"


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -30), ("iat", 30)])
def test_clocks_may_differ_a_little(claim: str, seconds: int) -> None:
    assert isinstance(judged(**{claim: int(time.time()) + seconds}), Vouched)


@pytest.mark.parametrize(
    ("lies", "doubt"),
    [
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"iss": "https://elsewhere.example"}, "issuer"),
        ({"aud": "another-client"}, "audience"),
        ({"aud": [CLIENT_ID, "another-client"]}, "audience"),
        ({"azp": "another-client"}, "audience"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"iat": int(time.time()) + 3600}, "issued"),
        ({"iat": int(time.time()) - 3600}, "issued"),
        ({"nbf": int(time.time()) + 3600}, "issued"),
        ({"nonce": "\ud800"}, "nonce"),
        ({"sub": None}, "subject"),
        ({"sub": "\ud800"}, "subject"),
        ({"sub": "a\0b"}, "subject"),
        ({"sub": "x" * 256}, "subject"),
    ],
)
def test_what_a_token_says_is_checked(lies: dict[str, Any], doubt: str) -> None:
    assert judged(**lies) == doubt


def test_secrets_and_what_is_not_understood_are_no_keys() -> None:
    provider = Provider("http://sso")
    provider.rotate()
    known = provider.keys[0].as_dict(private=False)
    published = [
        known,
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
        {**known, "use": "enc", "kid": "b"},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "post-quantum"},
        "mèo",
    ]

    keys = read_keys({"keys": published})

    assert [key.kid for key in keys] == [provider.keys[0].kid]
    assert read_keys(["mèo"]) == []
