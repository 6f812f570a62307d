"""Reads of decisions."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matcher.models import Decision


def latest_decisions(session: Session, match_ids: Collection[UUID]) -> dict[UUID, Decision]:
    """The last ruling on each of the matches that has one, with who made it; one statement however many matches."""
    # Ids are UUIDv7 and sort by time, but not every database has max() of them: number the rulings instead.
    newest_first = func.row_number().over(partition_by=Decision.match_id, order_by=Decision.id.desc())
    places = select(Decision.id, newest_first.label("place")).where(Decision.match_id.in_(match_ids)).subquery()
    latest = (
        select(Decision)
        .join(places, places.c.id == Decision.id)
        .where(places.c.place == 1)
        .options(joinedload(Decision.staff))
        .order_by(Decision.id)
    )
    return {decision.match_id: decision for decision in session.scalars(latest)}
