"""Reads of needs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text, case, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload

from matcher.models import Match, Need, Shortlist
from matcher.queries.keyset import Order
from matcher.queries.references import find
from matcher.states import MatchStatus, NeedStatus


class NeedOrder(StrEnum):
    """How a list of needs is ordered."""

    REF = "ref"
    BEST_SCORE = "best_score"


UNSCORED = -1
"""Sorts behind every score: a need without a match, or not scored yet."""

ORDERS = {
    NeedOrder.REF: Order(Need.external_ref.expression, str, Need.id.expression),
    NeedOrder.BEST_SCORE: Order(
        func.coalesce(Shortlist.best_score, UNSCORED), int, Need.id.expression, descending=True
    ),
}


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need in a list.

    ``best`` is the first match of its shortlist, with its product; ``shortlist`` is None before the first run.
    ``at_floor`` counts the shortlist's matches at or over the floor, ``counts`` the need's matches by status.
    ``key`` is what ``after`` takes to go on behind this row.
    """

    need: Need
    key: tuple[Any, Any]
    shortlist: Shortlist | None = None
    best: Match | None = None
    at_floor: int = 0
    counts: dict[MatchStatus, int] = field(default_factory=dict)

    @property
    def best_score(self) -> int | None:
        """Hundredths of a point."""
        return self.best.score if self.best else None


def list_needs(
    session: Session,
    *,
    floor: int = 0,
    status: NeedStatus | None = None,
    sector: str | None = None,
    text: str | None = None,
    order: NeedOrder = NeedOrder.REF,
    after: tuple[Any, ...] | None = None,
    limit: int | None = 50,
) -> list[NeedRow]:
    """Needs with how they stand, at most ``limit``; ``text`` is looked for in reference, title and text.

    Four statements however many rows: the needs, their best matches, and the counts.
    """
    chosen = ORDERS[order]
    statement = (
        select(Need, Shortlist, chosen.key)
        .outerjoin(Shortlist, Shortlist.need_id == Need.id)
        .options(joinedload(Need.organisation))
        .order_by(*chosen.clauses())
        .limit(limit)
    )
    conditions = [
        Need.status == status if status else None,
        cast(Need.sectors, Text).contains(f'"{sector}"', autoescape=True) if sector else None,
        _mentions(text) if text else None,
        chosen.behind(after),
    ]
    found = session.execute(statement.where(*[c for c in conditions if c is not None])).all()
    ids = [need.id for need, _, _ in found]
    best = _best_matches(session, ids)
    at_floor, counts = _counts(session, ids, floor)
    return [
        NeedRow(need, (key, need.id), shortlist, best.get(need.id), at_floor.get(need.id, 0), counts.get(need.id, {}))
        for need, shortlist, key in found
    ]


def get_need(session: Session, key: str | UUID) -> Need:
    """The need with this id or reference. Raises NotFoundError and AmbiguousReferenceError."""
    return find(session, Need, key)


def get_shortlist(session: Session, need: Need) -> Shortlist | None:
    """What the latest run found for the need; None before the first run. Its matches: ``queries.matches.shortlist``."""
    return session.get(Shortlist, need.id)


def count_needs(session: Session, status: NeedStatus | None = None) -> int:
    """How many needs there are."""
    statement = select(func.count()).select_from(Need)
    return session.execute(statement.where(Need.status == status) if status else statement).scalar_one()


def _mentions(text: str) -> Any:
    columns = (Need.external_ref, Need.title, Need.text)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _best_matches(session: Session, ids: Sequence[UUID]) -> dict[UUID, Match]:
    matches = session.scalars(
        select(Match)
        .where(Match.need_id.in_(ids), Match.rank == 1)
        .options(joinedload(Match.product))
        .order_by(Match.need_id)
    )
    return {match.need_id: match for match in matches}


def _counts(
    session: Session, ids: Sequence[UUID], floor: int
) -> tuple[dict[UUID, int], dict[UUID, dict[MatchStatus, int]]]:
    at_floor: dict[UUID, int] = {}
    counts: dict[UUID, dict[MatchStatus, int]] = {}
    over = func.sum(case(((Match.rank.is_not(None)) & (Match.score >= floor), 1), else_=0))
    rows = session.execute(
        select(Match.need_id, Match.status, func.count(), over)
        .where(Match.need_id.in_(ids))
        .group_by(Match.need_id, Match.status)
        .order_by(Match.need_id, Match.status)
    )
    for need_id, status, number, at_or_over in rows:
        counts.setdefault(need_id, {})[status] = number
        at_floor[need_id] = at_floor.get(need_id, 0) + int(at_or_over)
    return at_floor, counts
