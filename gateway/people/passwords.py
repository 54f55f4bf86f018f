"""Passwords: how one is made, and what is asked of one that somebody chooses.

Length and nothing about its composition, as NIST SP 800-63B has it: what is refused is short, is
the person's own name, or repeats and counts up like what everybody tries first.
"""

import secrets
import unicodedata
from enum import StrEnum
from typing import Final

SHORTEST: Final = 12
LONGEST: Final = 128
"""Characters. Longer ones only cost time to hash."""
_FEWEST_DIFFERENT: Final = 5
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without l, o, i, 0 and 1: it is read aloud and copied from paper."""
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiopasdfghjklzxcvbnm")
_OUR_WORDS: Final = ("lienthong", "password", "matkhau")


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    HAS_THE_NAME = "has-the-name"
    GUESSED_FIRST = "guessed-first"


def new_password() -> str:
    """Make a first password of 98 random bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def fault_of(password: str, *names: str) -> PasswordFault | None:
    """Return what speaks against a password that somebody chose; `names` are the person's own."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    plain = _plain(password)
    if any(len(word) >= 3 and word in plain for name in names for word in _words(name)):
        return PasswordFault.HAS_THE_NAME
    if len(set(plain)) < _FEWEST_DIFFERENT or len(_unguessed(plain)) < SHORTEST // 2:
        return PasswordFault.GUESSED_FIRST
    return None


def _words(name: str) -> list[str]:
    """The name as a whole, and what stands before an @: single syllables are everywhere."""
    whole = _plain(name)
    return [whole, _plain(name.partition("@")[0])]


def _plain(text: str) -> str:
    """Small letters without their marks, without what separates."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if letter.isalnum())


def _unguessed(plain: str) -> str:
    """What is left of it without our own words and without runs along the keyboard."""
    for word in _OUR_WORDS:
        plain = plain.replace(word, "")
    left = ""
    for at, letter in enumerate(plain):
        pair = plain[max(0, at - 1) : at + 1]
        along = any(pair in row or pair[::-1] in row for row in _ROWS)
        if not (len(pair) == 2 and (along or pair[0] == pair[1])):
            left += letter
    return left
