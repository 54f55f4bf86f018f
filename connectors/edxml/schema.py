"""Our own XML Schema of envelopes, shipped as data, and the check against it."""

from functools import cache
from importlib import resources

from lxml import etree

from connectors.edxml.faults import FaultCode, refuse
from connectors.edxml.parsing import parser

FILE = "qcvn-102-2016.ours.xsd"


def schema_text() -> bytes:
    """Return the schema as it is shipped."""
    return (resources.files("connectors.edxml") / "data" / FILE).read_bytes()


def check_schema(root: etree._Element) -> None:
    """Raise EnvelopeRefused where a tree in the standard order is not as the schema says.

    The schema processor's own words may quote the envelope: only the place is passed on.
    """
    schema = _schema()
    if schema.validate(root):
        return
    error = schema.error_log[0]
    kind = (error.type_name or "").removeprefix("SCHEMAV_").replace("_", " ").lower()
    raise refuse(
        FaultCode.AGAINST_SCHEMA,
        f"the envelope is not as our schema of QCVN 102:2016 says: {kind}",
        path=_names_on_the_way(root, error.path),
        line=error.line or None,
    )


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema_text(), parser()))


def _names_on_the_way(root: etree._Element, way: str | None) -> str:
    """Return the path by names of what the schema processor points at by position."""
    try:
        found = (
            root.xpath(way, namespaces={p: u for p, u in root.nsmap.items() if p}) if way else []
        )
    except etree.XPathError:
        found = []
    if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
        return ""
    element = found[0]
    ways = [element, *element.iterancestors()]
    return "/" + "/".join(etree.QName(one).localname for one in reversed(ways))
