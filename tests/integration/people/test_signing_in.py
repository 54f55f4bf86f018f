"""Signing in with a password: who gets in, who has to wait, and what is told to whom."""

import asyncio

import pytest

from gateway.identity.secrets import SecretKeeper
from gateway.people.accounts import disable_person, reset_password, unlock_person
from gateway.people.own_account import (
    Changed,
    NotTaken,
    NotTheirs,
    change_password,
    end_other_sessions,
    list_sessions,
)
from gateway.people.passwords import PasswordFault
from gateway.people.roster import list_people
from gateway.people.signing_in import Doors, Opened, TooManyTries, WrongPassword
from tests.integration.api.running import QUICK, Api
from tests.integration.console.visiting import BY, PASSWORD, again, sign_in

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"
NEXT = "ba mươi sáu phố phường"


@pytest.fixture
def secrets() -> SecretKeeper:
    return SecretKeeper(QUICK)


@pytest.fixture
def doors(api: Api, secrets: SecretKeeper) -> Doors:
    return Doors(api.gateway.services.pool, api.state.sessions, secrets)


async def test_the_right_password_opens_a_session_and_is_told(api: Api, doors: Doors) -> None:
    await sign_in(api, "operator", name="lan.nguyen")

    opened = await doors.sign_in(" Lan.Nguyen", PASSWORD, HERE)

    assert isinstance(opened, Opened)
    who = await api.state.sessions.present(opened.token)
    assert who is not None
    assert (who.name, who.display_name, who.language) == ("lan.nguyen", "Trần Văn Thử", "vi")
    await doors.sign_out(who, opened.token)
    assert await api.state.sessions.present(opened.token) is None
    trail = await api.rows("SELECT actor, act FROM audit WHERE subject = %s ORDER BY id", who.name)
    assert trail[1:] == [
        ("operator:person:lan.nguyen", "session.opened"),
        ("operator:person:lan.nguyen", "session.ended"),
    ]


async def test_nobody_is_told_what_was_wrong_and_all_of_it_takes_the_same_work(
    api: Api, doors: Doors, secrets: SecretKeeper
) -> None:
    await sign_in(api, "operator", name="lan.nguyen")
    await sign_in(api, "operator", name="ha.tran")
    await disable_person(api.gateway.services.pool, "ha.tran", BY)
    wrong = [
        ("lan.nguyen", "not this one"),
        ("ha.tran", PASSWORD),
        ("nobody", PASSWORD),
        ("lan.nguyen", ""),
        ("lan\0", "a\0b"),
        ("lan.nguyen", "x" * 5000),
    ]
    said, work = [], []
    for name, password in wrong:
        before = secrets.verifications
        said.append(await doors.sign_in(name, password, HERE))
        work.append(secrets.verifications - before)

    assert said == [WrongPassword()] * len(wrong)
    assert work == [1] * len(wrong)


async def test_a_name_is_shut_after_a_few_guesses_whether_somebody_has_it_or_not(
    api: Api, doors: Doors
) -> None:
    await sign_in(api, "operator", name="lan.nguyen")
    told = {}
    for name in ("lan.nguyen", "nobody.here"):
        said = [await doors.sign_in(name, f"guess {n}", f"192.0.2.{n}") for n in range(8)]
        told[name] = [type(one) for one in said]
    right = await doors.sign_in("lan.nguyen", PASSWORD, ELSEWHERE)
    [entry] = await api.rows("SELECT subject, after FROM audit WHERE act = 'person.shut'")

    assert told["lan.nguyen"] == [WrongPassword] * 6 + [TooManyTries] * 2 == told["nobody.here"]
    assert isinstance(right, TooManyTries)
    assert 0 < right.wait.total_seconds() <= 30
    assert entry == ("lan.nguyen", {"failures": 6})


