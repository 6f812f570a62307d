"""The stored library in the engine's hands: load it, score it, explain it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from matcher.codes.regions import region_codes
from matcher.models import Need, Product
from matcher.profiles import profile_of_need, profile_of_product, today
from matcher.states import NeedStatus, ProductStatus
from scoring.alike import alike_groups
from scoring.bundle import bundles
from scoring.diversity import AS_RANKED, Diversity, arrange, seller_numbers
from scoring.explanation import explain
from scoring.facets import RULES
from scoring.fingerprint import fingerprint
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.pool import Rows
from scoring.profile import NeedProfile, ProductProfile
from scoring.ranking import empty_reason, rank, read_first, score_one
from scoring.reranking import Reranking
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
    """One place in a shortlist: the product's id, the score in hundredths of a point and its breakdown as stored.

    ``alike``: ids of the products that say the same and stand behind this one, best first.
    """

    product: str
    score: int
    breakdown: dict[str, Any]
    alike: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A need's matches, best first, and where there is none the reason (scoring.ranking.EmptyReason).

    ``bundles``: products that cover the need together, as stored (scoring.bundle.Bundle.to_json).
    """

    need: str
    matches: list[Scored]
    reason: str | None
    bundles: list[dict[str, Any]] = field(default_factory=list)


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

    def __init__(self, products: Index, weights: Weights, reranking: Reranking | None = None) -> None:
        self.products, self.weights, self.reranking = products, weights, reranking
        reranker = reranking.name if reranking else None
        self.fingerprint = fingerprint(weights, products.statistics, products.meaning, reranker)

    @classmethod
    def for_products(
        cls,
        products: Iterable[ProductProfile],
        weights: Weights | None = None,
        statistics: TermStatistics | None = None,
        meaning: Meaning | None = None,
        reranking: Reranking | None = None,
    ) -> Self:
        """An engine over ``products``, with their own statistics unless given those of an earlier engine for replay.

        Raises EncoderUnavailableError.
        """
        return cls(Index.build(list(products), statistics, meaning), weights or Weights(), reranking)

    @classmethod
    def for_library(
        cls,
        library: Library,
        weights: Weights | None = None,
        meaning: Meaning | None = None,
        reranking: Reranking | None = None,
    ) -> Self:
        """An engine over the library's products. Raises EncoderUnavailableError."""
        return cls.for_products(library.products, weights, meaning=meaning, reranking=reranking)

    def with_encoder(self, meaning: Meaning | None) -> Self:
        """This engine with another encoder or none, before anything is embedded: its fingerprint is right, its scores
        are not yet.

        Raises EncoderUnavailableError.
        """
        return type(self)(replace(self.products, meaning=meaning, vectors=None), self.weights, self.reranking)

    def embedded(self, needs: Sequence[NeedProfile], report: Callable[[int, int], None]) -> Self:
        """This engine with its products' vectors, once its encoder has made them and those of ``needs``, which are left
        in the encoder's store. ``report`` is told how many of how many texts are ready.

        Raises EncoderUnavailableError.
        """
        index = self.products
        if index.meaning is None:
            return self
        made = len(index)
        report(0, made)
        vectors = index.meaning.vectors(index.profiles, report)
        index.meaning.vectors(needs, lambda done, total: report(made + done, made + total))
        return type(self)(replace(index, vectors=vectors), self.weights, self.reranking)

    @property
    def weights_json(self) -> dict[str, Any]:
        """The weights as stored."""
        return self.weights.to_json()

    @property
    def term_statistics(self) -> bytes:
        """The IDF snapshot as stored."""
        return self.products.statistics.to_bytes()

    @cached_property
    def alike(self) -> Rows:
        """Which products say the same (scoring.alike): the group of each, int64 (products,)."""
        return alike_groups(self.products, region_codes)

    @cached_property
    def sellers(self) -> Rows:
        """The number of each product's seller: int64 (products,)."""
        return seller_numbers([profile.owner for profile in self.products.profiles])

    def shortlists(self, needs: Sequence[NeedProfile], top: int, diversity: Diversity = AS_RANKED) -> list[Shortlist]:
        """The ``top`` best products of each need with their breakdowns, in the order of ``needs``."""
        wanted = self.products.like(needs)
        ids = [profile.id for profile in self.products.profiles]
        groups = self.alike if diversity.collapse else np.arange(len(ids))
        found = {}
        depth = diversity.depth(top, groups, self.weights.candidates)
        for ranked in rank(wanted, self.products, self.weights, depth, self.reranking):
            arranged = arrange(ranked, groups, self.sellers, diversity, top)
            pairs = ranked.pairs.take(arranged.kept)
            behind = ranked.pairs.columns[arranged.behind]
            breakdowns = explain(wanted, self.products, pairs, self.weights, self.fingerprint)
            for row, places in arranged:
                matches = [
                    Scored(
                        ids[pairs.columns[place]],
                        breakdowns[place].score,
                        breakdowns[place].to_json(),
                        [ids[column] for column in behind[arranged.behind_at(place)]],
                    )
                    for place in places
                ]
                reason = None if matches else empty_reason(wanted, row, self.products)
                together = bundles(row, wanted, self.products, pairs.columns[list(places)], self.weights)
                found[wanted.profiles[row].id] = Shortlist(
                    wanted.profiles[row].id, matches, reason, [bundle.to_json() for bundle in together]
                )
        return [found[need.id] for need in needs]

    def explain(self, need: NeedProfile, product: ProductProfile) -> Explanation:
        """Any pair, also one that a hard rule keeps apart, or one whose product the index lacks; read by the reranker
        wherever it would stand."""
        wanted = self.products.like([need])
        row = self.products.rows.get(product.id)
        known = row is not None and self.products.profiles[row] == product
        offered = self.products.take(np.array([row])) if known else self.products.like([product])
        scored = score_one(wanted, offered, self.weights)
        if self.reranking:
            scored = read_first(scored, wanted, offered, self.weights, self.reranking)
        (breakdown,) = explain(wanted, offered, scored, self.weights, self.fingerprint)
        rule = int(scored.excluded[0])
        return Explanation(breakdown.to_json(), RULES[rule] if rule >= 0 else None)
