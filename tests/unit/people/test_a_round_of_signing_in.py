"""A round lies sealed in one browser's cookie, and is over after ten minutes."""

import base64

import pytest

from gateway.people.rounds import GOOD_FOR, RoundKey

SECRET = "one secret of at least 32 characters"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_what_was_sealed_is_opened_by_any_process_with_the_same_secret() -> None:
    begun = RoundKey(SECRET).begin("/console/stuck")

    found = RoundKey(SECRET).open(RoundKey(SECRET).seal(begun))

    assert found == begun
    assert len({begun.state, begun.nonce, begun.verifier}) == 3
    assert begun.state not in repr(begun)


@pytest.mark.parametrize(
    ("later", "is_open"), [(GOOD_FOR, True), (GOOD_FOR + 1, False), (-1, False)]
)
def test_it_is_over_after_its_time(later: float, is_open: bool) -> None:
    clock = Clock()
    key = RoundKey(SECRET, now=clock)
    sealed = key.seal(key.begin("/console"))

    clock.now += later

    assert (key.open(sealed) is not None) is is_open


def test_nobody_makes_or_changes_one_without_the_secret() -> None:
    key = RoundKey(SECRET)
    sealed = key.seal(key.begin("/console"))
    raw = bytearray(base64.urlsafe_b64decode(sealed))
    raw[20] ^= 1
    altered = base64.urlsafe_b64encode(raw).decode()

    tried = [
        altered,
        sealed[:-8],
        "",
        "mèo",
        "x" * 5000,
        RoundKey("another " * 5).seal(key.begin("/")),
    ]

    assert [key.open(one) for one in tried] == [None] * 6
