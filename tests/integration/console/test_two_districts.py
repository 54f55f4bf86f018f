"""Two districts: whoever has every role in one learns nothing of the other, and changes nothing.

Every route is asked with the other district's ids, with every filter that names it, and with ids
that nobody has; whatever comes back holds no mark of it, and what exists there is answered like
what does not. The same sweep by somebody with every role everywhere finds the marks: it can fail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from gateway.console.app import create_console
from gateway.operations.acts import DeskAct
from gateway.operations.causes import Cause
from gateway.people.accounts import set_roles
from gateway.people.rights import Role, read_grant
from gateway.reports.making import ReportName
from routing.lifecycle.model import Act
from tests.integration.api.running import Api
from tests.integration.console.districts import A, B, Belongings, digest, furnish
from tests.integration.console.test_every_route_for_every_role import Way, ways_of
from tests.integration.console.visiting import BY, Visit, again, sign_in

NOBODYS = UUID(int=7, version=4)
_OWN = ("/console/account", "/console/sign-out", "/console/preferences")
"""What one does to oneself alone."""
_PUBLIC = frozenset({"agency", "token"})
_REASON = "thử xem có được không"


@dataclass
class Two:
    """Both districts, and somebody with every role in the first, who reached further once."""

    here: Belongings
    there: Belongings
    stranger: Visit
    everybody: Visit
    once: Belongings
    """What the stranger ordered there when they still reached it."""


@pytest.fixture
async def two(api: Api) -> Two:
    api.state.bell.close()  # streams end after their first words
    everybody = await sign_in(api, *Role, name="moi.noi")
    stranger = await sign_in(api, *Role, name="nguoi.la")
    here = await furnish(api, A, "Sapa", everybody)
    there = await furnish(api, B, "Zongbu", everybody)
    once = Belongings(B, dict(there.ids))
    once.ids["act"] = await ordered(api, stranger, there)
    await set_roles(
        api.gateway.services.pool, stranger.name, [read_grant(f"{role}@{A}") for role in Role], BY
    )
    api.state.sessions.forget()
    return Two(here, there, await again(api, stranger.name), everybody, once)


async def ordered(api: Api, by: Visit, there: Belongings) -> str:
    item = f"{there.ids['transfer']}|civil-status|1|||"
    answer = await by.post(
        "/console/stuck/acts", act="retry", item=[item], query="", reason=_REASON
    )
    return str(answer.headers["location"].rpartition("/")[2])


def ways(api: Api, *methods: str) -> list[Way]:
    return [one for one in ways_of(create_console(api.state)) if one.method in methods]


def address(way: Way, of: Belongings | None, words: dict[str, str]) -> str:
    """Fill a path with ids of a district; without one, with such as nobody has."""

    def fill(found: re.Match[str]) -> str:
        name = found[1].partition(":")[0]
        if name in words:
            return words[name]
        if of is None:
            return B if name == "code" else str(NOBODYS)
        return of.ids.get(name, str(NOBODYS))

    return re.sub(r"\{([^}]+)\}", fill, way.path)


def spellings(way: Way) -> list[dict[str, str]]:
    """Return what else a path can be filled with."""
    known = {
        "how": ["xlsx", "csv", "end", "withdraw", "pause", "resume", "cancel"],
        "deed": ["suspend", "resume", "off", "on"],
        "report": [one.value for one in ReportName],
        "issuer": [B],
        "sha256": ["0" * 64],
    }
    if way.path.startswith("/console/people/{person}/{act}"):
        known["act"] = ["disable", "enable", "unlock", "remove-factor", "unbind"]
    if "/admission/{act}" in way.path:
        known["act"] = ["endpoint", "takes", "issue", "rotate", "revoke", "live", "remove"]
    if "/dossiers/" in way.path:
        known["code:path"] = ["DOSSIER"]
    names = [name for name in known if f"{{{name}}}" in way.path]
    found = [dict(zip(names, one, strict=True)) for one in product(*(known[n] for n in names))]
    return [{name.partition(":")[0]: value for name, value in one.items()} for one in found]


def questions(path: str, there: Belongings) -> Iterator[str]:
    """Write every question that could name the other district."""
    dossier, transfer = there.ids["dossier"], there.ids["transfer"]
    yield ""
    match path:
        case "/console/stuck" | "/console/stuck/order":
            for cause in Cause:
                yield f"?cause={cause}&act=retry"
                for one in (f"agency={B}", f"agency={B}&below=1", "agency=H31&below=1"):
                    yield f"?cause={cause}&act=note&{one}"
                for text in (dossier, dossier[-4:], transfer):
                    yield f"?cause={cause}&act=note&text={text}"
        case "/console/stuck/notes":
            for item in items(there):
                yield f"?item={quote(item)}"
        case "/console/dossiers":
            for asked in (dossier, dossier[:12], B, transfer):
                yield f"?q={asked}"
            yield f"?before={'f' * 8}-ffff-7fff-bfff-{'f' * 12}"
        case "/console/agencies":
            for one in ("state=live", "state=registered", "condition=trouble", "connector=webhook"):
                yield f"?{one}"
            yield f"?q={B}"
            yield f"?at={B}&view=map"
            yield "?waiting=1&ending=1"
        case "/console/audit":
            for about in (B, dossier, transfer, there.ids["proposal"], "moi.noi"):
                yield f"?about={about}"
            yield "?by=moi.noi"
            yield "?act=agencies"
        case "/console/calendar/moves":
            yield "?calendar=vn"
        case _ if path.startswith("/console/reports"):
            for one in (f"agency={B}", f"agency={B}&below=1", "agency=H31&below=1", "span=year"):
                yield f"?{one}"


def items(there: Belongings, own: Belongings | None = None) -> list[str]:
    """Write what acts could be on; with one's own message beside what is theirs, as well."""
    transfer, delivery = there.ids["transfer"], there.ids["delivery"]
    message = there.ids["message"]
    found = [
        f"{transfer}|||||",
        f"{transfer}|civil-status|1|||",
        f"||||{message}|",
        f"|||||{B}",
        *([f"|||{delivery}||"] if delivery else []),
    ]
    if own is not None:
        found += [
            f"{transfer}||||{own.ids['message']}|",
            f"{transfer}|||||{A}",
            f"|||{delivery or NOBODYS}|{own.ids['message']}|",
            f"{own.ids['transfer']}|||{delivery or NOBODYS}||",
        ]
        if own.ids["delivery"]:
            found += [
                f"{transfer}|||{own.ids['delivery']}||",
                f"|||{own.ids['delivery']}|{message}|",
            ]
    return found


