"""Two stages: the products nearest in text are found, then every part is computed for those and blended.

Everything is an array over pairs. No value depends on the other pairs, so a score means the same for every need and
stays the same whatever else is ranked beside it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from scoring.breakdown import Points, Values, blend
from scoring.elements import coverage
from scoring.facets import BLOCKED, agreement, exclusions
from scoring.index import Index
from scoring.pool import Rows
from scoring.tags import tag_overlap
from scoring.weights import FACETS, PARTS, Weights

BLOCK = 1024
"""Needs ranked at a time: with 100 candidates each, some 200 MB at the peak."""


class EmptyReason(StrEnum):
    """Why a shortlist is empty."""

    NO_PRODUCTS = "no_products"
    STOP_WORDS_ONLY = "stop_words_only"
    NOTHING_IN_COMMON = "nothing_in_common"
    ALL_EXCLUDED = "all_excluded"


@dataclass(frozen=True, eq=False)
class PairScores:
    """Scored pairs, as parallel arrays.

    ``rows``, ``columns``: need and product. ``scores`` (pairs,) and ``points`` (pairs, parts) in hundredths.
    ``values`` and ``weights`` (pairs, parts): what was blended, NaN unknown. ``facets`` (pairs, facets): NaN unknown.
    ``excluded``: the index of the hard rule that keeps the pair apart, −1 for none.
    """

    rows: Rows
    columns: Rows
    scores: Points
    points: Points
    values: Values
    weights: Values
    facets: Values
    excluded: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: Rows) -> "PairScores":
        """Only these pairs, in this order."""
        return PairScores(*(getattr(self, field.name)[places] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Ranked:
    """The shortlists of a block of needs: need ``first + k`` has the pairs ``bounds[k]`` to ``bounds[k + 1]``, best
    first."""

    first: int
    bounds: Rows
    pairs: PairScores

    def __iter__(self) -> Iterator[tuple[int, range]]:
        """Each need's row, and the places of its pairs."""
        for k in range(len(self.bounds) - 1):
            yield self.first + k, range(int(self.bounds[k]), int(self.bounds[k + 1]))


def score_pairs(
    needs: Index, products: Index, rows: Rows, columns: Rows, cosines: npt.NDArray[np.float32], weights: Weights
) -> PairScores:
    """Score the pairs (need ``rows[k]``, product ``columns[k]``) whose text cosines are given."""
    facets = agreement(needs.facets, products.facets, rows, columns)
    facet_weights = np.array([weights.facets[name] for name in FACETS])
    facet_weight = np.where(np.isnan(facets), 0.0, facet_weights).sum(axis=1)
    agreed = np.nansum(facets * facet_weights, axis=1)
    values = {
        "text": np.minimum(cosines.astype(np.float64) / weights.text_full, 1.0),
        "tags": np.minimum(
            tag_overlap(needs.tags, products.tags, rows, columns, weights.tag_threshold) / weights.tags_full, 1.0
        ),
        "elements": coverage(
            needs.elements, products.units, needs.statistics, rows, columns, weights.element_threshold
        ),
        "facets": np.divide(agreed, facet_weight, out=np.full(len(rows), np.nan), where=facet_weight > 0),
        "trust": products.facets.numbers["trust"][columns],
    }
    value = np.stack([values[part] for part in PARTS], axis=1)
    weight = np.stack(
        [facet_weight if part == "facets" else np.full(len(rows), getattr(weights, part)) for part in PARTS], axis=1
    )
    scores, points = blend(value, weight)
    excluded = exclusions(needs.facets, products.facets, rows, columns)
    return PairScores(rows, columns, scores, points, value, weight, facets, excluded)


