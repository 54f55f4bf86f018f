"""Every setting, from the environment (prefix `LIENTHONG_`), checked before anything starts.

Production (`LIENTHONG_ENV=production`) refuses embedded servers, default secrets and roads
without TLS: what is convenient on a desk must not reach a province.
"""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.oidc import Registration
from gateway.documents.keys import read_keys
from gateway.documents.scanners import scanner_of
from gateway.people.provider_rules import GroupRoles, NotRoles, ProviderRules, read_group_roles

DEVELOPMENT_SECRET = "development-only-secret-0000000000000000"  # noqa: S105  refused in production
DEVELOPMENT_DOCUMENTS_KEYS = "development:" + "ZGV2ZWxvcG1lbnQtb25seS1rZXktMDAwMDAwMDAwMDA="
DOCUMENT_TYPES = (
    "application/pdf",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/xml",
    "application/zip",
    "image/jpeg",
    "image/png",
    "image/tiff",
    "text/xml",
)
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_DEFAULT_PASSWORDS = frozenset({"guest", "admin", "password", "lienthong", "postgres"})


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """What a gateway process needs to know about the place it runs in."""

    model_config = SettingsConfigDict(
        env_prefix="LIENTHONG_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    env: Environment = Environment.DEVELOPMENT
    gateway_id: str = Field("vn.lienthong.gateway", pattern=r"^[A-Za-z0-9.\-]{3,64}$")
    directory: str = "thai-binh-hung-yen"
    calendar: str = "vn"

    database_url: Annotated[str | None, Field(pattern="^postgresql://")] = None
    database_pool: Annotated[int, Field(ge=2, le=64)] = 8
    amqp_url: Annotated[str | None, Field(pattern="^amqps?://")] = None
    amqp_admin_url: Annotated[str | None, Field(pattern="^https?://")] = None

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    tls_terminated: bool = Field(False, description="A proxy in front of us terminates TLS.")
    token_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    token_seconds: Annotated[int, Field(ge=60, le=86400)] = 3600

    session_idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    session_hours: Annotated[int, Field(ge=1, le=168)] = 12
    sessions_per_person: Annotated[int, Field(ge=1, le=100)] = 5
    ended_session_days: Annotated[int, Field(ge=1, le=3650)] = 90
    second_factor: Literal["nobody", "privileged", "everybody"] | None = Field(
        None, description="Who must have one; privileged unless this is a developer's machine."
    )

    archived_alone: Annotated[int, Field(ge=0, le=10_000)] = Field(
        20, description="So many items one person may archive at a time; more need a second one."
    )
    public_url: Annotated[str | None, Field(pattern=r"^https?://[^/?#@]+$")] = Field(
        None, description="Where browsers find this gateway: scheme and host, without a path."
    )
    break_glass: str | None = Field(
        None, description="The one sign-in name that keeps a password; none: everybody's counts."
    )
    oidc_issuer: Annotated[str | None, Field(pattern=r"^https?://[^?#]+$")] = Field(
        None, description="A province's identity provider, as its discovery document says it."
    )
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scopes: Annotated[str, Field(pattern=r"(^| )openid( |$)")] = "openid profile"
    oidc_called: str = Field("", description="What people call it, for the button.")
    oidc_name_claim: str = "preferred_username"
    oidc_called_claim: str = "name"
    oidc_groups_claim: str = "groups"
    oidc_roles: str = Field("", description='{"group": ["role@AGENCY", ...]}, or a file of it.')
    oidc_strong_acr: str = Field("", description="acr values that mean a second factor, by space.")
    oidc_strong_amr: str = Field("", description="amr values that mean a second factor, by space.")
    oidc_session_minutes: Annotated[int, Field(ge=5, le=1440)] = 240
    oidc_ca_file: Path | None = Field(None, description="An authority of its own, in PEM.")

    batch_size: Annotated[int, Field(ge=1, le=1000)] = 250
    batch_wait_ms: Annotated[int, Field(ge=0, le=1000)] = 5
    batches_abreast: Annotated[int, Field(ge=1, le=8)] = 2
    intake_waiting: Annotated[int, Field(ge=10, le=100_000)] = 2000
    prefetch: Annotated[int, Field(ge=1, le=10_000)] = 1000
    remembered_transfers: Annotated[int, Field(ge=0, le=1_000_000)] = 5000
    lease_seconds: Annotated[float, Field(gt=0, le=300)] = 30.0
    send_timeout: Annotated[float, Field(gt=0, le=25)] = 10.0
    backoff_base: Annotated[float, Field(gt=0, le=60)] = 1.0
    backoff_cap: Annotated[float, Field(gt=0, le=3600)] = 900.0
    breaker_failures: Annotated[int, Field(ge=1, le=100)] = 5
    breaker_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0
    selftest_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60
    reconcile_hours: Annotated[int, Field(ge=0, le=8760)] = 24
    reconcile_days: Annotated[int, Field(ge=1, le=3650)] = 30
    documents_folder: Path | None = Field(
        None, description="Where documents lie; without it this gateway keeps none."
    )
    documents_keys: SecretStr = Field(
        SecretStr(DEVELOPMENT_DOCUMENTS_KEYS),
        description="name:base64 of 32 bytes, separated by commas; the first one seals.",
    )
    document_megabytes: Annotated[int, Field(ge=1, le=1_000_000)] = 2048
    dossier_megabytes: Annotated[int, Field(ge=1, le=1_000_000)] = 8192
    dossier_documents: Annotated[int, Field(ge=1, le=10_000)] = 500
    agency_megabytes: Annotated[int, Field(ge=1, le=1_000_000_000)] = 200_000
    open_uploads: Annotated[int, Field(ge=1, le=1_000_000)] = 1000
    documents_reserve_megabytes: Annotated[int, Field(ge=0, le=1_000_000)] = 1024
    document_types: tuple[str, ...] = DOCUMENT_TYPES
    upload_hours: Annotated[int, Field(ge=1, le=8760)] = 48
    unreferenced_days: Annotated[int, Field(ge=1, le=3650)] = 7
    document_grace_days: Annotated[int, Field(ge=0, le=3650)] = 15
    document_retention_days: Annotated[int, Field(ge=0, le=36_500)] = 90
    upload_row_days: Annotated[int, Field(ge=7, le=3650)] = 90
    document_scanner: str | None = Field(
        None, description="clamd://host:port, clamd:///socket or command:program; none scans."
    )
    log_level: str = "INFO"
    crash_at: str | None = Field(
        None,
        pattern=r"^[a-z]+\.[a-z]+(?::[1-9][0-9]{0,5})?$",
        description="Die at a named place (gateway.crash_points); for fault tests only.",
    )

    @property
    def cookies_are_secure(self) -> bool:
        """Whether the console's cookie needs TLS: everywhere but on a developer's own machine."""
        on_a_desk = self.env is Environment.DEVELOPMENT and self.http_host in _LOOPBACK
        return self.tls_terminated or not on_a_desk

    @property
    def second_factor_for(self) -> Literal["nobody", "privileged", "everybody"]:
        """Who must have a second factor: as set, or as this environment has it."""
        if self.second_factor is not None:
            return self.second_factor
        return "privileged" if self.env is Environment.PRODUCTION else "nobody"

    @property
    def registration(self) -> Registration | None:
        """What the identity provider knows this gateway by; None without a provider."""
        if self.oidc_issuer is None:
            return None
        return Registration(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret.get_secret_value(),
            scopes=self.oidc_scopes,
            acr_values=self.oidc_strong_acr,
        )

    @property
    def provider_rules(self) -> ProviderRules:
        """How the identity provider is believed; raise NotRoles."""
        return ProviderRules(
            called=self.oidc_called,
            name_claim=self.oidc_name_claim,
            called_claim=self.oidc_called_claim,
            groups_claim=self.oidc_groups_claim,
            roles=_group_roles(self.oidc_roles),
            strong_acr=frozenset(self.oidc_strong_acr.split()),
            strong_amr=frozenset(self.oidc_strong_amr.split()),
            longest=timedelta(minutes=self.oidc_session_minutes),
        )

    @field_validator("public_url", "break_glass", "oidc_issuer", "oidc_ca_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        """An empty setting is none, as compose files write it."""
        return value or None

    @model_validator(mode="after")
    def _provider_is_whole(self) -> "Settings":
        """A provider that is half set up is none, and a password for nobody locks everybody out."""
        if self.oidc_issuer is None:
            if self.break_glass is not None:
                raise ValueError("LIENTHONG_BREAK_GLASS without LIENTHONG_OIDC_ISSUER")
            return self
        needed = {
            "LIENTHONG_OIDC_CLIENT_ID": self.oidc_client_id,
            "LIENTHONG_OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
            "LIENTHONG_PUBLIC_URL": self.public_url,
        }
        if missing := [name for name, value in needed.items() if not value]:
            raise ValueError(f"LIENTHONG_OIDC_ISSUER needs {', '.join(missing)}")
        try:
            _ = self.provider_rules
        except (NotRoles, OSError) as error:
            raise ValueError(f"LIENTHONG_OIDC_ROLES: {error}") from None
        return self

    @field_validator("documents_keys")
    @classmethod
    def _keys_are_keys(cls, keys: SecretStr) -> SecretStr:
        read_keys(keys.get_secret_value())
        return keys

    @field_validator("document_scanner")
    @classmethod
    def _scanner_is_one(cls, scanner: str | None) -> str | None:
        """An empty setting is none, as compose files write it."""
        if not scanner:
            return None
        scanner_of(scanner)
        return scanner

    @model_validator(mode="after")
    def _production_is_safe(self) -> "Settings":
        if self.env is not Environment.PRODUCTION:
            return self
        faults: list[str] = []
        if not self.database_url:
            faults.append(
                "LIENTHONG_DATABASE_URL is missing (embedded servers are for development)"
            )
        elif parse_qs(urlsplit(self.database_url).query).get("sslmode") != ["verify-full"]:
            faults.append("LIENTHONG_DATABASE_URL must say sslmode=verify-full")
        if not self.amqp_url:
            faults.append("LIENTHONG_AMQP_URL is missing (embedded servers are for development)")
        elif urlsplit(self.amqp_url).scheme != "amqps":
            faults.append("LIENTHONG_AMQP_URL must be amqps://")
        if self.amqp_admin_url and urlsplit(self.amqp_admin_url).scheme != "https":
            faults.append("LIENTHONG_AMQP_ADMIN_URL must be https://")
        faults += [
            f"LIENTHONG_{name.upper()} carries a default password"
            for name in ("database_url", "amqp_url", "amqp_admin_url")
            if (url := getattr(self, name)) and _has_default_password(url)
        ]
        secret = self.token_secret.get_secret_value()
        if secret == DEVELOPMENT_SECRET or len(secret) < 32:
            faults.append("LIENTHONG_TOKEN_SECRET must be at least 32 characters of your own")
        if not self.tls_terminated and self.http_host not in {"127.0.0.1", "::1"}:
            faults.append("LIENTHONG_TLS_TERMINATED must be true, or listen on loopback only")
        faults += [
            f"LIENTHONG_{name.upper()} must be https://"
            for name in ("oidc_issuer", "public_url")
            if (url := getattr(self, name)) and urlsplit(url).scheme != "https"
        ]
        keys = self.documents_keys.get_secret_value()
        if self.documents_folder is not None and keys == DEVELOPMENT_DOCUMENTS_KEYS:
            faults.append("LIENTHONG_DOCUMENTS_KEYS must be of your own")
        if self.crash_at is not None:
            faults.append("LIENTHONG_CRASH_AT is for fault tests")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def _has_default_password(url: str) -> bool:
    """Without one, a broker's client fills in its own default; a database's has other ways."""
    parts = urlsplit(url)
    if parts.password is None:
        return parts.scheme != "postgresql"
    return unquote(parts.password) in _DEFAULT_PASSWORDS


def _group_roles(written: str) -> GroupRoles:
    """Read what groups are worth, as it is set or from the file that is named."""
    if not written:
        return {}
    return read_group_roles(written if written.startswith("{") else Path(written).read_bytes())


def without_user(url: str | None) -> str | None:
    """Return a URL without the credentials in it, fit to be shown."""
    if url is None:
        return None
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
