"""Cut a JSON batch into its items without changing a byte of them.

Each item is stored as it came, so it is cut out of the text instead of being written anew. An
item that is itself not sound JSON is left to its own judgement wherever the cut is certain.
"""

import re
from json import JSONDecodeError
from json.decoder import JSONDecoder

MOST_ITEMS = 1000
MOST_BYTES = 16 * 1024 * 1024

_SPACE = re.compile(r"[ \t\n\r]*")


class NotABatch(Exception):
    """The body is no JSON array of events; the message says why."""


class TooMany(Exception):
    """More items than a batch may have."""


def cut_batch(body: bytes) -> list[bytes]:
    """Return the bytes of every item; raise NotABatch or TooMany."""
    try:
        return [item.encode() for item in _cut(body.decode("utf-8"))]
    except UnicodeDecodeError as error:
        raise NotABatch(f"byte {error.start} is not UTF-8") from error
    except JSONDecodeError as error:
        raise NotABatch(f"line {error.lineno}, column {error.colno} is not JSON") from error
    except RecursionError as error:
        raise NotABatch("nested too deeply") from error


def _cut(text: str) -> list[str]:
    # Numbers are only passed over here: their value is judged with their item.
    decoder = JSONDecoder(parse_int=bool, parse_float=bool, parse_constant=bool)
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise NotABatch("a batch is a JSON array of events")
    at = _after_space(text, at + 1)
    items: list[str] = []
    if text[at : at + 1] == "]":
        return _nothing_after(text, at + 1, items)
    while True:
        _, end = decoder.raw_decode(text, at)
        items.append(text[at:end])
        if len(items) > MOST_ITEMS:
            raise TooMany
        at = _after_space(text, end)
        match text[at : at + 1]:
            case ",":
                at = _after_space(text, at + 1)
            case "]":
                return _nothing_after(text, at + 1, items)
            case _:
                raise NotABatch("the array does not end where it should")


def _nothing_after(text: str, at: int, items: list[str]) -> list[str]:
    if _after_space(text, at) != len(text):
        raise NotABatch("something follows the array")
    return items


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
