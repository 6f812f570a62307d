"""Reads of products."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from matcher.models import Match, Product
from matcher.queries.keyset import Order
from matcher.queries.references import find
from matcher.states import MatchStatus, ProductKind, ProductStatus


class ProductOrder(StrEnum):
    """How a list of products is ordered."""

    REF = "ref"
    NEWEST = "newest"


ORDERS = {
    ProductOrder.REF: Order(Product.external_ref.expression, str, Product.id.expression),
    ProductOrder.NEWEST: Order(Product.created_at.expression, datetime, Product.id.expression, descending=True),
}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product in a list, with its organisation and certificates loaded.

    ``best_score`` (hundredths) is the best of its matches that are in a shortlist; ``counts`` has them by status.
    ``key`` is what ``after`` takes to go on behind this row.
    """

    product: Product
    key: tuple[Any, Any]
    best_score: int | None = None
    counts: dict[MatchStatus, int] = field(default_factory=dict)


def list_products(
    session: Session,
    *,
    status: ProductStatus | None = None,
    kind: ProductKind | None = None,
    organisation_id: UUID | None = None,
    sector: str | None = None,
    text: str | None = None,
    order: ProductOrder = ProductOrder.REF,
    after: tuple[Any, ...] | None = None,
    limit: int | None = 50,
) -> list[ProductRow]:
    """Products with how they stand, at most ``limit``; ``text`` is looked for in reference, title and summary."""
    chosen = ORDERS[order]
    statement = (
        select(Product, chosen.key)
        .options(joinedload(Product.organisation), selectinload(Product.certificates))
        .order_by(*chosen.clauses())
        .limit(limit)
    )
    conditions = [
        Product.status == status if status else None,
        Product.kind == kind if kind else None,
        Product.organisation_id == organisation_id if organisation_id else None,
        cast(Product.sectors, Text).contains(f'"{sector}"', autoescape=True) if sector else None,
        _mentions(text) if text else None,
        chosen.behind(after),
    ]
    found = session.execute(statement.where(*[c for c in conditions if c is not None])).all()
    best, counts = _standing(session, [product.id for product, _ in found])
    return [
        ProductRow(product, (key, product.id), best.get(product.id), counts.get(product.id, {}))
        for product, key in found
    ]


def get_product(session: Session, key: str | UUID) -> Product:
    """The product with this id or reference. Raises NotFoundError and AmbiguousReferenceError."""
    return find(session, Product, key)


def count_products(session: Session, status: ProductStatus | None = None) -> int:
    """How many products there are."""
    statement = select(func.count()).select_from(Product)
    return session.execute(statement.where(Product.status == status) if status else statement).scalar_one()


def _mentions(text: str) -> Any:
    columns = (Product.external_ref, Product.title, Product.summary)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _standing(session: Session, ids: Sequence[UUID]) -> tuple[dict[UUID, int], dict[UUID, dict[MatchStatus, int]]]:
    best: dict[UUID, int] = {}
    counts: dict[UUID, dict[MatchStatus, int]] = {}
    rows = session.execute(
        select(Match.product_id, Match.status, func.count(), func.max(Match.score))
        .where(Match.product_id.in_(ids), Match.rank.is_not(None))
        .group_by(Match.product_id, Match.status)
        .order_by(Match.product_id, Match.status)
    )
    for product_id, status, number, score in rows:
        counts.setdefault(product_id, {})[status] = number
        best[product_id] = max(score, best.get(product_id, 0))
    return best, counts
