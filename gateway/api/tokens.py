"""POST /oauth/token: OAuth 2 client credentials (RFC 6749 §4.4) for a bearer token."""

import base64
import binascii
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote_plus

import orjson
from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel

from gateway.api.bodies import Oversized, read_body
from gateway.api.documented import PROBLEMS
from gateway.api.problems import Refusal
from gateway.api.state import ApiState, State
from schemas.problems import ProblemType, problem

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


class Token(BaseModel):
    """A bearer token and how long it is good for."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


@router.post(
    "/oauth/token",
    summary="Get a bearer token",
    operation_id="getToken",
    responses={200: {"model": Token}, **PROBLEMS(400, 401, 413, 429, 503)},
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
        raise Refusal(
            problem(ProblemType.RATE_LIMITED, "too many failed attempts from this address"),
            headers={"Retry-After": str(int(wait) + 1)},
            members={"error": "invalid_client"},
        )
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
    return Refusal(
        problem(ProblemType.BAD_QUERY, detail), headers=_NO_STORE, members={"error": error}
    )


def _unknown(state: ApiState) -> Refusal:
    state.metrics.refused_callers.labels("bad-credentials").inc()
    return Refusal(
        problem(ProblemType.UNAUTHENTICATED, "the client id or the secret is not right"),
        headers={**_CHALLENGE, **_NO_STORE},
        members={"error": "invalid_client"},
    )
