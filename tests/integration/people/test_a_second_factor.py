"""The second factor: set up, asked for at every sign-in, taken once, lost and found again."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from gateway.people.codes import STEP_SECONDS, code_at
from gateway.people.factor_keys import FactorKey
from gateway.people.second_factor import (
    Confirmed,
    Passed,
    SecondFactors,
    WrongCode,
    remove_factor,
)
from gateway.people.signed_in import Owed, SignedIn
from gateway.people.signing_in import TooManyTries
from tests.integration.api.running import Api, running
from tests.integration.console.visiting import BY, Visit, again, sign_in

HERE = "192.0.2.7"
AT = 1_800_000_000.0


@pytest.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """A gateway where supervisors need a second factor."""
    async with running(database_url, second_factor="privileged") as one:
        yield one


class Telephone:
    """An authenticator application, and the gateway's idea of the time."""

    def __init__(self, api: Api) -> None:
        self.at = AT
        self.factors = SecondFactors(
            api.gateway.services.pool,
            api.state.sessions,
            FactorKey("a-secret-of-32-characters-at-least"),
            now=lambda: self.at,
        )
        self._secret = b""

    async def scan(self, who: SignedIn) -> None:
        begun = await self.factors.begin(who)
        assert begun is not None
        self._secret = base64.b32decode(begun.letters)

    def code(self, apart: int = 0) -> str:
        return code_at(self._secret, int(self.at) // STEP_SECONDS + apart)


async def who_is(api: Api, visit: Visit) -> SignedIn:
    who = await api.state.sessions.present(visit.token)
    assert who is not None
    return who


@pytest.fixture
async def set_up(api: Api) -> tuple[Telephone, Visit, tuple[str, ...]]:
    """Somebody with a second factor: their telephone, their session, their recovery codes."""
    visit, telephone = await sign_in(api, "supervisor", name="lan.nguyen"), Telephone(api)
    who = await who_is(api, visit)
    assert who.owed is Owed.FACTOR
    await telephone.scan(who)
    done = await telephone.factors.confirm(who, telephone.code(), HERE)
    assert isinstance(done, Confirmed)
    telephone.at += 60
    return telephone, visit, done.recovery_codes


async def test_it_counts_from_its_first_code_and_then_at_every_sign_in(
    api: Api, set_up: tuple[Telephone, Visit, tuple[str, ...]]
) -> None:
    telephone, first, _ = set_up
    second = await again(api, "lan.nguyen")
    before = await who_is(api, second)
    said = await telephone.factors.enter(before, telephone.code(), HERE)
    after = await who_is(api, second)

    assert (await who_is(api, first)).owed is None
    assert (before.owed, said, after.owed) == (Owed.CODE, Passed(), None)
    assert after.has_factor
    assert await telephone.factors.begin(after) is None


async def test_a_code_is_taken_once_whoever_is_faster(
    api: Api, set_up: tuple[Telephone, Visit, tuple[str, ...]]
) -> None:
    telephone, _, _ = set_up
    whos = [await who_is(api, await again(api, "lan.nguyen")) for _ in range(4)]
    code = telephone.code()

    said = await asyncio.gather(*(telephone.factors.enter(who, code, HERE) for who in whos[:3]))
    earlier = await telephone.factors.enter(whos[3], telephone.code(-1), HERE)
    telephone.at += 30
    fresh = await telephone.factors.enter(whos[3], telephone.code(), HERE)

    assert sorted(type(one).__name__ for one in said) == ["Passed", "WrongCode", "WrongCode"]
    assert (earlier, fresh) == (WrongCode(), Passed())


async def test_guessing_codes_is_slowed_down_and_passwords_give_no_tries_back(
    api: Api, set_up: tuple[Telephone, Visit, tuple[str, ...]]
) -> None:
    telephone, _, _ = set_up
    who = await who_is(api, await again(api, "lan.nguyen"))

    said = [await telephone.factors.enter(who, "000000", HERE) for _ in range(7)]

    assert [type(one) for one in said] == [WrongCode] * 6 + [TooManyTries]
    assert isinstance(await telephone.factors.enter(who, telephone.code(), HERE), TooManyTries)


async def test_a_recovery_code_is_good_once(
    api: Api, set_up: tuple[Telephone, Visit, tuple[str, ...]]
) -> None:
    telephone, _, codes = set_up
    who = await who_is(api, await again(api, "lan.nguyen"))

    said = [await telephone.factors.enter(who, codes[0].upper(), HERE) for _ in range(2)]
    entries = await api.rows("SELECT after FROM audit WHERE act = 'person.recovered'")
    [(stored,)] = await api.rows("SELECT string_agg(r::text, ' ') FROM recovery_codes r")

    assert said == [Passed(recovery_left=9), WrongCode()]
    assert entries == [({"left": 9},)]
    assert codes[0] not in stored


async def test_what_was_never_confirmed_keeps_nobody_out(api: Api) -> None:
    visit, telephone = await sign_in(api, "operator", name="ha.tran"), Telephone(api)
    who = await who_is(api, visit)
    await telephone.scan(who)
    wrong = await telephone.factors.confirm(who, "000000", HERE)
    await telephone.scan(who)

    assert wrong == WrongCode()
    assert (await who_is(api, await again(api, "ha.tran"))).owed is None
    assert isinstance(await telephone.factors.confirm(who, telephone.code(), HERE), Confirmed)


async def test_an_administrator_takes_a_lost_one_off(
    api: Api, set_up: tuple[Telephone, Visit, tuple[str, ...]]
) -> None:
    _, visit, _ = set_up
    await remove_factor(api.gateway.services.pool, "lan.nguyen", BY)
    api.state.sessions.forget()

    assert await api.state.sessions.present(visit.token) is None
    assert (await who_is(api, await again(api, "lan.nguyen"))).owed is Owed.FACTOR
    assert await api.rows("SELECT 1 FROM recovery_codes") == []
