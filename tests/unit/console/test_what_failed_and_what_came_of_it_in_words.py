"""Codes and outcomes have words in both languages: those that our own code can come to."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway.operations.deeds as deeds
import routing.lifecycle as lifecycle
from connectors.amqp_queue import AMQP_CODES
from connectors.dialects.codes import HTTP_CODES as DIALECT_CODES
from connectors.edxml.answers import EDXML_CODES
from connectors.webhook_answers import WEBHOOK_CODES
from gateway.console.failure_words import OF_STEPS, name_code, name_failure
from gateway.console.outcome_words import why
from gateway.console.screens.acts import standing, tone_of
from gateway.console.words import LANGUAGES, Language, words_of
from gateway.joining.states import MemberState
from gateway.operations.causes import Cause
from routing.itinerary.model import FailureKind
from routing.lifecycle.table import HOP_TABLE, TRANSFER_TABLE, Effect
from routing.procedures import load_catalogue
from schemas.kinds import Kind

_LIFECYCLE = Path(lifecycle.__path__[0])


def declined_by_the_table() -> Iterator[str]:
    for table in (HOP_TABLE, TRANSFER_TABLE):
        for rule in table.values():
            if rule.event.startswith("operator.") and rule.effect is Effect.DECLINED:
                yield f"{rule.slug}: {rule.says}"


def said_by_calls(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Return what the calls of a name say as constants in their first two places."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == name:
            said = [one.value if isinstance(one, ast.Constant) else "" for one in call.args[:2]]
            yield str(said[0]), str(said[1]) if len(said) == 2 else ""


def said_of_items() -> set[str]:
    found = {said for _, said in said_by_calls(Path(deeds.__file__), "Came") if said}
    for name in ("operate", "recalendar", "take_over", "work", "give_back"):
        declined = said_by_calls(_LIFECYCLE / f"{name}.py", "Declined")
        found |= {f"{slug}: {said}" for slug, said in declined}
    return {*found, *declined_by_the_table()}


def test_there_is_something_to_hold_the_words_against() -> None:
    assert len(said_of_items()) > 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_our_own_code_says_of_an_item_has_words(language: Language) -> None:
    words = words_of(language)

    told = {said: why(words, said) for said in said_of_items()}

    nobody_foresaw = words("act.why.other", code="")[:12]
    assert [said for said, one in told.items() if not one or one.startswith(nobody_foresaw)] == []
    vague = [said for said, one in told.items() if one == words("act.why.illegal")]
    assert [said for said in vague if not said.endswith(": ")] == [], "it knows more than that"


def test_a_reorganisation_counts_in_words() -> None:
    assert why(words_of("vi"), "moved 2, waits 1") == "chuyển 2 lượt, chờ người xác định 1"
    assert why(words_of("en"), "closed 3") == "closed 3"


def test_what_nobody_foresaw_is_a_fault_of_ours_with_its_code() -> None:
    assert (
        why(words_of("vi"), "KeyError")
        == "Lỗi của cổng (KeyError); gửi mã tra nhật ký cho nhóm kỹ thuật"
    )
    assert why(words_of("en"), None) == ""


OURS = sorted(
    {
        *(code.code for code in WEBHOOK_CODES),
        *(code.code for code in AMQP_CODES),
        *(code.code for code in DIALECT_CODES),
        *(code.code for code in EDXML_CODES),
        *FailureKind,
        *(kind.value for kind in Kind if kind.from_agencies),
        *(state.value for state in MemberState if state is not MemberState.LIVE),
        *("not_competent", "incomplete", "wrong_data", "rejected"),
        *("breaker-open", "outcome-unknown", "mailbox", "dispatch", "overall"),
        *("http-418", "http-502"),
    }
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_ours_has_words(language: Language) -> None:
    words = words_of(language)

    assert [code for code in OURS if name_code(words, code).words in ("", code)] == []


def test_a_partners_own_code_is_shown_as_it_is() -> None:
    called = name_code(words_of("vi"), "LT-0042")

    assert (called.words, called.code) == ("LT-0042", None)


@pytest.mark.parametrize("cause", sorted(OF_STEPS))
def test_what_stands_at_a_step_is_called_by_the_steps_title(cause: Cause) -> None:
    catalogue, words = load_catalogue(), words_of("vi")

    one = name_failure(words, catalogue, cause, "civil-status", ("2.000987",) * 2)
    several = name_failure(words, catalogue, cause, "civil-status", ("2.000987", "2.002622"))
    whole = name_failure(words, catalogue, cause, "overall")

    assert (one.words, one.code) == ("Đăng ký khai sinh", None)
    assert several.words == "Đăng ký khai sinh / Đăng ký khai tử"
    assert whole.words == "Toàn bộ hồ sơ"


@pytest.mark.parametrize(
    ("done", "failed", "stands", "tone"),
    [
        (3, 0, "done", "good"),
        (2, 0, "done-some", "warn"),
        (2, 1, "done-some", "bad"),
        (0, 3, "done-none", "bad"),
    ],
)
def test_an_act_says_how_much_of_it_was_done(
    done: int, failed: int, stands: str, tone: str
) -> None:
    outcomes = {"done": done, "failed": failed, "skipped": 3 - done - failed, "open": 0}
    act = {"state": "done", "total": 3}

    said = standing(act, None, outcomes)

    assert (said, tone_of(said, outcomes)) == (stands, tone)


def test_an_act_that_waits_says_for_what() -> None:
    held, cancelled = {"state": "held", "total": 3}, {"state": "cancelled", "total": 3}

    assert (standing(held, None), standing(held, "open")) == ("unproposed", "held")
    assert (standing(cancelled, "refused"), standing(cancelled, None)) == ("refused", "cancelled")
