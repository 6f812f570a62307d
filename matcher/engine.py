"""The stored library in the engine's hands: load it, score it, explain it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matcher.models import Need, Product
from matcher.profiles import profile_of_need, profile_of_product, today
from matcher.states import NeedStatus, ProductStatus
from scoring.explanation import explain
from scoring.facets import RULES
from scoring.fingerprint import fingerprint
from scoring.index import Index
from scoring.profile import NeedProfile, ProductProfile
from scoring.ranking import empty_reason, rank, score_one
from scoring.tfidf import TermStatistics
from scoring.weights import Weights


@dataclass(frozen=True, slots=True)
class Library:
    """All open needs and listed products; ``versions``: each row's version by id, for replay."""

    needs: list[NeedProfile]
    products: list[ProductProfile]
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class Scored:
    """One place in a shortlist: the product's id, the score in hundredths of a point and its breakdown as stored."""

    product: str
    score: int
    breakdown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A need's matches, best first, and where there is none the reason (scoring.ranking.EmptyReason)."""

    need: str
    matches: list[Scored]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Any pair's breakdown, and the hard rule that keeps it apart (scoring.facets.RULES), if one does."""

    breakdown: dict[str, Any]
    excluded: str | None


def load_library(session: Session) -> Library:
    """Read all that can be matched, in order of id."""
    products = session.scalars(
        select(Product)
        .where(Product.status == ProductStatus.LISTED)
        .options(selectinload(Product.certificates))
        .order_by(Product.id)
    ).all()
    needs = session.scalars(select(Need).where(Need.status == NeedStatus.OPEN).order_by(Need.id)).all()
    on = today()
    return Library(
        needs=[profile_of_need(need) for need in needs],
        products=[profile_of_product(product, on) for product in products],
        versions={str(row.id): row.version for row in products} | {str(row.id): row.version for row in needs},
    )


class Scorer:
    """One state of the engine over one supply side."""

    def __init__(self, products: Index, weights: Weights) -> None:
        self.products, self.weights = products, weights
        self.fingerprint = fingerprint(weights, products.statistics)

    @classmethod
    def for_products(
        cls,
        products: Iterable[ProductProfile],
        weights: Weights | None = None,
        statistics: TermStatistics | None = None,
    ) -> Self:
        """An engine over ``products``, with their own statistics unless given those of an earlier engine for replay."""
        return cls(Index.build(list(products), statistics), weights or Weights())

    @classmethod
    def for_library(cls, library: Library, weights: Weights | None = None) -> Self:
        """An engine over the library's products."""
        return cls.for_products(library.products, weights)

    @property
    def weights_json(self) -> dict[str, Any]:
        """The weights as stored."""
        return self.weights.to_json()

    @property
    def term_statistics(self) -> bytes:
        """The IDF snapshot as stored."""
        return self.products.statistics.to_bytes()

    def shortlists(self, needs: Sequence[NeedProfile], top: int) -> list[Shortlist]:
        """The ``top`` best products of each need with their breakdowns, in the order of ``needs``."""
        wanted = Index.build(needs, self.products.statistics)
        found = {}
        for ranked in rank(wanted, self.products, self.weights, top):
            breakdowns = explain(wanted, self.products, ranked.pairs, self.weights, self.fingerprint)
            for row, places in ranked:
                products = [self.products.profiles[ranked.pairs.columns[place]].id for place in places]
                matches = [
                    Scored(product, breakdowns[place].score, breakdowns[place].to_json())
                    for place, product in zip(places, products, strict=True)
                ]
                reason = None if matches else empty_reason(wanted, row, self.products)
                found[wanted.profiles[row].id] = Shortlist(wanted.profiles[row].id, matches, reason)
        return [found[need.id] for need in needs]

    def explain(self, need: NeedProfile, product: ProductProfile) -> Explanation:
        """Any pair, also one that a hard rule keeps apart, or one whose product the index lacks."""
        wanted = Index.build([need], self.products.statistics)
        row = self.products.rows.get(product.id)
        known = row is not None and self.products.profiles[row] == product
        offered = self.products.take(np.array([row])) if known else Index.build([product], self.products.statistics)
        scored = score_one(wanted, offered, self.weights)
        (breakdown,) = explain(wanted, offered, scored, self.weights, self.fingerprint)
        rule = int(scored.excluded[0])
        return Explanation(breakdown.to_json(), RULES[rule] if rule >= 0 else None)
