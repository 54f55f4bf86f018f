"""One-time codes are those of RFC 6238, near the present step, and belong to one person's key."""

from uuid import UUID

import pytest

from gateway.people.codes import (
    STEP_SECONDS,
    address_of,
    code_at,
    in_letters,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    step_of,
)
from gateway.people.factor_keys import FactorKey

RFC_SECRET = b"12345678901234567890"
LAN, HA = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standards_appendix(at: int, code: str) -> None:
    assert code_at(RFC_SECRET, at // STEP_SECONDS, digits=8) == code


def test_a_code_is_taken_one_step_to_either_side_and_no_further() -> None:
    at = 1_700_000_000
    now = at // STEP_SECONDS

    found = {
        apart: step_of(RFC_SECRET, code_at(RFC_SECRET, now + apart), at) for apart in range(-3, 4)
    }

    assert found == {-3: None, -2: None, -1: now - 1, 0: now, 1: now + 1, 2: None, 3: None}


def test_a_code_may_be_written_in_groups_and_nothing_else_is_one() -> None:
    at = 1_700_000_000
    code = code_at(RFC_SECRET, at // STEP_SECONDS)

    assert step_of(RFC_SECRET, f" {code[:3]} {code[3:]} ", at) is not None
    assert step_of(RFC_SECRET, "", at) is None
    assert step_of(RFC_SECRET, "mười hai", at) is None


def test_the_address_for_an_application_names_issuer_and_person() -> None:
    address = address_of(RFC_SECRET, issuer="Liên Thông", name="lan.nguyen@hy.example")

    assert address.startswith("otpauth://totp/Li%C3%AAn%20Th%C3%B4ng:lan.nguyen%40hy.example?")
    assert f"secret={in_letters(RFC_SECRET)}&issuer=Li%C3%AAn%20Th%C3%B4ng" in address


def test_recovery_codes_are_read_as_people_write_them() -> None:
    codes = new_recovery_codes()

    assert len(set(codes)) == 10
    assert recovery_hash(codes[0]) == recovery_hash(codes[0].upper().replace("-", " "))
    assert recovery_hash(codes[0]) != recovery_hash(codes[1])


def test_a_sealed_secret_opens_for_its_person_and_key_alone() -> None:
    key, secret = FactorKey("a-secret-of-32-characters-at-least"), new_secret()
    sealed = key.seal(secret, LAN)

    assert secret not in sealed
    assert key.open(sealed, LAN) == secret
    assert key.open(sealed, HA) is None
    assert FactorKey("another-secret-of-32-characters-").open(sealed, LAN) is None
    assert key.open(b"", LAN) is None
