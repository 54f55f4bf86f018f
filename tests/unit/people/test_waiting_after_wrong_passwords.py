"""Waiting grows with each failure and ends at a bound; a few mistakes cost nothing."""

from datetime import timedelta

from gateway.people.tries import ADDRESS, NAME


def test_a_few_mistakes_are_free_and_then_waiting_doubles_up_to_a_bound() -> None:
    waits = [NAME.wait_after(failures) for failures in range(1, 14)]

    assert waits[:5] == [timedelta(0)] * 5
    assert waits[5:8] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert waits[-1] == NAME.wait_after(10_000_000) == timedelta(minutes=15)


def test_a_days_guesses_at_one_name_are_few_and_an_office_shares_its_address() -> None:
    day, guesses, passed = timedelta(days=1), 0, timedelta(0)
    while passed < day:
        guesses += 1
        passed += NAME.wait_after(guesses)

    assert guesses < 120
    assert ADDRESS.wait_after(30) == timedelta(0)
    assert ADDRESS.wait_after(10_000_000) == timedelta(minutes=5)
