"""What the tables say in codes is told in a reader's words."""

from dataclasses import replace

import pytest

from gateway.console.procedure_words import ProcedureWords
from gateway.console.words import Language, words_of
from routing.directory.findings import Severity
from routing.lint import Finding
from routing.procedures import load_catalogue

BUILDING = load_catalogue().versions("9.000008")[1]
OPINION = BUILDING.step("opinion-fire")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "vi",
            "(“Cần ý kiến cơ quan phòng cháy chữa cháy”: có và không phải "
            "“Loại giấy phép”: gia hạn hoặc cấp lại)",
        ),
        (
            "en",
            "(“The fire police has to be asked”: yes and not "
            "“What is asked for”: extension or reissue)",
        ),
    ],
)
def test_a_condition_is_read_aloud_by_the_names_of_its_facts(language: Language, said: str) -> None:
    words = ProcedureWords(words_of(language), language)

    assert words.condition(OPINION.when, BUILDING) == said


def test_what_is_special_about_a_step_is_said_with_a_sign() -> None:
    words = ProcedureWords(words_of("vi"), "vi")

    assert words.tags(OPINION) == (("◇", "Có điều kiện"), ("∿", "Im lặng là đồng ý"))
    assert words.who(OPINION, {}) == "Cảnh sát phòng cháy, chữa cháy cấp tỉnh của nơi có công trình"


def test_a_code_that_nobody_has_words_for_is_told_as_it_is() -> None:
    words = ProcedureWords(words_of("vi"), "vi")
    novel = replace(OPINION, role="space-agency.national", place="receiver")

    assert words.competence("space-agency.national") == "space-agency.national"
    assert words.who(novel, {}) == "space-agency.national nơi tiếp nhận hồ sơ"


def test_what_lint_found_is_told_with_its_facts() -> None:
    words = ProcedureWords(words_of("vi"), "vi")
    overshoot = Finding(
        Severity.NOTE,
        "overshoot",
        "9.000008",
        "2025-07-01",
        None,
        "up to 611/48 cd beyond the total",
        {
            "by": "611/48 cd",
            "starts_at": "2026-04-28T00:00+07:00",
            "due_at": "2026-05-13T00:00+07:00",
            "ends_at": "2026-05-25T17:30+07:00",
        },
    )

    assert words.finding(overshoot) == (
        "Thời hạn các bước có thể dài hơn thời hạn chung đến 12,7 ngày: nhận lúc 28/04/2026 00:00, "
        "hạn 13/05/2026 00:00, bước cuối xong 25/05/2026 17:30."
    )
    assert words.finding(replace(overshoot, kind="novel")) == overshoot.detail
