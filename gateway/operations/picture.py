"""A stored transfer as a picture, for a file or a screen. Nothing of the citizen's is in it."""

from datetime import datetime
from uuid import UUID

from gateway.operations.transfer_view import find_transfer, read_ledger
from gateway.pictures.drawing import draw
from gateway.pictures.story import tell
from gateway.pictures.words import Language
from gateway.rulebook import Rulebook
from gateway.store.pool import Pool
from routing.lifecycle.model import Transfer
from routing.outages import NO_OUTAGES, Outages


async def picture_of(
    pool: Pool,
    rulebook: Rulebook,
    transfer_id: UUID,
    now: datetime,
    language: Language = "vi",
    outages: Outages = NO_OUTAGES,
) -> str | None:
    """Draw a transfer's way as of now; None if there is no such transfer."""
    found = await find_transfer(pool, transfer_id)
    if found is None:
        return None
    transfer = found.transfer
    ledger = await read_ledger(pool, transfer_id, names_people=False)
    procedure = rulebook.catalogue.get(transfer.procedure, transfer.procedure_version)
    story = tell(
        transfer,
        ledger,
        title=procedure.title_en if language == "en" else procedure.title_vi,
        names=_names(transfer, rulebook),
        now=now,
        ours=outages.ours,
        english=language == "en",
    )
    return draw(story, rulebook.calendar, language=language)


def _names(transfer: Transfer, rulebook: Rulebook) -> dict[str, str]:
    """Name everybody who had a turn, as they were called when it was submitted."""
    codes = {hop.agency for hop in transfer.hops.values() if hop.agency is not None}
    found = [rulebook.directory.agency(code, transfer.submitted_at) for code in codes]
    return {one.code: one.name for one in found if one is not None}
