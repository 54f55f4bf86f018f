"""Secrets are verified once in a while, never by comparing texts, and guessing is slowed down."""

from argon2 import PasswordHasher

from gateway.identity.attempts import PER_ADDRESS, PER_CLIENT, FailedAttempts
from gateway.identity.secrets import SecretKeeper, mark_of

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_verified_secret_is_not_verified_again_for_a_while() -> None:
    clock = Clock()
    keeper = SecretKeeper(QUICK, now=clock)
    stored = await keeper.hash("secret")

    assert await keeper.verify("one", "secret", [stored])
    assert await keeper.verify("one", "secret", [stored])
    assert keeper.verifications == 1
    clock.now += 601
    assert await keeper.verify("one", "secret", [stored])
    assert keeper.verifications == 2


async def test_what_was_remembered_is_of_this_client_secret_and_hash_alone() -> None:
    keeper = SecretKeeper(QUICK)
    stored, other = await keeper.hash("secret"), await keeper.hash("another")
    await keeper.verify("one", "secret", [stored])

    assert not await keeper.verify("one", "Secret", [stored])
    assert not await keeper.verify("one", "secret", [other])
    assert await keeper.verify("two", "secret", [stored])
    assert keeper.verifications == 4


async def test_of_two_good_secrets_it_says_which_one_was_presented() -> None:
    keeper = SecretKeeper(QUICK)
    former, present = await keeper.hash("former"), await keeper.hash("present")

    for _ in range(2):  # verified, then remembered
        assert await keeper.verify("one", "former", [present, former]) == former
        assert await keeper.verify("one", "present", [present, former]) == present
    assert mark_of(former) != mark_of(present)


async def test_an_unknown_client_costs_as_much() -> None:
    keeper = SecretKeeper(QUICK)

    assert not await keeper.verify("nobody", "secret", [])
    assert keeper.verifications == 1


async def test_a_damaged_hash_is_no_match() -> None:
    assert not await SecretKeeper(QUICK).verify("one", "secret", ["not-a-hash"])


def test_nothing_secret_is_shown() -> None:
    assert "secret" not in repr(SecretKeeper(QUICK)).lower().replace("secretkeeper", "")


def test_failures_of_one_client_make_its_address_wait() -> None:
    clock = Clock()
    attempts = FailedAttempts(now=clock)
    for _ in range(PER_CLIENT):
        assert attempts.wait("192.0.2.1", "one") == 0
        attempts.note("192.0.2.1", "one")

    assert attempts.wait("192.0.2.1", "one") == 60
    assert attempts.wait("192.0.2.1", "two") == 0
    assert attempts.wait("192.0.2.2", "one") == 0
    clock.now += 60
    assert attempts.wait("192.0.2.1", "one") == 0


def test_guessing_many_clients_makes_the_address_wait() -> None:
    attempts = FailedAttempts(now=Clock())
    for number in range(PER_ADDRESS):
        attempts.note("192.0.2.1", f"client-{number}")

    assert attempts.wait("192.0.2.1", "yet-another") == 60