FORM = {
    "reason": _REASON,
    "words": _REASON,
    "why": "stuck",
    "agency": B,
    "code": B,
    "note": "thử",
    "person": "nguoi.la",
    "legal_basis": "NĐ 61/2018",
    "until": "2026-04-01T08:00",
    "pause_reason": "supplement",
    "return_reason": "incomplete",
    "return_to": "sender",
    "kind": "incident",
    "connector": "mailbox",
    "concurrency": "1",
    "timeout": "5000",
    "burst": "1",
    "largest": "64",
    "days": "30",
    "overlap": "1",
    "road": "http",
    "credential": "http/x",
    "name": "thu.nghiem",
    "called": "Thử",
    "role": "viewer",
    "scope": B,
    "keep": f"operator@{B}",
    "subject": "sub",
    "about": B,
}


def heard(answer: httpx.Response, there: Belongings, asked: str = "") -> list[str]:
    """Return which marks of a district are in an answer or its headers, but for those asked by."""
    said = answer.text + str(sorted(answer.headers.items()))
    return [name for name, mark in there.marks.items() if mark in said and mark not in asked]


def bare(answer: httpx.Response, asked: str) -> tuple[int, str]:
    """Return an answer without what it repeats of the question."""
    said = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", answer.text.replace(asked, "ASKED"))
    said = re.sub(r"H31\.\d+(-\d+-\d+)?", "CODE", said.replace(quote(asked, safe=""), "ASKED"))
    return answer.status_code, said


