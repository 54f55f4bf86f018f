"""Admission: an agency is registered, reached, given credentials, let live, and leaves.

For who may admit agencies, and for agencies within their reach. A secret is on the page that makes
it and on no other; such a page is not to be kept. Leaving for good needs a second person.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response

from gateway.api.state import ApiState, State
from gateway.console.agency_query import PATH
from gateway.console.flashes import Flash
from gateway.console.forms import Form, read_form
from gateway.console.pages import Crumb, Page, PageMaker
from gateway.console.screens.agencies import Code, connector_word
from gateway.console.screens.agency import (
    LONGEST_REASON,
    member_of,
    reason_of,
    see_change,
)
from gateway.console.visitors import NotAllowed, allowed
from gateway.identity.endpoints import NewEndpoint
from gateway.joining import credentials as secrets
from gateway.joining import members, ways
from gateway.joining.capabilities import read_capabilities
from gateway.joining.credentials import NewCredential, Road
from gateway.joining.going_live import NotReady, go_live
from gateway.joining.states import JoiningRefused, MemberState
from gateway.operations.audit import By
from gateway.people.four_eyes import Irrevocable, ProposalRefused, propose
from gateway.people.rights import Ability, may
from gateway.people.signed_in import SignedIn

router = APIRouter(prefix=PATH)

Admitting = Annotated[SignedIn, allowed(Ability.ADMIT_AGENCIES)]

CONNECTORS: Final = ("amqp", "mailbox", "webhook")
"""What can be set here; others need files (`lienthong agency endpoint`)."""
MISSING: Final = (
    "not-in-force",
    "no-credentials",
    "no-broker-credentials",
    "no-endpoint",
    "endpoint-off",
    "capabilities-unknown",
    "not-tested",
    "test-not-taken",
)
ACTS: Final = ("register", "endpoint", "takes", "issue", "rotate", "revoke", "live", "remove")
MAKE_SECRETS: Final = ("issue", "rotate")
NUMBERS: Final = ("concurrency", "timeout", "calls", "burst", "largest", "days", "overlap")
_NEVER_KEPT: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}


class _Wrong(ValueError):
    """A field that cannot be; `word` says which."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@router.get("/{code}/admission")
async def show(code: Code, page: Page, who: Admitting, state: State) -> Response:
    """Show where an agency stands on its way, and the forms of what may be done next."""
    return await _show(page, state, who, code)


@router.post("/{code}/admission/{act}")
async def do(
    code: Code, act: str, request: Request, page: Page, who: Admitting, state: State
) -> Response:
    """Do one act of admission; what makes a secret answers with it, once."""
    _reaches(who, code)
    form = await read_form(request)
    reason = reason_of(form.one("reason"))
    if act not in ACTS or reason is None:
        return await _show(page, state, who, code, wrong="reason")
    try:
        made = await _do(state, who, code, act, form, By(who.actor, reason))
    except _Wrong as wrong:
        return await _show(page, state, who, code, wrong=wrong.word)
    except NotReady:
        return await _show(page, state, who, code, wrong="not-ready")
    except ProposalRefused:
        return page.lead_to(f"{PATH}/{code}/admission", Flash("bad", "admission.wrong.proposed"))
    except JoiningRefused:
        return await _show(page, state, who, code, wrong="refused")
    await see_change(request, state)
    if made:
        return _told(page, state, code, made)
    return page.lead_to(f"{PATH}/{code}/admission", Flash("good", f"admission.done.{act}"))


