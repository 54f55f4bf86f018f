"""The bench's messages: as large as the plan says, and messages that the gateway takes."""

from datetime import UTC, datetime

import pytest

from bench.dossiers import Commune, Hop, Message, completed, dossier_code, received, submitted
from bench.plan import Plan
from gateway.commit.items import Incoming, Judged, Road
from gateway.ids import new_id
from gateway.intake.reading import read_message
from schemas.kinds import Kind

COMMUNE = Commune("H31.101", "11953")
CODE = dossier_code(COMMUNE, datetime(2026, 3, 2, tzinfo=UTC), 17)
HOP = Hop("H31.12", CODE, "019cacf4-0940-7000-8000-000000000001", "province-appraisal", 1)
SIZE = Plan().message_size


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (submitted(COMMUNE, CODE, SIZE), Kind.TRANSFER_SUBMITTED),
        (received(HOP, SIZE), Kind.HOP_RECEIVED),
        (completed(HOP, SIZE), Kind.HOP_COMPLETED),
    ],
    ids=["submitted", "received", "completed"],
)
def test_each_kind_is_of_the_size_asked_for_and_valid(message: Message, kind: Kind) -> None:
    assert len(message.body) == SIZE

    judged = _judge(message)

    assert judged.problem is None
    assert judged.kind is kind
    assert judged.subject == CODE


def test_every_message_has_an_id_of_its_own() -> None:
    messages = [received(HOP, SIZE) for _ in range(20)]

    assert len({message.id for message in messages}) == 20


def test_the_routing_key_names_sender_and_kind() -> None:
    assert completed(HOP, SIZE).routing_key == "H31.12.hop.completed"


def _judge(message: Message) -> Judged:
    incoming = Incoming(
        id=new_id(),
        road=Road.AMQP,
        agency=message.agency,
        media="application/cloudevents+json",
        body=message.body,
        headers={},
        message_id=message.id,
        recorded_at=datetime(2026, 3, 2, 3, tzinfo=UTC),
    )
    return read_message(incoming, lambda code: code)
