"""A certificate is signed, says what was seen, and cannot be changed unnoticed."""

import copy
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.conformance.certificate import NotGenuine, Run, page, sign, signing_key, verify
from gateway.conformance.verdicts import Result, Verdict

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PASSED = Result("correct", "Bàn giao đúng", "A correct hand-over", Verdict.PASSED, 0.1)
FAILED = Result(
    "large", "Hồ sơ lớn", "A large dossier", Verdict.FAILED, 2.0, "HTTP 413", "take <256 KiB>"
)


def run(*results: Result, selected: bool = False) -> Run:
    subject = {"agency": "H31.144", "road": "mailbox"}
    return Run("agency", subject, {"policies": "1"}, AT, AT, results, selected)


def signed(tmp_path: Path, of: Run) -> dict[str, Any]:
    return sign(of.view(), signing_key(tmp_path / "key.json"))


def test_a_signed_certificate_is_genuine(tmp_path: Path) -> None:
    document = signed(tmp_path, run(PASSED))

    content, thumbprint = verify(document)

    assert content["conformant"] is True
    assert content["cases"][0]["case"] == "correct"
    assert thumbprint == signing_key(tmp_path / "key.json").thumbprint()


@pytest.mark.parametrize(
    ("where", "value"), [("conformant", True), ("failed", 0), ("cases", []), ("role", "gateway")]
)
def test_a_changed_certificate_is_not_genuine(tmp_path: Path, where: str, value: object) -> None:
    document = signed(tmp_path, run(PASSED, FAILED))

    document["certificate"][where] = value

    with pytest.raises(NotGenuine):
        verify(document)


def test_another_key_does_not_bear_it_out(tmp_path: Path) -> None:
    document = signed(tmp_path, run(PASSED))
    other = sign(run(PASSED).view(), signing_key(tmp_path / "other.json"))

    mixed = copy.deepcopy(document) | {"key": other["key"]}

    with pytest.raises(NotGenuine):
        verify(mixed)


@pytest.mark.parametrize("document", [None, [], {}, {"certificate": {}, "key": {}, "signature": 1}])
def test_what_is_no_certificate_is_not_genuine(document: object) -> None:
    with pytest.raises(NotGenuine):
        verify(document)


def test_nothing_is_certified_when_a_case_failed_or_was_left_out() -> None:
    assert run(PASSED).is_conformant
    assert not run(PASSED, FAILED).is_conformant
    assert not run(PASSED, selected=True).is_conformant


def test_the_page_shows_each_case_and_escapes_what_was_seen(tmp_path: Path) -> None:
    shown = page(signed(tmp_path, run(PASSED, FAILED)))

    assert "Bàn giao đúng" in shown
    assert "Chưa phù hợp" in shown
    assert "take &lt;256 KiB&gt;" in shown
    assert '<html lang="vi">' in shown


def test_only_its_owner_can_read_the_key(tmp_path: Path) -> None:
    signing_key(tmp_path / "key.json")

    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "agency conformant; signed by A-KNOWN-KEY"),
        ("began_at", "2026-03-02; signed by A-KNOWN-KEY\n"),
        ("ended_at", None),
        ("conformant", "yes"),
        ("passed", "44 passed, 0 failed"),
        ("passed", 10**40),
        ("failed", True),
    ],
)
def test_words_that_name_another_signer_are_no_certificate(
    name: str, value: object, tmp_path: Path
) -> None:
    key = signing_key(tmp_path / "key.json")
    honest = sign(run(PASSED).view(), key)
    forged = {**honest["certificate"], name: value}

    document = {**honest, "certificate": forged}
    if value != 10**40:
        document = sign(forged, key)

    with pytest.raises(NotGenuine):
        verify(document)


@pytest.mark.parametrize("content", [[1], "x", None, {"a": 10**40}])
def test_what_has_no_content_is_no_certificate(content: object, tmp_path: Path) -> None:
    document = sign(run(PASSED).view(), signing_key(tmp_path / "key.json"))

    with pytest.raises(NotGenuine):
        verify({**document, "certificate": content})
