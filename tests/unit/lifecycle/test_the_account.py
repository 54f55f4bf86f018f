"""The account of the total: what one turn overruns is eaten from the next (design.md §6).

That it adds up to what the total's clock counted is checked after every fold (invariants.py).
"""

from datetime import timedelta

from routing.lifecycle.account import Account, Share, account_of
from schemas.kinds import Kind
from tests.unit.lifecycle.journey import ALLOCATION, DEATH, Journey, submit, vn

HOUR = timedelta(hours=1)


def drawn_up(journey: Journey) -> Account:
    account = account_of(journey.transfer, journey.now, journey.context.calendars)
    assert account is not None
    return account


def share_of(account: Account, step: str) -> Share:
    [share] = [one for one in account.shares if one.step == step]
    return share


def test_at_the_start_every_turn_has_its_share() -> None:
    account = drawn_up(submit(ALLOCATION, "2026-03-02 07:30"))

    assert account.total == 40 * HOUR
    assert {one.step: one.share for one in account.shares} == {
        "commune-intake": 8 * HOUR,
        "land-extract": 12 * HOUR,
        "commune-decision": 20 * HOUR,
    }
    assert account.slack == timedelta()


def test_what_one_turn_overruns_is_eaten_from_the_next() -> None:
    journey = submit(ALLOCATION, "2026-03-02 07:30")
    journey.delivered("commune-intake")
    journey.receives("commune-intake")

    journey.at("2026-03-03 10:30").completes("commune-intake")

    account = drawn_up(journey)
    assert share_of(account, "commune-intake").overrun == 3 * HOUR
    following = share_of(account, "land-extract")
    assert following.eaten == (("commune-intake", 3 * HOUR),)
    assert following.left == 9 * HOUR
    assert following.needed == 12 * HOUR, "its own limit does not move"
    assert account.slack == -4 * HOUR, "the last turn would now arrive after its cutoff, too"


def test_what_is_more_than_the_next_turn_has_is_eaten_from_the_one_after() -> None:
    journey = submit(ALLOCATION, "2026-03-02 07:30")
    journey.delivered("commune-intake")
    journey.receives("commune-intake")

    journey.at("2026-03-05 07:30").completes("commune-intake")

    account = drawn_up(journey)
    assert share_of(account, "commune-intake").overrun == 16 * HOUR
    assert share_of(account, "land-extract").left == timedelta()
    assert share_of(account, "commune-decision").eaten == (("commune-intake", 4 * HOUR),)
    assert share_of(account, "commune-decision").left == 16 * HOUR


def test_what_a_turn_saves_gives_back_the_oldest_debt() -> None:
    journey = submit(ALLOCATION, "2026-03-02 07:30")
    journey.delivered("commune-intake")
    journey.receives("commune-intake")
    journey.at("2026-03-03 10:30").completes("commune-intake")

    journey.at("2026-03-03 14:30").walks("land-extract")

    account = drawn_up(journey)
    assert share_of(account, "land-extract").eaten == (("commune-intake", 3 * HOUR),)
    assert share_of(account, "commune-decision").eaten == ()
    assert account.slack > 5 * HOUR


def test_a_pause_that_the_total_excludes_uses_nothing() -> None:
    journey = submit(ALLOCATION, "2026-03-02 07:30")
    journey.delivered("commune-intake")
    journey.receives("commune-intake")
    journey.at("2026-03-02 09:30").pauses("commune-intake")

    journey.at("2026-03-06 09:30").says(Kind.HOP_RESUMED, "commune-intake", reason="supplement")

    account = drawn_up(journey)
    assert share_of(account, "commune-intake").used == 2 * HOUR
    assert share_of(account, "commune-intake").left == 6 * HOUR
    assert account.slack == timedelta()


def test_what_was_lost_before_the_submission_is_eaten_too() -> None:
    journey = submit(ALLOCATION, "2026-03-02 10:30", received_at=vn("2026-03-02 08:30"))

    account = drawn_up(journey)

    assert account.before == 2 * HOUR
    assert share_of(account, "commune-intake").eaten == (("before", 2 * HOUR),)


def test_waiting_for_a_person_is_eaten_by_the_gateway() -> None:
    journey = submit(ALLOCATION, "2026-03-02 07:30")
    journey.refuses("commune-intake", "not_competent")

    journey.at("2026-03-02 09:30").acts("resolve", "commune-intake", agency="H31.102")

    account = drawn_up(journey)
    assert account.waited == 2 * HOUR
    assert ("gateway", 2 * HOUR) in share_of(account, "land-extract").eaten


def test_without_a_total_there_is_no_account() -> None:
    journey = submit(DEATH, benefit="merit")

    assert account_of(journey.transfer, journey.now, journey.context.calendars) is None