async def _do(
    state: ApiState, who: SignedIn, code: str, act: str, form: Form, by: By
) -> list[NewCredential]:
    """Carry an act out; return the secrets that it made."""
    services = state.services
    pool, now = services.pool, services.clock.now()
    directory = services.rulebook.directory
    match act:
        case "register":
            contact = reason_of(form.one("contact"))
            await members.register(pool, code, by, contact=contact, directory=directory, now=now)
        case "endpoint":
            _, made = await ways.set_endpoint(pool, _endpoint(code, form), by)
            return [made] if made else []
        case "takes":
            largest = _number(form, "largest", 16, 16 * 1024) * 1024
            takes = read_capabilities(None, largest, form.one("documents") == "1")
            await members.describe(pool, code, by, takes)
        case "issue":
            roads = [_road(one) for one in form.all("road")]
            days = timedelta(days=_number(form, "days", 1, 1826))
            return await secrets.issue(
                pool, code, by, roads=roads, good_for=days, keeper=state.secrets
            )
        case "rotate":
            road, name = _credential(form)
            overlap = timedelta(hours=_number(form, "overlap", 0, 720))
            following = await secrets.rotate(
                pool, code, by, road=road, name=name, overlap=overlap, keeper=state.secrets
            )
            return [following]
        case "revoke":
            road, name = _credential(form)
            await secrets.revoke(pool, code, by, road=road, name=name)
        case "live":
            force = form.one("force") == "1"
            await go_live(pool, code, by, directory=directory, now=now, force=force)
        case "remove":
            kind = Irrevocable.REMOVE_AGENCY
            await propose(pool, who, kind, code, by.reason or "", agencies=[code])
    return []


def _endpoint(code: str, form: Form) -> NewEndpoint:
    connector = form.one("connector")
    if connector not in CONNECTORS:
        raise _Wrong("connector")
    address = form.one("target") or None
    if (connector == "webhook") != (address is not None):
        raise _Wrong("address")
    calls = form.one("calls")
    return NewEndpoint(
        code,
        connector,
        address,
        concurrency=_number(form, "concurrency", 1, ways.MOST_CONCURRENCY),
        timeout_ms=_number(form, "timeout", ways.LEAST_TIMEOUT_MS, ways.MOST_TIMEOUT_MS),
        calls_per_minute=_number(form, "calls", 1, 600_000) if calls else None,
        burst=_number(form, "burst", 1, 10_000),
    )


def _number(form: Form, name: str, least: int, most: int) -> int:
    written = form.one(name)
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise _Wrong(name)
    number = int(written)
    if not least <= number <= most:
        raise _Wrong(name)
    return number


def _road(written: str) -> Road:
    try:
        return Road(written)
    except ValueError:
        raise _Wrong("road") from None


def _credential(form: Form) -> tuple[Road, str]:
    road, _, name = form.one("credential").partition("/")
    return _road(road), name


def _told(page: PageMaker, state: ApiState, code: str, made: list[NewCredential]) -> Response:
    """Show secrets, this once."""
    name = state.services.rulebook.name_of(code, state.services.clock.now())
    return page.show(
        "agency_secret.html",
        title="admission.secret",
        screen="agencies",
        trail=_trail(page, code, name),
        headers=_NEVER_KEPT,
        code=code,
        name=name,
        made=made,
        connector=lambda road: connector_word(page, road),
    )


async def _show(
    page: PageMaker, state: ApiState, who: SignedIn, code: str, *, wrong: str = ""
) -> Response:
    _reaches(who, code)
    now = state.services.clock.now()
    name = state.services.rulebook.name_of(code, now)
    member: dict[str, Any] | None = await member_of(state, code)
    left = member is None or member["state"] == MemberState.REMOVED
    return page.show(
        "agency_admission.html",
        title="admission.title",
        screen="agencies",
        status=422 if wrong else 200,
        trail=_trail(page, code, name),
        code=code,
        name=name,
        member=None if left else member,
        in_force=state.services.rulebook.directory.agency(code, now) is not None,
        wrong=wrong,
        connectors=[(one, connector_word(page, one)) for one in CONNECTORS],
        connector=lambda road: connector_word(page, road),
        longest=LONGEST_REASON,
    )


def _reaches(who: SignedIn, code: str) -> None:
    if not may(who, Ability.ADMIT_AGENCIES, [code]):
        raise NotAllowed(Ability.ADMIT_AGENCIES)


def _trail(page: PageMaker, code: str, name: str) -> list[Crumb]:
    return [Crumb(page.words("agencies.title"), PATH), Crumb(name, f"{PATH}/{code}")]
