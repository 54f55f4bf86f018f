"""What `lienthong doctor` says of the console: its scripts, its cookies, who may sign in how."""

import os
from collections.abc import Iterator

import psycopg
from psycopg_pool import PoolTimeout

from connectors.oidc import Described, OidcProvider, Unreachable, open_provider
from gateway.console.shelf import Shelf
from gateway.people.roster import list_people
from gateway.servers.checkup import Finding
from gateway.settings import Settings
from gateway.store.pool import open_pool
from routing.directory import Directory

_FETCHED = ("npm/htmx.js", "npm/sse.js")


async def examine_console(settings: Settings, directory: Directory) -> list[Finding]:
    """Look at the console of the gateway that the settings describe."""
    found = [_scripts(Shelf.stocked()), _cookies(settings), _proxy(settings)]
    if settings.registration is not None:
        provider = open_provider(settings.registration, settings.oidc_ca_file)
        try:
            found.append(await _provider(provider))
        finally:
            await provider.aclose()
        found += _groups(settings, directory)
        found += await _break_glass(settings)
    return found


def _scripts(shelf: Shelf) -> Finding:
    missing = [name for name in _FETCHED if not shelf.has(name)]
    if not missing:
        return Finding("console", "its scripts are there")
    remedy = "run `make setup` with npm; until then pages do not change by themselves"
    return Finding("console", f"without {' and '.join(missing)}", warning=remedy)


def _cookies(settings: Settings) -> Finding:
    if settings.cookies_are_secure:
        return Finding("cookies", "Secure, HttpOnly, SameSite=Lax, __Host-: signing in needs TLS")
    return Finding("cookies", "HttpOnly, SameSite=Lax, without TLS: a developer's own machine")


def _proxy(settings: Settings) -> Finding:
    """Say whose word counts about where a request comes from (uvicorn reads the variable)."""
    believed = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
    found = f"X-Forwarded-For is believed from {believed}"
    if believed == "*":
        todo = "anybody can claim any address: name the proxy in FORWARDED_ALLOW_IPS"
        return Finding("proxy", found, todo if settings.tls_terminated else "", warning=todo)
    if settings.tls_terminated and "FORWARDED_ALLOW_IPS" not in os.environ:
        todo = "if the proxy is on another machine: FORWARDED_ALLOW_IPS is its address"
        return Finding("proxy", found, warning=todo)
    return Finding("proxy", found)


async def _provider(provider: OidcProvider) -> Finding:
    issuer = provider.registration.issuer
    described = await provider.describe()
    keys = await provider.count_keys()
    if isinstance(described, Described) and isinstance(keys, int):
        out = "signing out there too" if described.sign_out else "no signing out there"
        found = f"{issuer} answers with {keys} keys, {out}"
        remedy = "" if keys else "it publishes no key that can verify a signature"
        return Finding("sign-in", found, remedy)
    code = described.code if isinstance(described, Unreachable) else ""
    code = keys.code if isinstance(keys, Unreachable) else code
    remedy = "see docs/people.md; until then only accounts of the gateway sign in"
    return Finding("sign-in", f"{issuer} does not answer as a provider: {code}", remedy)


def _groups(settings: Settings, directory: Directory) -> Iterator[Finding]:
    roles = settings.provider_rules.roles
    scopes = {grant.scope for grants in roles.values() for grant in grants if grant.scope}
    unknown = sorted(one for one in scopes if directory.resolve(one) != one)
    if not roles:
        todo = "LIENTHONG_OIDC_ROLES says what groups are worth; else only bound accounts sign in"
        yield Finding("groups", "none gives a role", warning=todo)
    elif unknown:
        todo = (
            f"the packaged directory knows no agency {', '.join(unknown)}: there they reach nobody"
        )
        yield Finding("groups", f"{len(roles)} give roles", warning=todo)
    else:
        yield Finding("groups", f"{len(roles)} give roles")


async def _break_glass(settings: Settings) -> list[Finding]:
    """Say whether the one password for emergencies is somebody's."""
    name = settings.break_glass
    if name is None or settings.database_url is None:
        return []
    try:
        async with open_pool(settings.database_url, size=1, name="lienthong doctor") as pool:
            people = await list_people(pool)
    except (psycopg.Error, PoolTimeout):
        return [Finding("break glass", f"{name}: the database does not answer")]
    ready = any(
        one["name"] == name and one["has_password"] and not one["disabled_at"] for one in people
    )
    remedy = f"lienthong person add {name} --called … --role administrator"
    told = "has a password" if ready else "is nobody who could sign in"
    return [Finding("break glass", f"{name} {told}", "" if ready else remedy)]
