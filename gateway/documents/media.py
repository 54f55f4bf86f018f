"""What a file's first bytes say of its type, where they say it for sure; nothing is guessed.

Only types with a signature that every such file must carry are known. A declared type that is not
known here is taken at its word; a known one whose signature is missing is not what it says.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ENOUGH: Final = 1024
"""First bytes that every rule below can decide on."""

_ZIP: Final = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)")
# The header may come after other bytes, within the first kilobyte (ISO 32000 readers accept it).
_PDF: Final = re.compile(rb"[\s\S]{0,1019}%PDF-")
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<|\xff\xfe<\x00|\xfe\xff\x00<")

SIGNATURES: Final[Mapping[str, re.Pattern[bytes]]] = MappingProxyType(
    {
        "application/pdf": _PDF,
        "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
        "image/jpeg": re.compile(rb"\xff\xd8\xff"),
        "image/tiff": re.compile(rb"II\*\x00|MM\x00\*"),
        "application/zip": _ZIP,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _ZIP,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _ZIP,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": _ZIP,
        "application/vnd.oasis.opendocument.text": _ZIP,
        "application/vnd.oasis.opendocument.spreadsheet": _ZIP,
        "application/xml": _XML,
        "text/xml": _XML,
    }
)


def contradicts(media_type: str, first: bytes) -> bool:
    """Whether a file's first bytes (ENOUGH of them, or all) prove that it is not of its type."""
    signature = SIGNATURES.get(media_type)
    return signature is not None and signature.match(first) is None
