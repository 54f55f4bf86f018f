"""Bytes to a tree: hardened, and all or nothing.

Refused before a parser sees them: what is too large, not UTF-8, or has a document type (so there
is no entity to expand, no file to fetch, no bomb). The parser is fed in pieces and stopped at the
first piece that goes too deep or has too many nodes; it neither resolves nor fetches anything.
"""

import codecs
import re
from typing import Any, Final

from lxml import etree

from connectors.edxml.faults import EnvelopeRefused, FaultCode, refuse
from connectors.edxml.limits import DEFAULT_LIMITS, Limits

_PIECE: Final = 32 * 1024
_DECLARATION: Final = re.compile(
    rb"""\A<\?xml\s+version\s*=\s*(?:'1\.0'|"1\.0")"""
    rb"""(?:\s+encoding\s*=\s*(?:'([A-Za-z0-9._-]+)'|"([A-Za-z0-9._-]+)"))?"""
    rb"""(?:\s+standalone\s*=\s*(?:'(?:yes|no)'|"(?:yes|no)"))?\s*\?>"""
)
_SKIPPED: Final = re.compile(rb"\s+|<!--(?:(?!--).)*-->", re.DOTALL)


def parse(body: bytes, limits: Limits = DEFAULT_LIMITS) -> etree._Element:
    """Return the root element; raise EnvelopeRefused for everything that is not sound XML."""
    if len(body) > limits.envelope:
        raise refuse(FaultCode.TOO_LARGE, f"the envelope is over {limits.envelope} bytes")
    text = _utf8(body)
    _check_prolog(text)
    return _build(text, limits)


def parser() -> etree.XMLParser:
    """Return a parser that resolves and fetches nothing; for what `parse` has already passed.

    `huge_tree` lifts libxml2's own bounds (10 MB of text): ours are in place by then.
    """
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        collect_ids=False,
        remove_comments=True,
    )


def _utf8(body: bytes) -> bytes:
    """Return the bytes without a mark; refuse other encodings, declared or real."""
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refuse(FaultCode.NOT_UTF8, "the envelope is in UTF-16 or UTF-32; send UTF-8")
    text = body.removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise refuse(FaultCode.EMPTY, "there is no envelope in the body")
    decoder = codecs.getincrementaldecoder("utf-8")()
    for begin in range(0, len(text), _PIECE):
        try:
            decoder.decode(text[begin : begin + _PIECE], final=begin + _PIECE >= len(text))
        except UnicodeDecodeError as error:
            line = text.count(b"\n", 0, begin) + error.object.count(b"\n", 0, error.start) + 1
            raise refuse(FaultCode.NOT_UTF8, "a byte is not UTF-8", line=line) from None
    return text


def _check_prolog(text: bytes) -> None:
    declared = _DECLARATION.match(text)
    at = 0
    if declared is not None:
        encoding = (declared[1] or declared[2] or b"utf-8").decode().lower()
        if encoding not in ("utf-8", "utf8", "us-ascii"):
            raise refuse(
                FaultCode.NOT_UTF8, "the declaration names an encoding other than UTF-8", line=1
            )
        at = declared.end()
    while (skipped := _SKIPPED.match(text, at)) is not None:
        at = skipped.end()
    line = text.count(b"\n", 0, at) + 1
    if text.startswith(b"<!DOCTYPE", at):
        raise refuse(FaultCode.HAS_DTD, "an envelope has no document type", line=line)
    if text.startswith((b"<?xml ", b"<?xml\t", b"<?xml\n", b"<?xml\r"), at):
        detail = "the declaration is not one of XML 1.0 at the very beginning"
        raise refuse(FaultCode.NOT_WELL_FORMED, detail, line=line)
    if text.startswith(b"<?", at):
        raise refuse(FaultCode.INSTRUCTION, "an envelope has no processing instruction", line=line)
    if re.match(rb"<[A-Za-z_:\x80-\xff]", text[at : at + 2]) is None:
        raise refuse(FaultCode.NOT_WELL_FORMED, "the envelope does not begin with one", line=line)


def _build(text: bytes, limits: Limits) -> etree._Element:
    pull = etree.XMLPullParser(
        events=("start", "end", "pi", "start-ns"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        collect_ids=False,
        remove_comments=True,
    )
    watch = _Watch(limits)
    try:
        for begin in range(0, len(text), _PIECE):
            pull.feed(text[begin : begin + _PIECE])
            for event, element in pull.read_events():
                watch.see(event, element)
        root = pull.close()
        for event, element in pull.read_events():
            watch.see(event, element)
    except etree.XMLSyntaxError as error:
        # libxml2 has bounds of its own: whether ours were passed first is the better answer.
        for event, element in pull.read_events():
            watch.see(event, element)
        raise _broken(error) from None
    assert isinstance(root, etree._Element)
    return root


class _Watch:
    """Counts depth, nodes and namespaces while the tree grows."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._depth = 0
        self._nodes = 0
        self._namespaces = 0

    def see(self, event: str, found: Any) -> None:
        """Take note of an event; `found` is an element, or a prefix and what it stands for."""
        if event == "start-ns":
            self._namespaces += 1  # they come before the element that declares them
            if self._namespaces > self._limits.namespaces:
                detail = f"an element declares more than {self._limits.namespaces} namespaces"
                raise refuse(FaultCode.TOO_MANY_NODES, detail)
            return
        element: etree._Element = found
        match event:
            case "end":
                self._depth -= 1
            case "start":
                self._depth += 1
                self._nodes += 1 + len(element.attrib) + self._namespaces
                self._namespaces = 0
                self._check(element)
            case _:
                raise refuse(
                    FaultCode.INSTRUCTION,
                    "an envelope has no processing instruction",
                    line=element.sourceline,
                )

    def _check(self, element: etree._Element) -> None:
        limits, line = self._limits, element.sourceline
        if self._depth > limits.depth:
            detail = f"elements are nested deeper than {limits.depth}"
            raise refuse(FaultCode.TOO_DEEP, detail, line=line)
        if self._nodes > limits.nodes:
            detail = f"there are more than {limits.nodes} elements and attributes"
            raise refuse(FaultCode.TOO_MANY_NODES, detail, line=line)
        if len(element.attrib) > limits.attributes:
            detail = f"an element has more than {limits.attributes} attributes"
            raise refuse(FaultCode.TOO_MANY_NODES, detail, line=line)


def _broken(error: etree.XMLSyntaxError) -> EnvelopeRefused:
    """Say where it broke; the parser's own words may quote the envelope, so they stay here."""
    last = error.error_log.last_error if error.error_log is not None else None
    kind = (last.type_name if last is not None else "ERR_SYNTAX") or "ERR_SYNTAX"
    detail = f"the XML breaks off: {kind.removeprefix('ERR_').replace('_', ' ').lower()}"
    return refuse(FaultCode.NOT_WELL_FORMED, detail, line=error.lineno or None)
