"""What connectors may ask about a partner's own posts, answered from what was stored of them."""

from uuid import UUID

from connectors.letter_book import Behind, Posted
from gateway.intake.partners import partners_id
from gateway.store.pool import Pool
from gateway.store.sql import statement
from schemas.kinds import Kind


class StoredPosts:
    """One look-up per question, by primary keys; keeps nothing."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def behind(self, dialect: str, agency: str, delivery: UUID) -> Behind:
        """Return the posts of this agency, in this dialect, that a delivery to it goes back to."""
        async with self._pool.connection() as connection:
            found = await connection.execute(
                statement("find_posts_behind"),
                {"agency": agency, "delivery": delivery},
                prepare=True,
            )
            row = await found.fetchone()
        if row is None:
            return Behind()
        return Behind(_posted(dialect, *row[:2]), _posted(dialect, *row[2:]))


def _posted(dialect: str, message_id: str | None, kind: str | None) -> Posted | None:
    id_ = partners_id(dialect, message_id) if message_id is not None else None
    return Posted(id_, Kind(kind)) if id_ is not None and kind is not None else None
