"""Write the events that an agency sends, read those that come to it: by the models of schemas."""

import uuid
from datetime import UTC, datetime

import orjson

from schemas.envelope import Envelope
from schemas.registry import REGISTRY
from schemas.wire import StrictModel


def new_event(
    agency: str,
    data: StrictModel,
    *,
    subject: str,
    id_: str | None = None,
    time: datetime | None = None,
) -> Envelope:
    """Write an event of an agency about a dossier (`subject` is its code).

    The type follows from the model of `data`. Keep the id with what you store: what is sent again
    is sent under the same one. It is made up unless you choose it.
    """
    return Envelope(
        id=id_ or str(uuid.uuid4()),
        source=f"urn:lienthong:agency:{agency}",
        type=_type_of(data),
        subject=subject,
        time=time or datetime.now(UTC).replace(microsecond=0),
        data=orjson.loads(data.model_dump_json(exclude_unset=True, by_alias=True)),
    )


def read_data(event: Envelope) -> StrictModel:
    """Return an event's data as its model, brought up to the newest version of its kind."""
    return REGISTRY.read(event.type, orjson.dumps(event.data))


def _type_of(data: StrictModel) -> str:
    for version in REGISTRY.versions:
        if type(data) is version.model:
            return version.type
    raise TypeError(f"{type(data).__name__} is not the data of any message")
