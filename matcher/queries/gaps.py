"""Reads of the gaps in supply 供给缺口 that the latest finished run found, with the rows they speak of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from matcher.models import Need, Organisation, Product, Run
from matcher.states import RunStatus


@dataclass(frozen=True, slots=True)
class SellerToApproach:
    """A seller's product that comes nearest: ``share`` of the phrase that it covers, cosine ``similarity``; 0–1."""

    product: Product
    share: float
    similarity: float


@dataclass(frozen=True, slots=True)
class StoredGap:
    """A gap as in scoring.gap.Gap, with rows in place of ids. Rows that are gone are left out; the counts are the
    run's."""

    label: str
    phrases: list[str]
    sectors: list[str]
    share: float
    need_count: int
    buyer_count: int
    needs: list[Need]
    buyers: list[Organisation]
    sellers: list[SellerToApproach]


def latest_gaps(session: Session) -> tuple[Run | None, list[StoredGap]]:
    """The latest finished run, None before the first, and its gaps: those that most buyers want first.

    Four statements however many gaps there are.
    """
    newest = select(Run).where(Run.status == RunStatus.FINISHED).order_by(Run.id.desc()).limit(1)
    run = session.scalars(newest.options(undefer(Run.gaps))).one_or_none()
    if run is None or not run.gaps:
        return run, []
    needs = _rows(session, Need, (need for gap in run.gaps for need in gap["needs"]))
    buyers = _rows(session, Organisation, (buyer for gap in run.gaps for buyer in gap["buyers"]))
    products = _rows(session, Product, (seller["product"] for gap in run.gaps for seller in gap["sellers"]))
    return run, [_stored(gap, needs, buyers, products) for gap in run.gaps]


def _rows(session: Session, model: type[Any], ids: Iterable[str]) -> dict[str, Any]:
    wanted = {UUID(row_id) for row_id in ids}
    statement = select(model).where(model.id.in_(wanted)).order_by(model.id)
    if model is not Organisation:
        statement = statement.options(joinedload(model.organisation))
    return {str(row.id): row for row in session.scalars(statement)}


def _stored(
    gap: dict[str, Any], needs: dict[str, Need], buyers: dict[str, Organisation], products: dict[str, Product]
) -> StoredGap:
    return StoredGap(
        label=gap["label"],
        phrases=gap["phrases"],
        sectors=gap["sectors"],
        share=gap["share"],
        need_count=gap["need_count"],
        buyer_count=gap["buyer_count"],
        needs=[needs[need] for need in gap["needs"] if need in needs],
        buyers=[buyers[buyer] for buyer in gap["buyers"] if buyer in buyers],
        sellers=[
            SellerToApproach(products[seller["product"]], seller["share"], seller["similarity"])
            for seller in gap["sellers"]
            if seller["product"] in products
        ],
    )
