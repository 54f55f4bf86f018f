"""The model to canonical bytes: the same value always gives the same bytes.

UTF-8, exclusive canonical form, parts in the standard order, no blank
between elements. What is written was checked against our schema first; what the schema does not
take is our own fault and is refused as such.
"""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from lxml import etree

from connectors.edxml import names
from connectors.edxml.binding import Part, parts_of
from connectors.edxml.faults import EnvelopeRefused, FaultCode, refuse
from connectors.edxml.limits import DEFAULT_LIMITS
from connectors.edxml.model import Envelope, Extra
from connectors.edxml.parsing import parser
from connectors.edxml.schema import check_schema
from connectors.edxml.sense import check_sense

_UNPREFIXED: Final[Mapping[str | None, str]] = {None: names.EDXML}
_PREFIXED: Final[Mapping[str | None, str]] = {names.PREFIX: names.EDXML}
_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def write(envelope: Envelope) -> bytes:
    """Return the envelope's bytes; raise EnvelopeRefused, as the gateway's fault."""
    return serialise(write_tree(envelope))


def write_tree(envelope: Envelope) -> etree._Element:
    """Return the envelope as a tree, unsigned."""
    try:
        check_sense(envelope, DEFAULT_LIMITS)
        check_schema(_whole(envelope, bare=True))
        return _whole(envelope, bare=False)
    except EnvelopeRefused as refused:
        fault = refused.fault
        raise refuse(fault.code, fault.detail, path=fault.path, whose="gateway") from None
    except ValueError as error:
        # lxml, of characters that XML does not have.
        raise refuse(
            FaultCode.BAD_VALUE, "a text holds what XML cannot carry", whose="gateway"
        ) from error


def serialise(root: etree._Element) -> bytes:
    """Return a tree's bytes: declaration and exclusive canonical form."""
    return _DECLARATION + etree.tostring(root, method="c14n", exclusive=True)


def _whole(envelope: Envelope, *, bare: bool) -> etree._Element:
    """Return the tree; `bare` of what the schema says nothing of: unknown parts, files' bytes."""
    root = etree.Element(names.tag("edXML"), nsmap=dict(_UNPREFIXED))
    _fill(root, envelope, bare=bare)
    return root


def _fill(element: etree._Element, model: Any, *, bare: bool) -> None:
    model_type: type = type(model)
    for part in parts_of(model_type):
        value = getattr(model, part.attribute)
        for one in value if part.many else (value,):
            if one is not None:
                _grow(element, part, one, bare=bare)
    extra: Extra = model.extra
    if not bare:
        for attribute, text in extra.attributes:
            element.set(attribute, text)
        for text in extra.elements:
            element.append(etree.fromstring(text.encode(), parser()))


def _grow(parent: etree._Element, part: Part, value: Any, *, bare: bool) -> None:
    """Write one part below `parent`.

    Software on the axis looks elements up by their written names: the envelope's with the prefix,
    the root's and the attachments' without.
    """
    inside = part.name == "edXMLEnvelope" or parent.prefix == names.PREFIX
    nsmap = _PREFIXED if inside else _UNPREFIXED
    element = etree.SubElement(parent, names.tag(part.name), nsmap=dict(nsmap))
    if part.kind == "node":
        _fill(element, value, bare=bare)
    elif not (bare and part.kind == "base64"):
        element.text = _written(value)


def _written(value: Any) -> str:
    match value:
        case datetime():
            return value.astimezone(names.VIETNAM).strftime(names.MOMENT)
        case date():
            return value.strftime(names.DAY)
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return str(value)
