"""What can be wrong with an envelope: named once, with where it is and whose fault it is.

A fault says nothing of the values that it is about: an envelope is full of personal data, and
faults are logged and sent back.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

Whose = Literal["sender", "gateway"]


class FaultCode(StrEnum):
    """The kinds of fault. A partner may rely on these codes; the words beside them may change."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NOT_UTF8 = "not-utf8"
    HAS_DTD = "has-dtd"
    NOT_WELL_FORMED = "not-well-formed"
    TOO_DEEP = "too-deep"
    TOO_MANY_NODES = "too-many-nodes"
    INSTRUCTION = "processing-instruction"
    NOT_EDXML = "not-edxml"
    WRONG_NAMESPACE = "wrong-namespace"
    MISSING = "missing"
    REPEATED = "repeated"
    NOT_TEXT = "not-text"
    BAD_VALUE = "bad-value"
    UNKNOWN_CODE = "unknown-code"
    AGAINST_SCHEMA = "against-schema"
    ATTACHMENT_UNNAMED = "attachment-not-in-manifest"
    ATTACHMENT_MISSING = "attachment-missing"
    ATTACHMENT_BROKEN = "attachment-not-base64"
    ATTACHMENT_TOO_LARGE = "attachment-too-large"
    TOO_MANY_ATTACHMENTS = "too-many-attachments"
    UNSIGNED = "unsigned"
    SIGNATURE_SCOPE = "signature-scope"
    SIGNATURE_ALGORITHM = "signature-algorithm"
    SIGNATURE_KEY = "signature-key"
    SIGNATURE_WRONG = "signature-wrong"
    NOT_ALLOWED = "not-allowed"
    NOT_ADDRESSEE = "not-addressee"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what, where (path of element names, line), whose, and what to do about it."""

    code: FaultCode
    path: str
    detail: str
    line: int | None = None
    whose: Whose = "sender"

    def __str__(self) -> str:
        at = f" (line {self.line})" if self.line is not None else ""
        return f"{self.code} at {self.path or '/'}{at}: {self.detail}"


class EnvelopeRefused(ValueError):
    """An envelope that is not taken, with its fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault

    def on_line(self, line: int | None) -> "EnvelopeRefused":
        return EnvelopeRefused(replace(self.fault, line=line))


class FromNobody(EnvelopeRefused):
    """A refusal before a signature said whose the envelope is: anybody may have sent it."""


def refuse(
    code: FaultCode,
    detail: str,
    *,
    path: str = "",
    line: int | None = None,
    whose: Whose = "sender",
) -> EnvelopeRefused:
    """Make the refusal to raise."""
    return EnvelopeRefused(Fault(code, path, detail, line, whose))
