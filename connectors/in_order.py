"""Parcels of one dossier go one after another; dossiers do not wait for each other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from connectors.protocol import NOT_ATTEMPTED, Outcome, Parcel, Unreachable


async def post_in_order(
    parcels: Sequence[Parcel], post: Callable[[Parcel], Awaitable[Outcome]]
) -> list[Outcome]:
    """Return one outcome per parcel, in order.

    After one without a usable answer the dossier's later ones are not attempted, so that they
    cannot overtake it.
    """
    outcomes: list[Outcome] = [NOT_ATTEMPTED] * len(parcels)

    async def post_dossier(places: Sequence[int]) -> None:
        for place in places:
            outcomes[place] = await post(parcels[place])
            if isinstance(outcomes[place], Unreachable):
                return

    async with asyncio.TaskGroup() as posting:
        for places in _places_by_dossier(parcels):
            posting.create_task(post_dossier(places))
    return outcomes


def _places_by_dossier(parcels: Sequence[Parcel]) -> list[list[int]]:
    places: dict[object, list[int]] = {}
    for place, parcel in enumerate(parcels):
        places.setdefault(parcel.envelope.get("subject", parcel.delivery), []).append(place)
    return list(places.values())
