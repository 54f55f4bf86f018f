"""The words of every screen, from the catalogues under locale/: Vietnamese first, then English.

A screen has a catalogue of its own in each language; all of a language are read as one.

    words = words_of("vi")
    words("stuck.chosen", n=12)   # "Đã chọn 12 lượt"

Ids are symbolic. An id that no catalogue has is a KeyError, never shown, and one that two have is a
ValueError at start; numbers among the values are written as the language writes them. The .po files
are read and compiled in memory.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final, Literal, get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from gateway.console.formats import Formats

Language = Literal["vi", "en"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
FIRST: Final[Language] = "vi"


class Words:
    """One language's catalogues, joined."""

    def __init__(self, language: Language, catalogues: Iterable[bytes]) -> None:
        catalog = _joined(language, catalogues)
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        self.language = language
        self._texts = Translations(compiled)
        self._formats = Formats(language)
        said = [one for one in catalog if one.id and one.string]
        self._plurals = frozenset(one.id[0] for one in said if one.pluralizable)
        self.ids = frozenset(one.id[0] if one.pluralizable else one.id for one in said)

    def __repr__(self) -> str:
        return f"<Words {self.language}, {len(self.ids)} of them>"

    def __contains__(self, id_: str) -> bool:
        return id_ in self.ids

    def __call__(self, id_: str, **values: object) -> str:
        """Return a text with its values put in; one with plural forms is chosen by `n`."""
        if id_ not in self.ids:
            raise KeyError(id_)
        if id_ in self._plurals:
            number = values["n"]
            assert isinstance(number, int)
            text = self._texts.ungettext(id_, id_, number)
        else:
            text = self._texts.ugettext(id_)
        return text.format_map({name: self._written(value) for name, value in values.items()})

    def _written(self, value: object) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._formats.number(value)
        return str(value)


def _joined(language: Language, catalogues: Iterable[bytes]) -> Catalog:
    whole = Catalog(locale=language)
    for po in catalogues:
        for message in read_po(BytesIO(po), locale=language, abort_invalid=True):
            if message.id and message.id in whole:
                raise ValueError(f"{message.id!r} stands in two catalogues of {language}")
            whole[message.id] = message
    return whole


@cache
def words_of(language: Language) -> Words:
    """Return a language's words, read once."""
    room = files("gateway.console").joinpath("locale", language)
    return Words(language, [one.read_bytes() for one in room.iterdir() if one.name.endswith(".po")])
