"""Whatever is entered into the trail is known to its screen: it has words, and can be asked for."""

import re
from pathlib import Path

import gateway
from gateway.console.words import LANGUAGES, words_of
from gateway.operations.trail import KINDS, ON_DOSSIERS

_ROOT = Path(gateway.__path__[0])
_ENTERED = re.compile(
    r"(?<!def )\b(?:enter|tell)\(\s*connection,\s*(?:[^,()\"]|\([^()]*\))+"
    r",\s*\"([a-z_]+\.[a-z_]+)\""
)
"""A literal act in a call that writes an entry; others are put together and named below."""
_PUT_TOGETHER = {"endpoint.enabled", "endpoint.disabled", "proposal.approved", "proposal.refused"}


def entered() -> set[str]:
    texts = (path.read_text("utf-8") for path in _ROOT.rglob("*.py"))
    return {one for text in texts for one in _ENTERED.findall(text)}


def test_no_act_is_entered_that_the_trail_does_not_know() -> None:
    known = {act for acts in KINDS.values() for act in acts}

    unknown = (entered() | _PUT_TOGETHER) - known

    assert len(entered()) > 20
    assert unknown == set(), "name them in gateway/operations/trail.py and in locale/*/audit.po"


def test_every_act_on_dossiers_is_called_in_both_languages() -> None:
    for language in LANGUAGES:
        for act in KINDS["dossiers"]:
            assert f"act.name.{act.removeprefix(ON_DOSSIERS)}" in words_of(language)
