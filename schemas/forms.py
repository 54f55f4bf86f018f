"""Forms that texts of messages have: files by reference, and how an applicant is reached."""

from typing import Final

SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"
MEDIA_TYPE_PATTERN: Final = r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$"
# What is fetched over an open road could be anybody's. On one machine there is no road.
DOCUMENT_URL_PATTERN: Final = (
    r"^https://[!-~]+$"
    r"|^http://(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?(?:[/?#][!-~]*)?$"
    r"|^urn:lienthong:document:[0-9a-f]{64}$"
)
# Where a partner's system says that its notice lies; told on as it was said, never fetched here.
NOTICE_URL_PATTERN: Final = r"^https?://[!-~]+$"
IDENTIFIER_PATTERN: Final = r"^[0-9A-Z][0-9A-Z-]{3,19}$"
PHONE_PATTERN: Final = r"^\+?[0-9][0-9 .()-]{5,19}$"
EMAIL_PATTERN: Final = r"^[!-?A-~]+@[!-?A-~]+$"
