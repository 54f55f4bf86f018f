"""An expression in an attribute stands in quotes: unquoted, a value ends at its first space."""

import re
from pathlib import Path

import pytest

import gateway.console

TEMPLATES = Path(gateway.console.__file__).parent / "templates"
_SAID = re.compile(r"\{#.*?#\}|\"(?:\{\{.*?\}\}|\{%.*?%\}|[^\"{]|\{(?![{%]))*\"", re.DOTALL)
"""Comments, and what stands in quotes: an expression within may hold quotes of its own."""
_UNQUOTED = re.compile(r"[\w-]=\s*(?:\{\{|\{%)")


def unquoted(text: str) -> list[str]:
    return _UNQUOTED.findall(_SAID.sub('""', text))


@pytest.mark.parametrize("text", ["<a b={{ c }}>", "<a b= {{ c }}>", '<a d="e" b={% if c %}f>'])
def test_one_that_is_not_is_found(text: str) -> None:
    assert unquoted(text)
    assert not unquoted('<a b="{{ c["d"] or "" }}" e="/f?g={{ h }}">')


def test_every_template_quotes_its_attributes() -> None:
    found = {one.name: unquoted(one.read_text()) for one in TEMPLATES.rglob("*.html")}

    assert len(found) > 60
    assert {name: faults for name, faults in found.items() if faults} == {}
