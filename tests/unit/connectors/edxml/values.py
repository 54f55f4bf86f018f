"""Any envelope that the model can hold, drawn from the model's own description of itself."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from connectors.edxml.binding import Part, parts_of
from connectors.edxml.model import Attachments, Body, Envelope, Extra, Header, Manifest
from connectors.edxml.names import VIETNAM

_CHARACTERS = st.characters(
    exclude_categories=("Cc", "Cs", "Cn", "Co"), include_characters="\n\t\r<>&\"']"
)
texts = st.text(_CHARACTERS, min_size=1, max_size=40).map(str.strip).filter(lambda text: text != "")
organ_ids = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,30}\Z")
document_ids = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=60)
    .map(str.strip)
    .filter(lambda text: text != "")
)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(  # noqa: DTZ001
    lambda instant: instant.replace(microsecond=0, tzinfo=VIETNAM)
)
extras = st.builds(
    Extra,
    st.lists(
        st.tuples(st.sampled_from(["id", "version", "{urn:vi-du}ma"]), texts),
        max_size=2,
        unique_by=lambda pair: pair[0],
    ).map(lambda pairs: tuple(sorted(pairs))),
    st.lists(
        st.sampled_from(
            [
                '<ns0:moi xmlns:ns0="urn:vi-du" a="1">A<ns0:b></ns0:b>C</ns0:moi>',
                '<ns0:Moi xmlns:ns0="http://www.mic.gov.vn/TBT/QCVN_102_2016">Hỏa tốc</ns0:Moi>',
            ]
        ),
        max_size=2,
    ).map(tuple),
)


def models(model: type) -> st.SearchStrategy[Any]:
    """Draw a model; never one that is written as an empty element, which is read as absent."""
    parts = parts_of(model)
    drawn = {part.attribute: _values(part) for part in parts}

    def says_something(one: Any) -> bool:
        values = (getattr(one, part.attribute) for part in parts)
        return one.extra.attributes != () or any(v not in (None, ()) for v in values)

    return st.builds(model, extra=st.just(Extra()) | extras, **drawn).filter(says_something)


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Draw a letter or a status."""
    envelope: Envelope = draw(models(Envelope))
    header = envelope.inner.header
    if draw(st.booleans()):
        message, trace = (
            draw(models(part.node()))
            for part in parts_of(Header)
            if part.attribute in ("message", "trace") and part.node is not None
        )
        header = Header(message=message, trace=trace, extra=header.extra)
    else:
        (status,) = (
            draw(models(part.node()))
            for part in parts_of(Header)
            if part.attribute == "status" and part.node is not None
        )
        header = Header(status=status, extra=header.extra)
    return _with_files(draw, envelope, header)


def _with_files(draw: st.DrawFn, envelope: Envelope, header: Header) -> Envelope:
    """Let manifest and attachments name the same files, each in its own way."""
    (reference_part,) = parts_of(Manifest)
    (file_part,) = parts_of(Attachments)
    assert reference_part.node is not None
    assert file_part.node is not None
    keys = [f"tep-{number}" for number in range(draw(st.integers(0, 3)))]
    inner = type(envelope.inner)(header=header, extra=envelope.inner.extra)
    if not keys:
        return Envelope(inner=inner, extra=envelope.extra)
    references, files = [], []
    for key in keys:
        reference, file = draw(models(reference_part.node())), draw(models(file_part.node()))
        references.append(replace(reference, content_id=f"cid:{key}"))
        files.append(replace(file, content_id=key))
    body = Body(manifest=Manifest(references=tuple(references)))
    inner = replace(inner, body=body)
    return Envelope(inner=inner, attachments=Attachments(files=tuple(files)), extra=envelope.extra)


def _values(part: Part) -> st.SearchStrategy[Any]:
    one = _one(part)
    if part.many:
        return st.lists(one, min_size=int(part.required), max_size=3).map(tuple)
    return one if part.required else st.none() | one


def _one(part: Part) -> st.SearchStrategy[Any]:
    match part.kind:
        case "node":
            assert part.node is not None
            return models(part.node())
        case "day":
            return days
        case "moment":
            return moments
        case "number":
            return st.integers(0, 999_999_999)
        case "code":
            assert part.codes is not None
            return st.sampled_from(list(part.codes))
        case "base64":
            return st.binary(min_size=1, max_size=100)
    match part.name:
        case "OrganId":
            return organ_ids
        case "DocumentId":
            return document_ids
        case _:
            return texts