def rank(needs: Index, products: Index, weights: Weights, top: int) -> Iterator[Ranked]:
    """The ``top`` best products of every need, block of needs after block.

    Ties break by the product's ``ref``, then id. Excluded pairs, and pairs that score nothing, are left out.
    """
    eligible, supply = products.eligible
    wide = max(weights.candidates, top)
    for first in range(0, len(needs), BLOCK):
        block = np.arange(first, min(first + BLOCK, len(needs)))
        part = needs.take(block)
        pairs = supply.nearest.candidates(part.terms, wide, _threads())
        scored = score_pairs(part, supply, *pairs, weights)
        best = _best(scored, top)
        short = _short(part, scored, top, wide)
        step = max(1, BLOCK * weights.candidates // max(1, len(supply)))
        for start in range(0, len(short), step):
            few = short[start : start + step]
            asking = part.take(few)
            again = score_pairs(asking, supply, *_allowed(asking, supply, wide), weights)
            best = _replaced(best, _best(again, top), few)
        bounds = np.searchsorted(best.rows, np.arange(len(block) + 1))
        yield Ranked(first, bounds, replace(best, rows=block[best.rows], columns=eligible[best.columns]))


def score_one(needs: Index, products: Index, weights: Weights) -> PairScores:
    """Score every product against the one need in ``needs``, excluded ones too, in the products' order."""
    columns = np.arange(len(products))
    cosines = (products.terms @ needs.terms.T).toarray().ravel()
    return score_pairs(needs, products, np.zeros(len(products), np.int64), columns, cosines, weights)


def empty_reason(needs: Index, row: int, products: Index) -> EmptyReason:
    """Why the need in ``row`` has no match."""
    if not len(products.eligible[0]):
        return EmptyReason.NO_PRODUCTS
    if not Index.build([needs.profiles[row]]).terms.nnz:
        return EmptyReason.STOP_WORDS_ONLY
    need = needs.take(np.array([row]))
    similar = np.flatnonzero((products.terms @ need.terms.T).toarray())
    apart = exclusions(need.facets, products.facets, np.zeros(len(similar), np.int64), similar) >= 0
    return EmptyReason.ALL_EXCLUDED if apart.any() else EmptyReason.NOTHING_IN_COMMON


def _best(scored: PairScores, top: int) -> PairScores:
    """The ``top`` best pairs of each need, best first, without those that a rule keeps apart or that score nothing."""
    kept = np.flatnonzero((scored.excluded < 0) & (scored.scores > 0))
    kept = kept[np.lexsort((scored.columns[kept], -scored.scores[kept], scored.rows[kept]))]
    rows = scored.rows[kept]
    return scored.take(kept[np.arange(len(kept)) - np.searchsorted(rows, rows) < top])


def _short(needs: Index, scored: PairScores, top: int, wide: int) -> Rows:
    """The open needs of whose full list of candidates hard rules left fewer than ``top``: products beyond it could
    still be wanted."""
    found = np.bincount(scored.rows, minlength=len(needs))
    left = np.bincount(scored.rows[scored.excluded < 0], minlength=len(needs))
    return np.flatnonzero((found == wide) & (left < top) & (needs.facets.flags & BLOCKED == 0))


def _allowed(needs: Index, products: Index, wide: int) -> tuple[Rows, Rows, npt.NDArray[np.float32]]:
    """``candidates``, but the nearest of those products that no hard rule keeps apart."""
    rows, columns, cosines = products.nearest.candidates(needs.terms, len(products), _threads())
    kept = np.flatnonzero(exclusions(needs.facets, products.facets, rows, columns) < 0)
    kept = kept[np.lexsort((columns[kept], -cosines[kept], rows[kept]))]
    kept = kept[np.arange(len(kept)) - np.searchsorted(rows[kept], rows[kept]) < wide]
    return rows[kept], columns[kept], cosines[kept]


def _replaced(best: PairScores, again: PairScores, needs: Rows) -> PairScores:
    """``best`` with the pairs of some ``needs`` taken from ``again``, whose rows count within ``needs``."""
    kept = best.take(np.flatnonzero(~np.isin(best.rows, needs)))
    joined = {
        field.name: np.concatenate([getattr(kept, field.name), getattr(again, field.name)])
        for field in fields(PairScores)
    }
    joined["rows"] = np.concatenate([kept.rows, needs[again.rows]])
    return PairScores(**joined).take(np.argsort(joined["rows"], kind="stable"))


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
