"""What was done is called in the audit as the button is called that did it."""

import pytest

from gateway.console.words import Words, words_of

SAME = {
    "audit.act.agency.suspended": "agency.deed.suspend",
    "audit.act.agency.resumed": "agency.deed.resume",
    "audit.act.endpoint.disabled": "agency.deed.off",
    "audit.act.endpoint.enabled": "agency.deed.on",
    "audit.act.endpoint.probed": "agency.deed.probe",
    "audit.act.agency.tested": "agency.test.send",
    "audit.field.test": "agency.test",
    "audit.field.credentials": "agency.credentials",
    "audit.value.state.testing": "agency.state.testing",
}


@pytest.fixture(scope="module")
def words() -> Words:
    return words_of("vi")


@pytest.mark.parametrize(("audit", "screen"), SAME.items())
def test_by_one_name(words: Words, audit: str, screen: str) -> None:
    assert words(audit).casefold() == words(screen).casefold()


@pytest.mark.parametrize("act", ["issued", "rotated", "revoked"])
def test_credentials_are_what_the_agencys_page_calls_them(words: Words, act: str) -> None:
    assert words("agency.credentials").casefold() in words(f"audit.act.credentials.{act}")
