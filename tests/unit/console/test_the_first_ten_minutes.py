"""docs/operations.vi.md names screens, buttons and causes as they stand on the screen."""

import re
from pathlib import Path

from gateway.console.words import words_of
from gateway.operations.causes import Cause

_GUIDE = Path(__file__).parents[3] / "docs" / "operations.vi.md"
_OWN = {
    "lượt liên thông",
    "phạm vi",
    "Việc cần hai người.",
}
"""What it stresses in its own words."""


def test_every_name_in_bold_is_a_name_on_screen() -> None:
    words = words_of("vi")
    shown = {str(words._texts.gettext(str(id_))) for id_ in words.ids}
    shown |= {cause.entry.title_vi for cause in Cause}

    bold = set(re.findall(r"\*\*(.+?)\*\*", _GUIDE.read_text("utf-8")))

    assert len(bold) > 60
    assert sorted(bold - shown - _OWN) == []
