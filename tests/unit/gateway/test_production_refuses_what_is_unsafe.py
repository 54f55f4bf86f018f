"""What is convenient on a desk is refused in production, each thing by its name."""

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.settings import DEVELOPMENT_SECRET, Environment, Settings

SAFE: dict[str, Any] = {
    "env": "production",
    "database_url": "postgresql://lienthong@db.example/lienthong?sslmode=verify-full",
    "amqp_url": "amqps://gateway:7Jx-own-secret@broker.example/",
    "amqp_admin_url": "https://admin-of-ours:9Kq-own-secret@broker.example:15671",
    "token_secret": "0123456789abcdef0123456789abcdef",
    "tls_terminated": True,
    "http_host": "0.0.0.0",
}


def refusal(**changes: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Settings(**{**SAFE, **changes})
    [error] = refused.value.errors()
    return str(error["msg"])


def test_a_safe_production_is_accepted() -> None:
    settings = Settings(**SAFE)

    assert settings.env is Environment.PRODUCTION


def test_development_needs_nothing_at_all() -> None:
    settings = Settings()

    assert settings.env is Environment.DEVELOPMENT
    assert settings.token_secret.get_secret_value() == DEVELOPMENT_SECRET


def test_development_accepts_everything_that_production_refuses() -> None:
    Settings(
        database_url="postgresql://postgres@127.0.0.1/x",
        amqp_url="amqp://guest:guest@127.0.0.1/",
        amqp_admin_url="http://guest:guest@127.0.0.1:15672",
        http_host="0.0.0.0",
        crash_at="commit.written:3",
    )


PROVIDER = {
    "oidc_issuer": "https://sso.example/realms/tinh",
    "oidc_client_id": "lien-thong",
    "oidc_client_secret": "own-secret",
    "public_url": "https://lienthong.example",
    "oidc_roles": '{"truc": ["operator@H31"]}',
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"database_url": None}, "LIENTHONG_DATABASE_URL is missing"),
        ({"amqp_url": None}, "LIENTHONG_AMQP_URL is missing"),
        ({"database_url": "postgresql://x@db/x"}, "sslmode=verify-full"),
        ({"database_url": "postgresql://x@db/x?sslmode=require"}, "sslmode=verify-full"),
        ({"database_url": "postgresql://sslmode=verify-full@db/x"}, "sslmode=verify-full"),
        (
            {"database_url": "postgresql://x@db/x?sslmode=verify-full&sslmode=disable"},
            "sslmode=verify-full",
        ),
        ({"amqp_url": "amqp://gateway:own-secret@broker/"}, "amqps://"),
        ({"amqp_admin_url": "http://a:own-secret@broker:15672"}, "https://"),
        ({"token_secret": DEVELOPMENT_SECRET}, "LIENTHONG_TOKEN_SECRET"),
        ({"token_secret": "x" * 31}, "LIENTHONG_TOKEN_SECRET"),
        ({"tls_terminated": False}, "LIENTHONG_TLS_TERMINATED"),
        ({"crash_at": "commit.written"}, "LIENTHONG_CRASH_AT"),
        ({**PROVIDER, "oidc_issuer": "http://sso.example"}, "LIENTHONG_OIDC_ISSUER must be https"),
        ({**PROVIDER, "public_url": "http://x.example"}, "LIENTHONG_PUBLIC_URL must be https"),
        ({**PROVIDER, "public_url": None}, "needs LIENTHONG_PUBLIC_URL"),
        ({**PROVIDER, "oidc_client_secret": ""}, "needs LIENTHONG_OIDC_CLIENT_SECRET"),
        ({**PROVIDER, "oidc_roles": '{"truc": ["boss"]}'}, "group 'truc': no such role"),
        ({**PROVIDER, "oidc_roles": '{"truc": "operator"}'}, "a list of roles"),
        ({**PROVIDER, "oidc_roles": "/nowhere.json"}, "LIENTHONG_OIDC_ROLES"),
        ({**PROVIDER, "oidc_scopes": "profile"}, "openid"),
        ({"break_glass": "du.phong"}, "LIENTHONG_BREAK_GLASS without"),
    ],
)
def test_production_refuses(changes: dict[str, Any], says: str) -> None:
    assert says in refusal(**changes)


@pytest.mark.parametrize("password", ["guest", "admin", "password", "lienthong", "gu%65st"])
@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("amqp_url", "amqps://gateway:{}@broker/"),
        ("amqp_admin_url", "https://gateway:{}@broker/"),
        ("database_url", "postgresql://gateway:{}@db/x?sslmode=verify-full"),
    ],
)
def test_production_refuses_default_passwords(name: str, url: str, password: str) -> None:
    said = refusal(**{name: url.format(password)})

    assert f"LIENTHONG_{name.upper()} carries a default password" in said


@pytest.mark.parametrize("name", ["amqp_url", "amqp_admin_url"])
def test_production_refuses_a_broker_url_without_a_password(name: str) -> None:
    scheme = "amqps" if name == "amqp_url" else "https"

    said = refusal(**{name: f"{scheme}://broker.example/"})  # libraries would fill in guest:guest

    assert f"LIENTHONG_{name.upper()} carries a default password" in said


def test_on_loopback_nobody_needs_a_proxy() -> None:
    for host in ("127.0.0.1", "::1"):
        assert Settings(**{**SAFE, "http_host": host, "tls_terminated": False})


def test_all_that_is_unsafe_is_said_at_once() -> None:
    said = refusal(database_url=None, amqp_url=None, token_secret="short", crash_at="a.b")

    assert said.count(";") == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://x/y"),
        ("database_url", "nonsense"),
        ("amqp_url", "https://broker"),
        ("amqp_admin_url", "amqp://broker"),
        ("gateway_id", "a b"),
        ("crash_at", "nowhere"),
        ("http_port", 65536),
        ("lease_seconds", 0),
        ("send_timeout", 26),
    ],
)
def test_what_cannot_be_meant_is_refused_everywhere(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{name: value})

    assert [error["loc"] for error in refused.value.errors()] == [(name,)]


def test_a_refusal_never_shows_what_was_set() -> None:
    secret = "top-secret-but-short"

    with pytest.raises(ValidationError) as refused:
        Settings(**{**SAFE, "token_secret": secret, "http_port": 99999})
    with pytest.raises(ValidationError) as refused_too:
        Settings(**{**SAFE, "token_secret": secret})

    assert secret not in str(refused.value)
    assert secret not in str(refused_too.value)
    assert "own-secret" not in str(refused_too.value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_BATCH_SIZE", "17")

    assert Settings().batch_size == 17
