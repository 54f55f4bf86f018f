"""What the tables say in codes is told in a reader's words."""

from dataclasses import replace

import pytest

from gateway.console.procedure_words import ProcedureWords
from gateway.console.words import Language, words_of
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
