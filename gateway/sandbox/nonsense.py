"""What else arrives in a week: messages that are wrong, said twice, or said twice differently.

Sent after the week's work through an office's own road, so that every one is really answered;
they are counted apart from the dossiers.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from connectors.simulators.messages import derived_id, write_message
from gateway.sandbox.participants import Participant
from gateway.sandbox.town import Town
from schemas.kinds import Kind


async def send_nonsense(town: Town, taking_part: Sequence[Participant]) -> None:
    """Send a dozen messages that must not take effect, and wait for their answers."""
    office = next(one.code for one in taking_part if one.agency.role == "one-stop.commune")
    one_stop = town.one_stops[office]
    if not one_stop.submitted:
        return
    outbox = one_stop.agency.desk.outbox
    now = one_stop.agency.desk.wake.now()
    dossier, message_id = next(iter(one_stop.submitted.items()))
    wrong: list[tuple[str, Kind, dict[str, Any]]] = [
        ("unknown-field", Kind.TRANSFER_SUBMITTED, {"procedure": "2.000987", "aplicant": {}}),
        ("unknown-procedure", Kind.TRANSFER_SUBMITTED, _submission("1.999999")),
        (
            "abolished-unit",
            Kind.TRANSFER_SUBMITTED,
            _submission("2.000987", places={"applicant": "12832"}),
        ),
        (
            "unknown-transfer",
            Kind.HOP_RECEIVED,
            {"transfer": "00000000-0000-7000-8000-000000000000", "step": "tax", "round": 1},
        ),
    ]
    sent: list[str] = []
    for no, (name, kind, data) in enumerate(wrong):
        id_ = derived_id(office, name, "nonsense")
        subject = f"{office}-260306-9{no:03d}"
        outbox.post(
            write_message(agency=office, id=id_, kind=kind, subject=subject, time=now, data=data)
        )
        sent.append(id_)
    for id_ in sent:
        await outbox.wait_for_receipt(id_)
    # The same id with another content: refused, and nothing changes.
    outbox.post(
        write_message(
            agency=office,
            id=message_id,
            kind=Kind.TRANSFER_SUBMITTED,
            subject=dossier,
            time=now,
            data=_submission("2.000987", places={"applicant": "12472"}),
        )
    )
    verdicts = one_stop.agency.record.sent[message_id].verdicts
    answered = len(verdicts)
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while len(verdicts) == answered:  # noqa: ASYNC110  another task's list grows
                await asyncio.sleep(0.02)


def _submission(procedure: str, **more: Any) -> dict[str, Any]:
    return {
        "procedure": procedure,
        "received_at": "2026-03-06T01:00:00Z",
        "channel": "online",
        "applicant": {"kind": "citizen", "name": "Nguyễn Thị Giả Định"},
        "places": {"applicant": "12472"},
        "facts": {},
        **more,
    }
