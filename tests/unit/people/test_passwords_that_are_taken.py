"""A password needs length and must not be what anybody would try first; nothing else is asked."""

import pytest

from gateway.people.passwords import PasswordFault, fault_of, new_password

NAMES = ("lan.nguyen@hy.example", "Nguyễn Thị Lan")


@pytest.mark.parametrize(
    "password",
    ["con mèo trèo cây cau", "ba mươi sáu phố phường", "tám-lạng-nửa-cân", "7yXk2-#pPq0z"],
)
def test_a_long_phrase_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert fault_of(password, *NAMES) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("ngắn quá", PasswordFault.TOO_SHORT),
        ("x" * 129, PasswordFault.TOO_LONG),
        ("toi la Nguyen Thi Lan day", PasswordFault.HAS_THE_NAME),
        ("LAN.NGUYEN 2026 2027", PasswordFault.HAS_THE_NAME),
        ("aaaaaaaaaaaaaaaa", PasswordFault.GUESSED_FIRST),
        ("123456789012345", PasswordFault.GUESSED_FIRST),
        ("qwertyuiop12345", PasswordFault.GUESSED_FIRST),
        ("LienThong2026!", PasswordFault.GUESSED_FIRST),
        ("Mật khẩu 12345", PasswordFault.GUESSED_FIRST),
        ("abcabcabcabc", PasswordFault.GUESSED_FIRST),
    ],
)
def test_what_would_be_tried_first_is_not(password: str, fault: PasswordFault) -> None:
    assert fault_of(password, *NAMES) is fault


def test_a_password_that_was_made_is_one_that_is_taken() -> None:
    made = {new_password() for _ in range(200)}

    assert len(made) == 200
    assert {fault_of(one, "ngo") for one in made} <= {None, PasswordFault.HAS_THE_NAME}
