"""A province on a busy afternoon, written straight into the store: for pages that have to show it.

Codes and agencies are of the packaged directory; nobody in it is a person.
"""

from datetime import datetime, timedelta
from typing import Final

from gateway.ids import new_id
from gateway.operations.acts import Order, freeze_asked
from gateway.operations.causes import Cause
from gateway.operations.stuck import Asking
from gateway.operations.stuck_filter import StuckFilter
from gateway.rulebook import Rulebook
from gateway.services import Services
from gateway.store.pool import Connection
from routing.lifecycle.model import Act

_TRANSFER: Final = """
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,
    submitted_at, deadline_at, itinerary_no, document, seq, head_hash)
VALUES (%(id)s, %(office)s, %(code)s, %(office)s, 'open', '2.000987', 'v1',
    %(at)s, %(due)s, 1, '{}', 1, '')
"""
_HOP: Final = """
INSERT INTO hops (transfer_id, step, round, no, agency, state, deliver_by, receive_by,
    deadline_at, document)
VALUES (%(id)s, 'civil-status', 1, 1, %(agency)s, %(state)s, %(deliver)s, %(receive)s,
    %(until)s, %(document)s)
"""
_BOOK: Final = """
INSERT INTO dossier_books AS b (grain, starts, agency, procedure, online, on_time, met, late,
    missed, overdue, failing)
SELECT g.grain, date_trunc(g.grain, e.day)::date, e.agency, '2.000987', e.online, e.on_time, e.met,
    e.late, e.missed, e.failing, e.failing
FROM (VALUES ('day'), ('month'), ('year')) AS g (grain)
CROSS JOIN (VALUES (%s::date, %s, %s, %s, %s, %s, %s, %s))
    AS e (day, agency, online, on_time, met, late, missed, failing)
ON CONFLICT (grain, starts, agency, procedure) DO UPDATE
SET online = b.online + excluded.online, on_time = b.on_time + excluded.on_time,
    met = b.met + excluded.met, late = b.late + excluded.late,
    missed = b.missed + excluded.missed, overdue = b.overdue + excluded.overdue,
    failing = b.failing + excluded.failing
"""
_QUARTER: Final = """
INSERT INTO traffic_books (starts, submitted, ended, handed_quickly, handed_in_time, handed_late)
VALUES (date_bin('15 minutes', %s, '2000-01-01 00:00:00+00'), %s, 0, %s, %s, %s)
"""
_OUTCOMES: Final = """
UPDATE operator_act_items
SET ended_at = now(),
    outcome = CASE WHEN no %% 7 = 3 THEN 'skipped' WHEN no %% 11 = 4 THEN 'failed' ELSE 'done' END,
    detail = CASE WHEN no %% 7 = 3 THEN 'it was delivered in the meantime'
        WHEN no %% 11 = 4 THEN 'illegal-transition: The agency has confirmed that it has it.'
        ELSE 'the same hand-over goes out again' END
WHERE act_id = %(act)s
  AND (%(state)s = 'done' OR %(state)s = 'running' AND no <= 14)
"""
_STATE: Final = """
UPDATE operator_acts
SET state = %(state)s,
    leased_until = CASE %(state)s WHEN 'running' THEN now() + interval '1 hour' END,
    finished_at = CASE %(state)s WHEN 'done' THEN now() END
WHERE id = %(act)s
"""


async def write_stuck(
    connection: Connection, agency: str, office: str, now: datetime, kind: str, number: int
) -> None:
    """Write one transfer that is stuck: undelivered, unread, overdue, soon or nobodys."""
    hour = timedelta(hours=1)
    far = now + 40 * hour
    row = {
        "id": new_id(),
        "office": office,
        "code": f"{office}-{now:%y%m%d}-{number:04d}",
        "at": now - (3 + number % 50) * hour,
        "due": far,
        "agency": agency,
        "state": {"undelivered": "dispatching", "unread": "delivered", "nobodys": "planned"}.get(
            kind, "received"
        ),
        "deliver": now - (number % 30 + 1) * hour if kind == "undelivered" else None,
        "receive": now - (number % 9 + 1) * hour if kind == "unread" else None,
        "until": {
            "overdue": now - (number % 70 + 1) * hour,
            "soon": now + timedelta(minutes=20 + number % 90),
            "undelivered": now + (number % 60 + 5) * hour,
            "unread": now + (number % 40 + 9) * hour,
        }.get(kind),
        "document": '{"stuck": "no-agency"}' if kind == "nobodys" else "{}",
    }
    if kind == "nobodys":
        row["agency"] = None
    await connection.execute(_TRANSFER, row)
    await connection.execute(_HOP, row)


