"""A client of a gateway, for an agency's software in Python: sync and async, typed.

    from connectors.client import Client, calls, new_event

    with Client("https://gateway.example", client_id, secret) as gateway:
        receipt = gateway.do(calls.send(new_event("H31.144", data, subject=dossier)))

A call is a value: `calls.send(event)` only says what to ask. `Client.do` asks it and returns the
answer, `AsyncClient.do` the same with `await`; `each` goes through the pages of a list. Tokens are
fetched and renewed, what was not answered is sent again under the same id. Only the public surface
is used, and only the models of `schemas`.
"""

from connectors.client import calls, documents, shapes
from connectors.client.drivers import AsyncClient, Client
from connectors.client.failures import CallFailed, Damaged, Declined, Unanswered
from connectors.client.flows import Patience
from connectors.client.messages import new_event, read_data

__all__ = [
    "AsyncClient",
    "CallFailed",
    "Client",
    "Damaged",
    "Declined",
    "Patience",
    "Unanswered",
    "calls",
    "documents",
    "new_event",
    "read_data",
    "shapes",
]
