"""POST /oauth/token: OAuth 2 client credentials (RFC 6749 §4.4) for a bearer token.

What is refused is answered as RFC 6749 §5.2 has it, `application/json` with `error` and
`error_description`, so that any OAuth library reads it; the members of a problem document stand
beside them.
"""

import base64
import binascii
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote_plus

import orjson
from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel

from gateway.api.bodies import Oversized, read_body
from gateway.api.documented import PROBLEMS
from gateway.api.problems import Refusal
from gateway.api.state import ApiState, State
from schemas.problems import Problem, ProblemType, problem

router = APIRouter(tags=["identity"])

_MOST_BYTES = 8 * 1024
_CHALLENGE = {"WWW-Authenticate": 'Basic realm="lienthong"'}
_NO_STORE = {"Cache-Control": "no-store"}
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"const": "client_credentials", "type": "string"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "format": "password"},
                    },
                }
            }
        },
    }
}


_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": answer["description"],
        "content": {
            "application/json": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/Problem"},
                        {
                            "type": "object",
                            "required": ["error", "error_description"],
                            "properties": {
                                "error": {
                                    "type": "string",
                                    "enum": [
                                        "invalid_client",
                                        "invalid_request",
                                        "unsupported_grant_type",
                                    ],
                                },
                                "error_description": {
                                    "type": "string",
                                    "description": "What is wrong, and what to do.",
                                },
                            },
                        },
                    ]
                }
            },
            **(answer["content"] if status == 400 else {}),
        },
    }
    for status, answer in PROBLEMS(400, 401, 429).items()
    if status != 500
}
"""As RFC 6749 §5.2 has them; an address that cannot be read is a problem as everywhere else."""
_FORM_REMEDY = (
    "POST the form grant_type=client_credentials as application/x-www-form-urlencoded, with the "
    "client id and secret by HTTP Basic or as client_id and client_secret in the form."
)


class Token(BaseModel):
    """A bearer token and how long it is good for."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


@router.post(
    "/oauth/token",
    summary="Get a bearer token",
    operation_id="getToken",
    responses={200: {"model": Token}, **PROBLEMS(413, 503), **_ERRORS},
    openapi_extra=_FORM,
)
async def get_token(
    request: Request,
    state: State,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Exchange a client id and secret (HTTP Basic, or in the form) for a token."""
    form = await _form(request)
    if form.get("grant_type") != "client_credentials":
        raise _bad("unsupported_grant_type", "grant_type must be client_credentials")
    client_id, secret = _credentials(authorization, form)
    address = request.client.host if request.client else ""
    wait = state.failed_attempts.wait(address, client_id)
    if wait > 0:
        state.metrics.refused_callers.labels("rate-limited").inc()
        raise _wait(math.ceil(wait))
    caller = await state.clients.authenticate(client_id, secret)
    if caller is None:
        state.failed_attempts.note(address, client_id)
        raise _unknown(state)
    token = Token(
        access_token=state.tokens.issue(caller),
        token_type="Bearer",  # noqa: S106  the scheme's name
        expires_in=state.tokens.seconds,
    )
    body = orjson.dumps(token.model_dump())
    return Response(body, media_type="application/json", headers=_NO_STORE)


async def _form(request: Request) -> dict[str, str]:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        raise _bad("invalid_request", "send the form as application/x-www-form-urlencoded")
    body = await read_body(request, _MOST_BYTES)
    if isinstance(body, Oversized):
        raise Refusal(problem(ProblemType.TOO_LARGE, "the form is too large"))
    try:
        pairs = parse_qsl(body.decode("ascii"), max_num_fields=20, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise _bad("invalid_request", "the form cannot be read") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _bad("invalid_request", "a field is repeated")
    return form


def _credentials(authorization: str | None, form: dict[str, str]) -> tuple[str, str]:
    if authorization is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise _bad("invalid_request", "send the credentials once: by HTTP Basic or in the form")
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (ValueError, binascii.Error):
        raise _bad("invalid_request", "the Authorization header is not HTTP Basic") from None
    client_id, _, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _bad(error: str, detail: str) -> Refusal:
    return _refused(error, problem(ProblemType.BAD_QUERY, detail, remedy=_FORM_REMEDY))


def _wait(seconds: int) -> Refusal:
    found = problem(
        ProblemType.RATE_LIMITED,
        f"Too many wrong secrets from this address; the next try counts in {seconds} s.",
        remedy=(
            "Wait as long as Retry-After says, then sign in with the right secret. A token is good "
            "for as long as expires_in says: keep it, and ask for another only then."
        ),
    )
    return _refused("invalid_client", found, {"Retry-After": str(seconds)})


def _unknown(state: ApiState) -> Refusal:
    """Answer a wrong secret and an unknown client alike."""
    state.metrics.refused_callers.labels("bad-credentials").inc()
    found = problem(
        ProblemType.UNAUTHENTICATED,
        "The client id or the secret is not right, or the client is switched off.",
        remedy=(
            "Check both, sent by HTTP Basic or as client_id and client_secret in the form. A "
            "secret is shown only once: if it is lost or has ended, the gateway's operator makes "
            "a new one (lienthong agency credentials rotate)."
        ),
    )
    return _refused("invalid_client", found, _CHALLENGE)


def _refused(error: str, found: Problem, headers: Mapping[str, str] | None = None) -> Refusal:
    """Make an error of RFC 6749 §5.2, which is a problem document as well."""
    described = f"{found.detail} {found.remedy}"
    return Refusal(
        found,
        headers={**(headers or {}), **_NO_STORE},
        members={"error": error, "error_description": described},
        media="application/json",
    )