async def test_who_waited_gets_in_and_so_does_who_was_let_in(api: Api, doors: Doors) -> None:
    pool = api.gateway.services.pool
    await sign_in(api, "operator", name="lan.nguyen")
    for n in range(6):
        await doors.sign_in("lan.nguyen", f"guess {n}", HERE)
    [listed] = await list_people(pool)
    await unlock_person(pool, "lan.nguyen", BY)
    let_in = await doors.sign_in("lan.nguyen", PASSWORD, HERE)
    for n in range(6):
        await doors.sign_in("lan.nguyen", f"guess {n}", HERE)
    await api.rows("UPDATE sign_in_tries SET free_at = now()")
    waited = await doors.sign_in("lan.nguyen", PASSWORD, HERE)

    assert listed["waits_until"] is not None
    assert [type(one) for one in (let_in, waited)] == [Opened, Opened]
    [again_free] = await list_people(pool)
    assert again_free["waits_until"] is None


async def test_guesses_made_side_by_side_count_one_by_one(api: Api, doors: Doors) -> None:
    await sign_in(api, "operator", name="lan.nguyen")

    said = await asyncio.gather(
        *(doors.sign_in("lan.nguyen", f"guess {n}", f"192.0.2.{n}") for n in range(20))
    )

    assert [type(one) for one in said].count(WrongPassword) == 6


async def test_an_address_that_guesses_at_many_names_waits_and_others_do_not(
    api: Api, doors: Doors
) -> None:
    await sign_in(api, "operator", name="lan.nguyen")
    guesses = [await doors.sign_in(f"name-{n}", PASSWORD, HERE) for n in range(35)]
    there = await doors.sign_in("lan.nguyen", PASSWORD, HERE)
    elsewhere = await doors.sign_in("lan.nguyen", PASSWORD, ELSEWHERE)
    kept = await api.rows("SELECT max(octet_length(key)) FROM sign_in_tries")

    assert isinstance(guesses[29], WrongPassword)
    assert isinstance(there, TooManyTries)
    assert isinstance(elsewhere, Opened)
    assert kept == [(4,)]


async def test_a_password_that_was_replaced_while_it_was_looked_at_opens_nothing(
    api: Api, doors: Doors, secrets: SecretKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(api, "operator", name="lan.nguyen")
    verify = secrets.verify

    async def verify_slowly(*asked: object) -> str | None:
        found = await verify(*asked)  # type: ignore[arg-type]
        await reset_password(api.gateway.services.pool, "lan.nguyen", BY, secrets=secrets)
        return found

    monkeypatch.setattr(secrets, "verify", verify_slowly)

    assert isinstance(await doors.sign_in("lan.nguyen", PASSWORD, HERE), WrongPassword)


async def test_a_person_chooses_a_password_and_is_signed_out_elsewhere(
    api: Api, doors: Doors, secrets: SecretKeeper
) -> None:
    pool, sessions = api.gateway.services.pool, api.state.sessions
    here = await sign_in(api, "operator", name="lan.nguyen", must_change=True)
    there = await again(api, "lan.nguyen")
    who = await sessions.present(here.token)
    assert who is not None

    async def change(present: str, wanted: str) -> object:
        return await change_password(
            pool, secrets, sessions, who, present=present, wanted=wanted, address=HERE
        )

    said = [
        await change(PASSWORD, "quá ngắn"),
        await change(PASSWORD, PASSWORD),
        await change("not this one", NEXT),
        await change(PASSWORD, NEXT),
    ]
    still = await sessions.present(here.token)

    assert said == [NotTaken(PasswordFault.TOO_SHORT), NotTaken(), NotTheirs(), Changed()]
    assert still is not None
    assert (who.owed, still.owed) == ("password", None)
    assert await sessions.present(there.token) is None
    assert isinstance(await doors.sign_in("lan.nguyen", PASSWORD, HERE), WrongPassword)
    assert isinstance(await doors.sign_in("lan.nguyen", NEXT, HERE), Opened)
    assert await end_other_sessions(pool, sessions, still) == 1
    [one] = await list_sessions(pool, sessions, still)
    assert one.is_this
