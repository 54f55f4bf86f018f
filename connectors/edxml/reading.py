"""A tree to the model: every known part once and in sense, the unknown kept, the rest refused.

The order of parts does not matter to the reader (software on the axis does not keep to one). What
it has read is then put into the standard order, without the unknown, and checked by our schema as
well: two checks that nobody wrote from one another.
"""

import base64
import binascii
import re
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from lxml import etree

from connectors.edxml import names
from connectors.edxml.binding import Part, parts_of
from connectors.edxml.faults import EnvelopeRefused, FaultCode, refuse
from connectors.edxml.limits import DEFAULT_LIMITS, Limits
from connectors.edxml.model import Envelope, Extra
from connectors.edxml.parsing import parse
from connectors.edxml.schema import check_schema
from connectors.edxml.sense import check_sense

_Model = TypeVar("_Model")
_DAY: Final = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2}")
_MOMENT: Final = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SPACE: Final = re.compile(rb"[ \t\r\n]+")
_SIGNATURE: Final = f"{{{names.XMLDSIG}}}Signature"


def read(body: bytes, limits: Limits = DEFAULT_LIMITS) -> Envelope:
    """Read an envelope whose signature is nobody's question; see `signatures` for the others."""
    return read_tree(parse(body, limits), limits)


def read_tree(root: etree._Element, limits: Limits = DEFAULT_LIMITS) -> Envelope:
    """Read a parsed envelope; the tree is used up. Raise EnvelopeRefused."""
    if root.tag != names.tag("edXML"):
        code = FaultCode.NOT_EDXML
        if etree.QName(root).localname == "edXML":
            code = FaultCode.WRONG_NAMESPACE
        raise refuse(code, f"the root is no edXML of {names.EDXML}", line=root.sourceline)
    envelope = _Reader(limits).node(root, Envelope, "/edXML")
    check_sense(envelope, limits)
    check_schema(_normal_form(root, Envelope))
    return envelope


class _Reader:
    """Reads nodes; counts what attachments bring altogether."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._decoded = 0

    def node(self, element: etree._Element, model: type[_Model], path: str) -> _Model:
        _check_no_text(element, path)
        known = _known(model)
        found: dict[str, list[etree._Element]] = {}
        unknown: list[str] = []
        for child in element:
            part = known.get(_local(child, path, known))
            if part is None:
                if child.tag != _SIGNATURE:
                    unknown.append(_as_it_stood(child, self._limits, path))
                continue
            found.setdefault(part.attribute, []).append(child)
        values: dict[str, Any] = {}
        for part in parts_of(_plain(model)):
            value = self._part(part, found.get(part.attribute, []), element, path)
            if value is not None:
                values[part.attribute] = value
        attributes = tuple(sorted((str(name), str(text)) for name, text in element.items()))
        if attributes or unknown:
            values["extra"] = Extra(attributes, tuple(unknown))
        return model(**values)

    def _part(
        self, part: Part, found: list[etree._Element], parent: etree._Element, path: str
    ) -> Any:
        where = f"{path}/{part.name}"
        if len(found) > 1 and not part.many:
            detail = "the element stands here more than once"
            raise refuse(FaultCode.REPEATED, detail, path=where, line=found[1].sourceline)
        if part.many and part.attribute == "receivers" and len(found) > self._limits.receivers:
            detail = f"there are more than {self._limits.receivers} receivers"
            raise refuse(FaultCode.TOO_LARGE, detail, path=where)
        values = []
        for place, element in enumerate(found, 1):
            here = f"{where}[{place}]" if part.many else where
            value = self._value(part, element, here)
            if value is not None:
                values.append(value)
        if part.required and not values:
            raise refuse(
                FaultCode.MISSING, "the element is missing", path=where, line=parent.sourceline
            )
        if part.many:
            return tuple(values)
        return values[0] if values else None

    def _value(self, part: Part, element: etree._Element, path: str) -> Any:
        if part.kind == "node":
            assert part.node is not None
            if len(element) == 0 and not (element.text or "").strip() and not element.attrib:
                return None
            return self.node(element, part.node(), path)
        if len(element):
            raise refuse(
                FaultCode.NOT_TEXT, "here stands text only", path=path, line=element.sourceline
            )
        text = (element.text or "").strip()
        if part.kind == "base64":
            return self._decoded_content(text, path, element.sourceline)
        if not text:
            return None
        if len(text) > self._limits.text:
            detail = f"the text is longer than {self._limits.text} characters"
            raise refuse(FaultCode.TOO_LARGE, detail, path=path, line=element.sourceline)
        try:
            return _SCALARS[part.kind](part, text)
        except EnvelopeRefused as refused:
            fault = refused.fault
            raise refuse(fault.code, fault.detail, path=path, line=element.sourceline) from None

    def _decoded_content(self, text: str, path: str, line: int | None) -> bytes:
        """Decode within bounds: what is too large is refused by its length, not by its memory."""
        limits = self._limits
        size = len(text) * 3 // 4
        # Line breaks are at most 2 in 60 characters; what is over by more is over for certain.
        if size > limits.attachment * 31 // 30 + 4:
            raise _too_large(limits.attachment, path, line)
        packed = _SPACE.sub(b"", text.encode("ascii", "replace"))
        try:
            content = base64.b64decode(packed, validate=True)
        except binascii.Error:
            detail = "the content is not base64"
            raise refuse(FaultCode.ATTACHMENT_BROKEN, detail, path=path, line=line) from None
        if len(content) > limits.attachment:
            raise _too_large(limits.attachment, path, line)
        self._decoded += len(content)
        if self._decoded > limits.attachments_together:
            raise _too_large(limits.attachments_together, path, line)
        return content


def _too_large(limit: int, path: str, line: int | None) -> EnvelopeRefused:
    detail = f"attachments are over {limit} bytes"
    return refuse(FaultCode.ATTACHMENT_TOO_LARGE, detail, path=path, line=line)


def _text(_part: Part, text: str) -> str:
    return text


def _day(_part: Part, text: str) -> date:
    if _DAY.fullmatch(text) is None:
        raise refuse(FaultCode.BAD_VALUE, "a day is written yyyy/MM/dd")
    try:
        return date(*map(int, text.split("/")))
    except ValueError:
        raise refuse(FaultCode.BAD_VALUE, "there is no such day") from None


def _moment(_part: Part, text: str) -> datetime:
    if _MOMENT.fullmatch(text) is None:
        raise refuse(FaultCode.BAD_VALUE, "an instant is written yyyy/MM/dd HH:mm:ss")
    try:
        instant = datetime.strptime(text, names.MOMENT).replace(tzinfo=names.VIETNAM)
        instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refuse(FaultCode.BAD_VALUE, "there is no such instant") from None
    return instant


def _number(_part: Part, text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise refuse(FaultCode.BAD_VALUE, "here stands a whole number of at most nine digits")
    return int(text)


def _code(part: Part, text: str) -> Any:
    assert part.codes is not None
    try:
        return part.codes(text)
    except ValueError:
        known = ", ".join(part.codes)
        raise refuse(
            FaultCode.UNKNOWN_CODE, f"the code is none of {known}; nothing is guessed"
        ) from None


_SCALARS: Final = {
    "text": _text,
    "day": _day,
    "moment": _moment,
    "number": _number,
    "code": _code,
}


def _plain(model: type) -> type:
    """Forget which model it is: mypy finds a `type[T]` unhashable."""
    return model


def _known(model: type) -> dict[str, Part]:
    return {name: part for part in parts_of(model) for name in (part.name, *part.also)}


def _local(child: etree._Element, path: str, known: dict[str, Part]) -> str:
    """Return the child's name if it is of the standard; refuse a known name from elsewhere."""
    name = etree.QName(child)
    if name.namespace == names.EDXML:
        return name.localname
    if name.localname in known:
        detail = "the element has the name of a part but is not in the standard's namespace"
        where = f"{path}/{name.localname}"
        raise refuse(FaultCode.WRONG_NAMESPACE, detail, path=where, line=child.sourceline)
    return ""


