"""What is written is read back the same, whatever it is; and no bytes break the reader."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.edxml.faults import EnvelopeRefused
from connectors.edxml.model import Envelope
from connectors.edxml.reading import read
from connectors.edxml.writing import write
from tests.unit.connectors.edxml.values import envelopes

CORPUS = Path(__file__).parents[3] / "contract" / "edxml" / "envelopes"
BODIES = [path.read_bytes() for path in sorted(CORPUS.glob("*/*.xml"))]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(envelopes())
def test_any_envelope_is_read_back_as_it_was_written(envelope: Envelope) -> None:
    body = write(envelope)

    assert read(body) == envelope
    assert write(read(body)) == body


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_an_envelope_or_refused(body: bytes) -> None:
    _read_or_be_refused(body)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BODIES), st.data())
def test_a_damaged_envelope_is_read_or_refused_and_never_anything_else(
    body: bytes, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        gone = data.draw(st.integers(0, 30))
        put = data.draw(
            st.binary(max_size=6)
            | st.sampled_from([b"<", b">", b"</", b"&", b"<!--", b"]]>", b"<![CDATA[", b"\xff"])
        )
        body = body[:at] + put + body[at + gone :]

    _read_or_be_refused(body)


def _read_or_be_refused(body: bytes) -> None:
    try:
        envelope = read(body)
    except EnvelopeRefused:
        return
    assert read(write(envelope)) == envelope