async def test_no_address_tells_one_district_of_another(api: Api, two: Two) -> None:
    there, told, found, unlike = two.there, [], set(), []
    before = await digest(api)
    for way in ways(api, "GET"):
        names = set(re.findall(r"\{(\w+)", way.path))
        if names & _PUBLIC or way.path in _OWN:
            continue
        for words in spellings(way):
            known = {**words, **({"code": there.ids["dossier"]} if "issuer" in words else {})}
            for question in questions(way.path, there):
                for of in (there, two.once):
                    at = address(way, of, known) + question
                    answer = await two.stranger.get(at)
                    told += [(at, name) for name in heard(answer, there, at)]
                    assert answer.status_code < 500, at
                    found |= set(heard(await two.everybody.get(at), there))
                    if "act" not in names:
                        break
            if names and not names & {"code", "report", "digest"}:
                theirs = address(way, there, words)
                nobodys = address(way, None, words)
                pair = [bare(await two.stranger.get(one), one) for one in (theirs, nobodys)]
                unlike += [theirs] if pair[0] != pair[1] else []

    assert told == []
    assert unlike == []
    assert await digest(api) == before
    assert found >= set(there.marks) - {"address of the board"}, "the sweep itself finds nothing"


async def test_no_form_changes_anything_of_another_district(api: Api, two: Two) -> None:
    there, told, unlike = two.there, [], []
    before = await digest(api)
    for way in ways(api, "POST"):
        if way.is_public or way.path.startswith(_OWN) or way.path in _OF_ONESELF:
            continue
        for words in spellings(way):
            for of in (there, two.once):
                at = address(way, of, words)
                answer = await two.stranger.post(at, **FORM)
                told += [(at, one) for one in heard(answer, there, at)]
                assert answer.status_code < 500, at
                nobodys = address(way, None, words)
                if "{" in way.path and "{code}" not in way.path:
                    pair = answer, await two.stranger.post(nobodys, **FORM)
                    statuses = [one.status_code for one in pair]
                    unlike += [at] if statuses[0] != statuses[1] else []

    changed = [name for name, rows in (await digest(api)).items() if rows != before[name]]
    assert told == []
    assert unlike == []
    assert changed == []


_OF_ONESELF = {
    "/console/stuck/views",
    "/console/stuck/acts",
    "/console/stuck/order",
    "/console/people/new",
}
"""What could be one's own: tried below, or by tests of their own with what is another's."""


async def test_no_order_touches_another_district_however_its_items_are_forged(
    api: Api, two: Two
) -> None:
    there = two.there
    before = await digest(api)
    taken, told = [], []
    for act in (*(one for one in Act if one is not Act.REORGANISE), *DeskAct):
        for item in items(there, two.here):
            answer = await two.stranger.post(
                "/console/stuck/acts", **{**FORM, "act": act, "item": [item], "query": ""}
            )
            if answer.headers.get("location", "").startswith("/console/acts/"):
                taken.append((act, item))
                shown = await two.stranger.get(answer.headers["location"])
                told += heard(shown, there)
        for agency in (f"agency={B}", f"agency={B}&below=1", f"text={there.ids['dossier']}"):
            for cause in Cause:
                query = f"cause={cause}&{agency}"
                answer = await two.stranger.post(
                    "/console/stuck/acts", **{**FORM, "act": act, "query": query, "whole": "1"}
                )
                if answer.headers.get("location", "").startswith("/console/acts/"):
                    taken.append((act, query))

    changed = [name for name, rows in (await digest(api)).items() if rows != before[name]]
    assert (taken, told) == ([], [])
    assert changed == []


async def test_an_administrator_of_a_district_gives_nothing_beyond_it(api: Api, two: Two) -> None:
    before = await digest(api)

    for role, scope in product(Role, (B, "H31", "")):
        given = {**FORM, "name": f"thu.{role}", "role": role, "scope": scope}
        answer = await two.stranger.post("/console/people/new", **given)
        assert answer.status_code == 422, (role, scope)
        raised = await two.stranger.post(
            f"/console/people/{two.here.ids['person']}/roles", **{**given, "keep": ""}
        )
        assert raised.status_code >= 400, (role, scope)

    assert await digest(api) == before


async def test_no_page_is_kept_by_a_cache(api: Api, two: Two) -> None:
    kept = []
    for way in ways(api, "GET"):
        if "{" in way.path and way.path.startswith("/console/assets"):
            continue
        answer = await two.everybody.get(address(way, two.here, {}))
        if "no-store" not in answer.headers.get("cache-control", ""):
            kept.append(way.path)

    assert kept == []
