"""Reads of matches and their shortlists."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from matcher.errors import NotFoundError
from matcher.models import Match, Need, Product
from matcher.queries.keyset import Order
from matcher.queries.references import as_uuid
from matcher.states import MatchStatus

BY_SCORE = Order(Match.score.expression, int, Match.id.expression, descending=True)

LEFT_SHORTLIST = 1_000_000
"""Sorts decided matches that have left the shortlist behind those in it."""

BY_RANK = Order(func.coalesce(Match.rank, LEFT_SHORTLIST), int, Match.id.expression)


def shortlist(
    session: Session,
    need: Need,
    *,
    status: MatchStatus | None = None,
    after: tuple[Any, ...] | None = None,
    limit: int | None = None,
) -> list[Match]:
    """The need's matches by rank, with products, sellers and certificates.

    Decided matches that have left the shortlist come last. ``after``: ``rank_key`` of the last row seen.
    """
    return _find(session, select(Match).where(Match.need_id == need.id), BY_RANK, status, after, limit)


def for_product(
    session: Session,
    product: Product,
    *,
    status: MatchStatus | None = None,
    after: tuple[Any, ...] | None = None,
    limit: int | None = None,
) -> list[Match]:
    """The product's matches, best score first, with needs and buyers. ``after``: ``score_key`` of the last row seen."""
    return _find(session, select(Match).where(Match.product_id == product.id), BY_SCORE, status, after, limit)


def rank_key(match: Match) -> tuple[int, UUID]:
    """What ``after`` takes to go on behind ``match`` in a shortlist."""
    return (LEFT_SHORTLIST if match.rank is None else match.rank), match.id


def score_key(match: Match) -> tuple[int, UUID]:
    """What ``after`` takes to go on behind ``match`` in a product's list."""
    return match.score, match.id


def get_match(session: Session, key: str | UUID) -> Match:
    """The match with this id, with both sides and their organisations. Raises NotFoundError."""
    row_id = as_uuid(key)
    match = session.scalars(_whole(select(Match).where(Match.id == row_id))).one_or_none() if row_id else None
    if match is None:
        raise NotFoundError("match", str(key))
    return match


def of_pair(session: Session, need: Need, product: Product) -> Match | None:
    """The pair's stored match, if it has one."""
    pair = select(Match).where(Match.need_id == need.id, Match.product_id == product.id)
    return session.scalars(_whole(pair)).one_or_none()


def alike_products(session: Session, matches: Iterable[Match]) -> dict[UUID, list[Product]]:
    """By the match's id the products that say the same and stand behind it, best first; those that are gone are left
    out. One statement, and none where nothing is alike."""
    ids = {match.id: [UUID(key) for key in match.alike] for match in matches}
    wanted = {key for keys in ids.values() for key in keys}
    if not wanted:
        return {match: [] for match in ids}
    found = session.scalars(select(Product).where(Product.id.in_(wanted)).order_by(Product.id))
    products = {product.id: product for product in found}
    return {match: [products[key] for key in keys if key in products] for match, keys in ids.items()}


def _find(
    session: Session,
    statement: Select[Match],
    order: Order,
    status: MatchStatus | None,
    after: tuple[Any, ...] | None,
    limit: int | None,
) -> list[Match]:
    conditions = [Match.status == status if status else None, order.behind(after)]
    statement = statement.where(*[condition for condition in conditions if condition is not None])
    return list(session.scalars(_whole(statement).order_by(*order.clauses()).limit(limit)))


def _whole(statement: Select[Match]) -> Select[Match]:
    return statement.options(
        joinedload(Match.need).joinedload(Need.organisation),
        joinedload(Match.product).joinedload(Product.organisation),
        joinedload(Match.product).selectinload(Product.certificates),
    )
