"""What a letter says, in both languages, and what it keeps open for a person."""

from dataclasses import replace
from fractions import Fraction

import pytest

from gateway.letters.plain import WIDTH, as_text, digest_of
from routing.legaltime import Budget, Unit
from routing.letters import CauseKind, Letter, load_wording, write_letter
from routing.letters.wording import Language, spoken_span
from tests.unit.letters.late import at_the_land_office, context, drafted
from tests.unit.lifecycle.invariants import SECRET
from tests.unit.lifecycle.journey import tables


def letter(language: Language = "vi") -> Letter:
    journey = at_the_land_office()
    return write_letter(drafted(journey), context(journey), load_wording(), language)


def test_it_has_the_parts_of_an_administrative_letter_in_their_order() -> None:
    text = as_text(letter())

    parts = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "CHI NHÁNH VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI KHU VỰC THÀNH PHỐ HƯNG YÊN",
        "Số: ..........",
        "ngày ...... tháng ...... năm 20....",
        "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN",
        "Kính gửi: .....",
        "QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ",
        "Nơi nhận:",
        "Chứng cứ:",
    ]
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    assert max(len(line) for line in text.splitlines()) <= WIDTH


def test_it_names_cause_old_date_new_date_article_and_proof() -> None:
    text = " ".join(as_text(letter()).split())

    assert "Thời hạn trả kết quả: 08 giờ 30 phút, ngày 09 tháng 03 năm 2026" in text
    assert "bước “Trích lục, trích đo địa chính” tại Chi nhánh Văn phòng" in text
    assert "đã quá hạn từ 14 giờ 45 phút, ngày 03 tháng 03 năm 2026" in text
    assert "đến nay chậm 2,5 ngày làm việc" in text
    assert "thời gian hẹn trả kết quả mới: 17 giờ 30 phút, ngày 12 tháng 03 năm 2026" in text
    assert "NĐ 61/2018 Điều 19 khoản 9" in text
    assert "sổ cái 6 (" in text


def test_the_courtesy_translation_says_that_it_is_one() -> None:
    text = " ".join(as_text(letter("en")).split())

    assert "courtesy translation; the Vietnamese text counts" in text
    assert "17:30 on 12 March 2026" in text
    assert "2.5 working days" in text


def test_nothing_of_the_citizens_is_in_it() -> None:
    for language in ("vi", "en"):
        assert SECRET not in as_text(letter(language))


def test_every_cause_and_pause_reason_has_its_words_in_both_languages() -> None:
    wording = load_wording()

    for text in wording.texts.values():
        assert set(text["causes"]) == set(CauseKind)
        assert set(text["reasons"]) == set(tables().policies.pauses)


def test_the_form_says_how_sure_its_text_is() -> None:
    wording = load_wording()

    assert wording.certainty == "unverified"
    assert "not among our sources" in wording.source


def test_braces_in_a_name_are_only_braces() -> None:
    journey = at_the_land_office()
    apology = drafted(journey)
    hostile = replace(apology, transfer=replace(apology.transfer, code="{cause}{0}{{x}}"))

    said = write_letter(hostile, context(journey), load_wording(), "vi")

    assert said.subject == "Về thời hạn giải quyết hồ sơ mã {cause}{0}{{x}}"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (Fraction(5, 2), "2,5 ngày làm việc"),
        (Fraction(1), "1 ngày làm việc"),
        (Fraction(1, 2), "4 giờ làm việc"),
        (Fraction(1, 24), "20 phút làm việc"),
    ],
)
def test_spans_are_said_as_a_person_would(days: Fraction, said: str) -> None:
    text = load_wording().texts["vi"]

    assert spoken_span(Budget(days, Unit.WORKING_DAY), text, "vi") == said


def test_the_digest_is_that_of_every_word() -> None:
    one = letter()

    assert digest_of(one) == digest_of(letter())
    assert digest_of(one) != digest_of(replace(one, footer=one.footer + " " + "x"))