async def write_afternoon(connection: Connection, rulebook: Rulebook, now: datetime) -> None:
    """Write what is stuck all over the province, and a month of books."""
    here = rulebook.directory.in_force(now)
    communes = [one.code for one in here if one.level == "commune"]
    plan = (("undelivered", 37), ("unread", 21), ("overdue", 14), ("soon", 9), ("nobodys", 3))
    number = 0
    for kind, count in plan:
        for turn in range(count):
            number += 1
            agency = communes[(turn * turn + number) % 17]
            await write_stuck(connection, agency, communes[number % 40], now, kind, number)
    today = now.astimezone(rulebook.calendar.zone).date()
    for place, one in enumerate(here):
        if one.level not in ("commune", "province", "area") or place % 3 == 2:
            continue
        judged = 40 + place * 37 % 400
        missed = judged * (place * place % 23 if place % 5 == 0 else place % 3) // 100
        late = missed // 2
        book = (
            today,
            one.code,
            judged,
            judged - missed,
            judged - missed,
            late,
            late,
            missed - late,
        )
        await connection.execute(_BOOK, book)
    for back in range(1, 96):
        at = now - timedelta(minutes=15 * back)
        hour = at.astimezone(rulebook.calendar.zone).hour
        busy = {8: 60, 9: 85, 10: 70, 11: 30, 13: 40, 14: 75, 15: 64, 16: 48, 17: 15}.get(hour, 2)
        came = busy + back * 7 % 11
        slow = came // 5 if hour == 14 else came // 40
        await connection.execute(_QUARTER, (at, came, came * 3 - 3 * slow, 2 * slow, slow))


_IN_HALL: Final = """
INSERT INTO transfers (id, issuer, code, originator, state, procedure, procedure_version,
    submitted_at, ended_at, deadline_at, itinerary_no, document, seq, head_hash)
VALUES (%(id)s, %(office)s, %(code)s, %(office)s, %(state)s, '2.000987', 'v1',
    %(at)s, %(ended)s, %(due)s, 1, '{}', 1, '')
"""
_PAUSED: Final = """
INSERT INTO hops (transfer_id, step, round, no, agency, state, document)
VALUES (%s, 'commune-review', 1, 1, %s, 'paused', '{"clock": {"pause_reason": "supplement"}}')
"""


async def write_hall(
    connection: Connection, office: str, now: datetime, *, open_: int = 34, ended: int = 9
) -> None:
    """Write an office's dossiers as its hall shows them: some ready, some waiting, one late."""
    for number in range(1, open_ + ended + 1):
        id_, day = new_id(), now - timedelta(days=number % 6)
        is_ended = number > open_
        row = {
            "id": id_,
            "office": office,
            "code": f"{office}-{day:%y%m%d}-{number:04d}",
            "at": day,
            "state": ("refused" if number % 5 == 0 else "completed") if is_ended else "open",
            "ended": now - timedelta(hours=number) if is_ended else None,
            "due": now + timedelta(days=3 - number % 4) if number % 17 else now - timedelta(days=1),
        }
        await connection.execute(_IN_HALL, row)
        if not is_ended and number % 7 == 0:
            await connection.execute(_PAUSED, (id_, office))


async def write_acts(services: Services, now: datetime) -> dict[str, str]:
    """Freeze one act of each state on what is stuck; return where each is shown.

    The one that runs is leased far ahead, so that nobody goes on with it while it is pictured.
    """
    found: dict[str, str] = {}
    orders = (
        ("done", Act.RETRY, Cause.NO_RECEIPT),
        ("running", Act.RETRY, Cause.UNDELIVERED),
        ("paused", Act.EXTEND, Cause.OVERDUE),
        ("held", Act.ARCHIVE, Cause.UNDELIVERED),
    )
    for state, act, cause in orders:
        order = Order(
            act,
            "operator:person:lan.nguyen",
            "Hệ thống của xã đã hoạt động lại",
            until=now + timedelta(days=2) if act is Act.EXTEND else None,
            legal_basis="NĐ 61/2018 Điều 19" if act is Act.EXTEND else None,
        )
        asking = Asking.of(services.rulebook, now, StuckFilter(causes=(cause,)))
        frozen = await freeze_asked(services.pool, order, asking, dry_run=True)
        found[f"act:{state}"] = f"/console/acts/{frozen.id}"
        async with services.pool.connection() as connection:
            await connection.execute(_OUTCOMES, {"act": frozen.id, "state": state})
            await connection.execute(_STATE, {"act": frozen.id, "state": state})
    return found