def _check_no_text(element: etree._Element, path: str) -> None:
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in texts):
        detail = "text stands between the elements"
        raise refuse(FaultCode.NOT_TEXT, detail, path=path, line=element.sourceline)


def _as_it_stood(element: etree._Element, limits: Limits, path: str) -> str:
    """Return an unknown element as canonical text, the same whatever its prefixes were."""
    if any(etree.QName(one).namespace is None for one in element.iter()):
        detail = "an unknown element is in no namespace at all"
        raise refuse(FaultCode.WRONG_NAMESPACE, detail, path=path, line=element.sourceline)
    try:
        stood = etree.tostring(_plain_copy(element, None), method="c14n", exclusive=True)
    except etree.C14NError:
        detail = "an unknown element is in a namespace whose name is no absolute URI"
        line = element.sourceline
        raise refuse(FaultCode.WRONG_NAMESPACE, detail, path=path, line=line) from None
    if len(stood) > limits.text:
        detail = f"an unknown element is over {limits.text} bytes"
        raise refuse(FaultCode.TOO_LARGE, detail, path=path, line=element.sourceline)
    return stood.decode()


def _plain_copy(element: etree._Element, parent: etree._Element | None) -> etree._Element:
    """Copy an element with prefixes that depend on nothing but what it holds."""
    if parent is None:
        copy = etree.Element(element.tag)
    else:
        copy = etree.SubElement(parent, element.tag)
        copy.tail = element.tail
    copy.text = element.text
    for name, text in sorted(element.items()):
        copy.set(name, text)
    for child in element:
        _plain_copy(child, copy)
    return copy


def _normal_form(element: etree._Element, model: type) -> etree._Element:
    """Put known parts into the standard order under their standard names; drop the rest."""
    known = _known(model)
    kept: dict[str, list[etree._Element]] = {}
    for child in list(element):
        element.remove(child)
        name = etree.QName(child)
        part = known.get(name.localname) if name.namespace == names.EDXML else None
        if part is not None and not _is_empty(child):
            child.tag = names.tag(part.name)
            kept.setdefault(part.attribute, []).append(child)
    element.attrib.clear()
    for part in parts_of(model):
        for child in kept.get(part.attribute, ()):
            child.tail = None
            element.append(child)
            if part.kind == "node":
                assert part.node is not None
                _normal_form(child, part.node())
            else:
                child.attrib.clear()
    return element


def _is_empty(element: etree._Element) -> bool:
    return len(element) == 0 and not (element.text or "").strip() and not element.attrib
