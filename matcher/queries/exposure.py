"""Exposure 曝光: what share of the shortlists' places each seller has, against its share of what is on offer."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from matcher.models import Match, Organisation, Product
from matcher.states import ProductStatus
from scoring.diversity import PAGE


@dataclass(frozen=True, slots=True)
class Exposure:
    """One seller. ``supply``: its listed products; ``first_places``: matches of rank 1; ``page_places``: matches on a
    shortlist's first page (rank up to scoring.diversity.PAGE). The shares are of all sellers', 0–1.

    ``ratio``: share of first places over share of supply, 1 where a seller leads as many shortlists as its supply
    would let expect; None for one that has places left from an earlier run and lists nothing now.
    """

    seller: Organisation
    supply: int
    supply_share: float
    first_places: int
    first_share: float
    page_places: int
    page_share: float

    @property
    def ratio(self) -> float | None:
        """``first_share`` / ``supply_share``."""
        return self.first_share / self.supply_share if self.supply_share else None


def exposure(session: Session) -> list[Exposure]:
    """Every seller that lists products or has places, the most exposed for its supply first; three statements."""
    supply = dict(
        session.execute(
            select(Product.organisation_id, func.count())
            .where(Product.status == ProductStatus.LISTED)
            .group_by(Product.organisation_id)
            .order_by(Product.organisation_id)
        ).all()
    )
    on_page = select(Product.organisation_id, func.sum(case((Match.rank == 1, 1), else_=0)), func.count())
    places = {
        seller: (int(first), page)
        for seller, first, page in session.execute(
            on_page.join(Match, Match.product_id == Product.id)
            .where(Match.rank <= PAGE)
            .group_by(Product.organisation_id)
            .order_by(Product.organisation_id)
        )
    }
    sellers = session.scalars(
        select(Organisation).where(Organisation.id.in_(supply.keys() | places.keys())).order_by(Organisation.id)
    )
    listed, firsts, pages = sum(supply.values()), *(sum(row[k] for row in places.values()) for k in (0, 1))
    rows = [
        Exposure(
            seller,
            supply=supply.get(seller.id, 0),
            supply_share=_share(supply.get(seller.id, 0), listed),
            first_places=places.get(seller.id, (0, 0))[0],
            first_share=_share(places.get(seller.id, (0, 0))[0], firsts),
            page_places=places.get(seller.id, (0, 0))[1],
            page_share=_share(places.get(seller.id, (0, 0))[1], pages),
        )
        for seller in sellers
    ]
    return sorted(rows, key=_order)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _order(row: Exposure) -> tuple[bool, float, float, str, str]:
    """By ratio, then by share of the first pages; sellers without supply last."""
    return row.ratio is None, -(row.ratio or 0.0), -row.page_share, row.seller.name, str(row.seller.id)
