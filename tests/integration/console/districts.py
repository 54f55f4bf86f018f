"""Two districts in one store: what there is of each, and marks by which it is known again."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from gateway.operations import outages
from gateway.operations.acts import DeskAct, Order, Target, find_act, freeze
from gateway.operations.audit import By, enter
from gateway.operations.boards import make_board
from gateway.operations.outages import Declaration
from gateway.operations.stuck_filter import StuckFilter
from gateway.operations.stuck_views import keep_view
from gateway.people.four_eyes import Irrevocable, propose
from routing.lifecycle.model import Act
from routing.outages import OutageKind
from tests.integration.api.running import Api
from tests.integration.console.visiting import Visit, sign_in

A, B = "H31.101", "H31.102"
UNITS = {A: "11953", B: "11977"}
WATCHED = (
    "transfers",
    "hops",
    "ledger",
    "deliveries",
    "inbox",
    "payloads",
    "letters",
    "notes",
    "assignments",
    "operator_acts",
    "operator_act_items",
    "proposals",
    "boards",
    "outages",
    "members",
    "endpoints",
    "clients",
    "broker_credentials",
    "people",
    "person_roles",
    "stuck_views",
    "calendar_versions",
    "directory_versions",
    "plan_drafts",
)
"""What a stranger's tries must leave as it is; sessions and the audit are their own."""


@dataclass
class Belongings:
    """What there is of a district: ids by what addresses call them, and words nobody else has."""

    agency: str
    ids: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)


async def furnish(api: Api, agency: str, word: str, by: Visit) -> Belongings:
    """Fill a district; `by` is whose acts, proposals and views they are, and reaches everything."""
    own = Belongings(agency)
    pool, now = api.gateway.services.pool, api.clock.now()
    rulebook = api.gateway.services.rulebook
    caller = await api.sign_in(agency)
    receipt = await api.submit(
        caller,
        source=f"urn:lienthong:agency:{agency}",
        subject=f"{agency}-260302-{'7301' if agency == A else '8402'}",
        data__places={"applicant": UNITS[agency]},
        data__applicant={"kind": "citizen", "name": f"Trần {word}"},
        data__note=f"Ghi chú của {word}",
    )
    transfer = UUID(str(receipt["transfer"]))
    [(code,)] = await api.rows("SELECT code FROM transfers WHERE id = %s", transfer)
    reason = f"lý do của {word}"
    whose = By(f"operator:person:{by.name}", reason)
    await api.rows(
        "INSERT INTO endpoints (agency, connector, address, secret, enabled)"
        " VALUES (%s, 'webhook', %s, 'x', false)",
        agency,
        f"https://{word.lower()}.example/in",
    )
    await api.gateway.refresh_endpoints()
    whole = Target(transfer, "civil-status", 1)
    note = Order(DeskAct.NOTE, whose.actor, "note", note=f"Ghi rằng {word}")
    noted = await freeze(pool, note, [whole], question={}, dry_run=False)
    await api.state.runner.run(noted.id, seconds=5)
    assign = Order(DeskAct.ASSIGN, whose.actor, "assign", person=f"{word.lower()}.phu-trach")
    assigned = await freeze(pool, assign, [whole], question={}, dry_run=False)
    await api.state.runner.run(assigned.id, seconds=5)
    waiting = await freeze(
        pool, Order(Act.ARCHIVE, whose.actor, reason), [whole], question={}, dry_run=True
    )
    assert (await find_act(pool, waiting.id) or {})["state"] == "paused"
    who = await api.state.sessions.present(by.token)
    assert who is not None
    proposal = await propose(
        pool, who, Irrevocable.REMOVE_AGENCY, agency, reason, agencies=[agency]
    )
    view = await keep_view(pool, by.name, f"Câu hỏi {word}", StuckFilter(agency=agency))
    board = await make_board(pool, agency, whose)
    [(board_id, mark)] = await api.rows("SELECT id, mark FROM boards WHERE agency = %s", agency)
    declared = Declaration(
        agency=agency,
        kind=OutageKind.PLANNED,
        starts_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=4),
        announced_at=None,
        legal_basis=f"thông báo {word}",
        reason=reason,
        actor=whose.actor,
    )
    outage = await outages.declare(pool, declared, now=now, rulebook=rulebook)
    async with pool.connection() as connection:
        await enter(connection, whose, "agency.suspended", agency, after={"state": word})
    [(entry,)] = await api.rows(
        "SELECT id FROM audit WHERE act = 'agency.suspended' AND subject = %s", agency
    )
    clerk = await sign_in(api, f"operator@{agency}", name=f"{word.lower()}.can-bo")
    [(person,)] = await api.rows("SELECT id FROM people WHERE name = %s", clerk.name)
    deliveries = await api.rows("SELECT id FROM deliveries WHERE transfer_id = %s", transfer)
    messages = await api.rows("SELECT id FROM inbox WHERE transfer_id = %s", transfer)
    own.ids = {
        "transfer": str(transfer),
        "act": str(waiting.id),
        "proposal": str(proposal),
        "view": str(view),
        "board": str(board_id),
        "outage": str(outage["outage"]),
        "entry": str(entry),
        "person": str(person),
        "code": agency,
        "delivery": str(deliveries[0][0]) if deliveries else "",
        "message": str(messages[0][0]),
        "dossier": code,
    }
    own.marks = {
        "dossier": code,
        "transfer": str(transfer),
        "word": word,
        "word in names": word.lower(),
        "address of the board": board.path.rpartition("/")[2],
        "mark of the board": f">…{mark}<",
    } | {name: own.ids[name] for name in ("act", "proposal", "board", "outage", "entry", "person")}
    return own


async def digest(api: Api) -> dict[str, tuple[Any, ...]]:
    """Return how many rows each watched table has, and a digest of all of them."""
    found = {}
    for table in WATCHED:
        [row] = await api.rows(
            f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        )
        found[table] = row
    return found
