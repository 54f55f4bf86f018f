"""What `lienthong sandbox` tells a person: where to connect, as whom, and what to send first.

One value a line and nothing folded, so that each can be copied.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson


def as_text(playground: Mapping[str, Any]) -> str:
    """Write what `--json` prints as lines for a person."""
    return "\n".join(_lines(playground))


def _lines(playground: Mapping[str, Any]) -> Iterator[str]:
    yield f"HTTP  {playground['http']}"
    yield f"AMQP  {playground['amqp']}"
    yield ""
    yield "The console, and who is on duty there"
    yield f"  {playground['console']['url']}"
    yield f"    user           {playground['console']['user']}"
    yield f"    password       {playground['console']['password']}"
    yield ""
    yield "Yours: nobody answers for them"
    for agency in playground["agencies"]:
        if not agency["simulated"]:
            yield from _own(agency)
    yield ""
    yield "The operator"
    yield from _credentials(playground["operator"])
    yield ""
    yield "They answer by themselves (their credentials: --json)"
    for agency in playground["agencies"]:
        if agency["simulated"]:
            yield f"  {agency['code']:<16}{agency['connector']:<9}{agency['name']}"
    yield ""
    yield "A message to begin with: POST it to /v1/messages as the first agency (docs/connect.md)"
    yield orjson.dumps(playground["example"], option=orjson.OPT_INDENT_2).decode()
    yield ""
    yield "Ctrl-C ends it; nothing stays behind."


def _own(agency: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {agency['code']}  {agency['name']}"
    yield from _credentials(agency)
    if agency["webhook"] is not None:
        yield f"    webhook        {agency['webhook']['address']}"
        yield f"    signed with    {agency['webhook']['secret']}"
    elif agency["amqp_user"] is None:
        yield "    mailbox        GET /v1/mailbox"
    else:
        yield f"    amqp_user      {agency['amqp_user']}"
        yield f"    amqp_password  {agency['amqp_password']}"
        yield f"    queue          agency.{agency['code']}"


def _credentials(client: Mapping[str, Any]) -> Iterator[str]:
    yield f"    client_id      {client['client_id']}"
    yield f"    client_secret  {client['client_secret']}"
