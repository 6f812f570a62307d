"""Reads of decisions."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from matcher.models import Decision, Match
from matcher.states import DecisionKind, RejectReason


class Ruling(NamedTuple):
    """The last ruling on a pair."""

    need_id: UUID
    product_id: UUID
    kind: DecisionKind
    reason: RejectReason | None


def latest_decisions(session: Session, match_ids: Collection[UUID]) -> dict[UUID, Decision]:
    """The last ruling on each of the matches that has one, with who made it; one statement however many matches."""
    places = _numbered().where(Decision.match_id.in_(match_ids)).subquery()
    latest = (
        select(Decision)
        .join(places, places.c.id == Decision.id)
        .where(places.c.place == 1)
        .options(joinedload(Decision.staff))
        .order_by(Decision.id)
    )
    return {decision.match_id: decision for decision in session.scalars(latest)}


def latest_rulings(session: Session) -> list[Ruling]:
    """The last ruling on every pair that has one, without the rows behind it: one statement."""
    places = _numbered().subquery()
    latest = (
        select(Match.need_id, Match.product_id, Decision.kind, Decision.reason)
        .join(Match, Match.id == Decision.match_id)
        .join(places, places.c.id == Decision.id)
        .where(places.c.place == 1)
        .order_by(Decision.id)
    )
    return [Ruling(*row) for row in session.execute(latest)]


def _numbered() -> Select[tuple[UUID, int]]:
    """Every ruling's place among those on its match, the newest first."""
    # Ids are UUIDv7 and sort by time, but not every database has max() of them.
    newest_first = func.row_number().over(partition_by=Decision.match_id, order_by=Decision.id.desc())
    return select(Decision.id, newest_first.label("place"))
