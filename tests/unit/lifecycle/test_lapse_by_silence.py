"""Where silence is consent, a delivered hop lapses at its deadline and the transfer goes on."""

from routing.lifecycle.model import LimitName
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import PERMIT, Journey, submit, vn


def asked(at: str = "2026-03-02 08:30") -> Journey:
    journey = submit(PERMIT, at, works="separate_house", act="new", opinion_fire=True)
    journey.walks("appraise-local")
    return journey


def test_silence_until_the_deadline_is_consent() -> None:
    journey = asked()
    journey.later(seconds=5).delivered("opinion-fire")
    deadline = journey.hop("opinion-fire").clock.deadline_at
    assert deadline is not None

    journey.time("2026-03-17 09:00")

    hop = journey.hop("opinion-fire")
    assert hop.state == "lapsed"
    assert hop.ended_at == deadline
    assert LimitName.DEADLINE not in hop.clock.breached
    assert journey.state("issue-local") == "dispatching"
    lapsed = next(entry for entry in journey.last.entries if entry.act == "hop.lapsed")
    assert lapsed.legal_at == deadline
    assert lapsed.legal_basis


def test_it_is_decided_only_after_the_grace() -> None:
    journey = asked()
    journey.later(seconds=5).delivered("opinion-fire")
    deadline = journey.hop("opinion-fire").clock.deadline_at
    assert deadline is not None

    journey.now = deadline
    journey.later(minutes=1, seconds=59).time()
    assert journey.state("opinion-fire") == "delivered"

    journey.later(seconds=1).time()
    assert journey.state("opinion-fire") == "lapsed"


def test_the_next_step_is_offered_when_it_is_decided_not_in_the_past() -> None:
    journey = asked()
    journey.later(seconds=5).delivered("opinion-fire")

    journey.time("2026-03-20 09:00")

    assert journey.hop("issue-local").offered_at == vn("2026-03-20 09:00")


def test_what_was_never_delivered_cannot_lapse() -> None:
    journey = asked()

    journey.time("2026-04-20 09:00")

    hop = journey.hop("opinion-fire")
    assert hop.state == "dispatching"
    assert hop.clock.breached == (LimitName.HANDOVER,)


def test_the_time_to_answer_runs_from_the_delivery() -> None:
    journey = asked()
    offered = journey.hop("opinion-fire").clock.arrived_at

    journey.later(hours=3).delivered("opinion-fire")

    assert journey.hop("opinion-fire").clock.arrived_at == journey.now
    assert offered != journey.now


def test_an_answer_in_time_counts_even_if_it_is_read_after_the_deadline() -> None:
    journey = asked()
    journey.later(seconds=5).delivered("opinion-fire")
    deadline = journey.hop("opinion-fire").clock.deadline_at
    assert deadline is not None

    journey.now = deadline
    journey.later(minutes=1).completes("opinion-fire", "opinion", claimed=deadline)

    assert journey.state("opinion-fire") == "completed"


def test_a_late_answer_is_noted_whether_or_not_the_timekeeper_was_first() -> None:
    for timekeeper_first in (True, False):
        journey = asked()
        journey.later(seconds=5).delivered("opinion-fire")
        journey.at("2026-03-20 09:00")
        if timekeeper_first:
            journey.time()

        journey.completes("opinion-fire", "opinion")

        assert journey.state("opinion-fire") == "lapsed"
        assert "message.noted" in journey.acted()
        assert journey.state("issue-local") == "dispatching"


def test_a_pause_keeps_silence_from_counting() -> None:
    journey = asked()
    journey.later(seconds=5).delivered("opinion-fire")
    journey.later(minutes=5).pauses("opinion-fire")

    journey.time("2026-04-20 09:00")

    assert journey.state("opinion-fire") == "paused"


def test_the_sender_of_what_follows_a_lapse_is_who_fed_the_lapsed_step() -> None:
    journey = asked()
    journey.later(seconds=5).delivered("opinion-fire")

    journey.time("2026-03-20 09:00")

    assert journey.hop("issue-local").sender_step == "appraise-local"
    assert journey.sent(Kind.HANDOVER_OFFERED)[0].to == journey.hop("issue-local").agency
