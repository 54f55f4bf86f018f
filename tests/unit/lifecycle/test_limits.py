"""Limits: what the passing of time decides, and whom it tells."""

from routing.lifecycle.instants import written
from routing.lifecycle.model import LimitName
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, BIRTH, COMMUNE, COPY, Journey, submit, vn


def working() -> Journey:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")
    journey.later(minutes=5).receives("land-extract")
    return journey


def test_before_anything_is_due_nothing_happens() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")

    folded = journey.time("2026-03-02 08:39")

    assert folded.entries == ()
    assert not folded.repeated


def test_a_handover_that_took_over_ten_minutes_is_told_to_its_sender() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")

    journey.time("2026-03-02 08:40")

    hop = journey.hop("commune-intake")
    assert hop.state == "dispatching"
    assert hop.clock.breached == (LimitName.HANDOVER,)
    assert journey.told() == [(COMMUNE, "clock.breached")]
    assert journey.last.sends[0].data["limit"] == "handover"


def test_it_breaches_even_if_the_confirmation_comes_before_the_timekeeper() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30")

    journey.at("2026-03-02 08:45").delivered("commune-intake")

    assert journey.hop("commune-intake").clock.breached == (LimitName.HANDOVER,)


def test_no_receipt_within_two_working_hours_is_told_to_agency_and_sender() -> None:
    journey = submit(ALLOCATION, "2026-03-02 08:30").walks("commune-intake")
    journey.later(seconds=5).delivered("land-extract")

    journey.time("2026-03-02 13:32")

    hop = journey.hop("land-extract")
    assert hop.clock.breached == (LimitName.RECEIPT,)
    assert journey.told() == [(hop.agency, "clock.breached"), (COMMUNE, "clock.breached")]


def test_warnings_come_once_each_and_coinciding_ones_are_one() -> None:
    journey = working()
    warnings = dict(journey.hop("land-extract").clock.warn_at)
    first = min(warnings.values())

    journey.now = first
    journey.time()
    assert journey.acted() == ["clock.warned"]
    assert [send.to for send in journey.sent(Kind.CLOCK_WARNED)] == [
        journey.hop("land-extract").agency
    ]

    journey.later(seconds=1).time()
    assert journey.last.entries == ()


def test_thresholds_that_passed_together_are_one_message() -> None:
    journey = working()
    thresholds = len(journey.hop("land-extract").clock.warn_at)
    assert thresholds > 1
    deadline = journey.hop("land-extract").clock.deadline_at
    assert deadline is not None

    journey.now = deadline
    journey.later(seconds=-1).time()

    warned = [
        entry
        for entry in journey.last.entries
        if entry.act == "clock.warned" and entry.step == "land-extract"
    ]
    assert len(warned) == 1
    assert len(journey.hop("land-extract").clock.warned) == thresholds


def test_a_warning_that_would_come_after_the_deadline_is_not_sent() -> None:
    journey = working()

    journey.time("2026-03-06 17:00")

    assert [send for send in journey.sent(Kind.CLOCK_WARNED) if send.step == "land-extract"] == []
    assert [
        send.data["limit"]
        for send in journey.sent(Kind.CLOCK_BREACHED)
        if send.step == "land-extract"
    ] == ["deadline", "deadline", "deadline"]


def test_a_breach_counts_from_the_deadline_and_is_decided_after_the_grace() -> None:
    journey = working()
    deadline = journey.hop("land-extract").clock.deadline_at
    assert deadline is not None

    journey.now = deadline
    journey.later(minutes=1).time()
    assert journey.hop("land-extract").clock.breached == ()

    journey.later(minutes=1).time()
    [breach] = [entry for entry in journey.last.entries if entry.act == "clock.breached"]
    assert breach.legal_at == deadline
    notice = journey.sent(Kind.CLOCK_BREACHED)[0].data
    assert notice["deadline_at"] == written(deadline)
    assert notice["breached_at"] == written(journey.now)


def test_a_breach_is_told_once() -> None:
    journey = working()
    journey.time("2026-03-06 17:00")

    assert journey.time("2026-03-06 17:30").entries == ()


def test_the_overall_deadline_is_the_originators() -> None:
    journey = submit(COPY, "2026-03-02 08:30")
    journey.later(seconds=5).delivered("reception")
    journey.later(seconds=5).receives("reception")

    journey.time("2026-03-03 08:32")

    overall = [send for send in journey.sent(Kind.CLOCK_BREACHED) if send.step is None]
    assert [(send.to, send.data["limit"]) for send in overall if not send.optional] == [
        (COMMUNE, "overall")
    ]
    assert journey.transfer.clock.breached == (LimitName.OVERALL,)


def test_everything_due_is_decided_oldest_first() -> None:
    journey = submit(BIRTH, "2026-03-02 08:30", residence_check="simple")
    journey.at("2026-03-02 08:31").delivered("civil-status")

    journey.time("2026-03-10 09:00")

    instants = [entry.legal_at for entry in journey.last.entries]
    assert instants == sorted(instants)
    assert journey.hop("civil-status").clock.breached == (
        LimitName.RECEIPT,
        LimitName.DEADLINE,
    )


def test_the_next_instant_is_the_earliest_of_all_clocks() -> None:
    journey = working()

    hop = journey.hop("land-extract")

    assert journey.transfer.next_instant() == min(
        hop.clock.warn_at[0][1], journey.transfer.clock.warn_at[0][1]
    )
    assert journey.transfer.grace.total_seconds() == 120
    assert hop.receive_by is not None
    assert hop.received_at is not None


def test_a_transfer_that_ends_after_its_total_has_breached_it() -> None:
    journey = submit(COPY, "2026-03-02 08:30")
    journey.walks("reception", "extraction", "signature")
    journey.at("2026-03-05 09:00").completes("return")

    assert journey.transfer.clock.breached == (LimitName.OVERALL,)
    assert vn("2026-03-03 08:30") == journey.transfer.clock.deadline_at
