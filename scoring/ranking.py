"""Two stages: the products nearest in text and meaning are found, then every part is computed for those and blended.

Everything is an array over pairs. No value depends on the other pairs, so a score means the same for every need and
stays the same whatever else is ranked beside it. Where there is a reranker, whether it reads a pair does depend on
them: it reads the first of each need.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scoring.breadth import undiluted
from scoring.breakdown import Points, Values, blend
from scoring.candidates import Candidates, candidates
from scoring.elements import coverage
from scoring.facets import BLOCKED, agreement, exclusions
from scoring.index import Index
from scoring.meaning import cosines_of, said
from scoring.pool import Rows, highest, places_within
from scoring.reranking import FIRST, Reranking
from scoring.tags import tag_overlap
from scoring.weights import FACETS, PARTS, Weights

_SAID = [PARTS.index(part) for part in ("text", "meaning", "tags", "elements")]

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

    ``rows``, ``columns``: need and product. ``totals`` (pairs,), 0–1: what the parts come to before calibration, which
    ranks. ``scores`` (pairs,) and ``points`` (pairs, parts) in hundredths.
    ``values`` and ``weights`` (pairs, parts): what was blended, NaN unknown. ``facets`` (pairs, facets): NaN unknown.
    ``excluded``: the index of the hard rule that keeps the pair apart, −1 for none. ``reranked`` (pairs,): what the
    reranker said, 0–1, NaN where it was not asked.
    """

    rows: Rows
    columns: Rows
    totals: Values
    scores: Points
    points: Points
    values: Values
    weights: Values
    facets: Values
    excluded: npt.NDArray[np.int8]
    reranked: Values

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
        "text": np.minimum(np.sqrt(cosines.astype(np.float64) / weights.text_full), 1.0),
        "meaning": _meaning(needs, products, rows, columns),
        "tags": np.minimum(
            tag_overlap(needs.tags, products.tags, rows, columns, weights.tag_threshold) / weights.tags_full, 1.0
        ),
        "elements": coverage(needs.elements, needs.terms, products, rows, columns, weights.element_threshold),
        "facets": np.divide(agreed, facet_weight, out=np.full(len(rows), np.nan), where=facet_weight > 0),
        "trust": products.facets.numbers["trust"][columns],
    }
    value = np.stack([values[part] for part in PARTS], axis=1)
    value[:, _SAID] *= undiluted(products)[columns, None]
    weight = np.stack(
        [facet_weight if part == "facets" else np.full(len(rows), getattr(weights, part)) for part in PARTS], axis=1
    )
    totals, scores, points = blend(value, weight, weights.slope, weights.offset)
    excluded = exclusions(needs.facets, products.facets, rows, columns)
    return PairScores(
        rows, columns, totals, scores, points, value, weight, facets, excluded, np.full(len(rows), np.nan)
    )


def with_reranked(scored: PairScores, reranked: Values, weights: Weights) -> PairScores:
    """``scored`` with what a reranker says of each pair, 0–1, NaN for those that it has not read: their meaning is the
    mean of their likeness and of that, or that alone where likeness is unknown."""
    place = PARTS.index("meaning")
    values = scored.values.copy()
    likeness = values[:, place]
    both = np.where(np.isnan(likeness), reranked, (likeness + reranked) / 2)
    values[:, place] = np.where(np.isnan(reranked), likeness, both)
    totals, scores, points = blend(values, scored.weights, weights.slope, weights.offset)
    return replace(scored, totals=totals, scores=scores, points=points, values=values, reranked=reranked)


def read_first(scored: PairScores, needs: Index, products: Index, weights: Weights, reranking: Reranking) -> PairScores:
    """``scored``, pairs of needs in ascending order, best first, with the first of each need read by the reranker."""
    reranked = np.full(len(scored), np.nan)
    bounds = np.searchsorted(scored.rows, np.arange(len(needs) + 1))
    for row, (start, end) in enumerate(pairwise(bounds.tolist())):
        first = slice(start, min(start + FIRST, end))
        texts = [said(products.profiles[column]) for column in scored.columns[first]]
        found = reranking.scores(said(needs.profiles[row]), texts) if weights.meaning else None
        if found is None:
            break
        reranked[first] = found
    return with_reranked(scored, reranked, weights)


def _meaning(needs: Index, products: Index, rows: Rows, columns: Rows) -> Values:
    """How like each pair is in meaning: (pairs,), NaN where a side has no vectors or says nothing."""
    if needs.vectors is None or products.vectors is None or products.meaning is None:
        return np.full(len(rows), np.nan)
    likeness = products.meaning.likeness(cosines_of(needs.vectors, products.vectors, rows, columns))
    return np.where(needs.has_meaning[rows] & products.has_meaning[columns], likeness, np.nan)


def rank(
    needs: Index, products: Index, weights: Weights, top: int, reranking: Reranking | None = None
) -> Iterator[Ranked]:
    """The ``top`` best products of every need, block of needs after block.

    Ties break by the product's ``ref``, then id. Excluded pairs, and pairs that score nothing, are left out. Pairs that
    the reranker has read stand before those that it has not: it says little good of most, and what it has not seen must
    not profit from that.
    """
    eligible, supply = products.eligible
    wide = max(weights.candidates, top)
    deep = max(top, FIRST) if reranking else top
    for first in range(0, len(needs), BLOCK):
        block = np.arange(first, min(first + BLOCK, len(needs)))
        part = needs.take(block)
        pairs = candidates(part, supply, wide)
        scored = score_pairs(part, supply, *pairs, weights)
        best = _best(scored, deep)
        short = _short(part, scored, top, wide)
        step = max(1, BLOCK * weights.candidates // max(1, len(supply)))
        for start in range(0, len(short), step):
            few = short[start : start + step]
            asking = part.take(few)
            again = score_pairs(asking, supply, *_allowed(asking, supply, wide), weights)
            best = _replaced(best, _best(again, deep), few)
        if reranking:
            best = _best(read_first(best, part, supply, weights, reranking), top)
        bounds = np.searchsorted(best.rows, np.arange(len(block) + 1))
        yield Ranked(first, bounds, replace(best, rows=block[best.rows], columns=eligible[best.columns]))


def score_one(needs: Index, products: Index, weights: Weights) -> PairScores:
    """Score every product against the one need in ``needs``, excluded ones too, in the products' order."""
    columns = np.arange(len(products))
    rows = np.zeros(len(products), np.int64)
    return score_pairs(needs, products, rows, columns, products.cosines(needs, rows, columns), weights)


def empty_reason(needs: Index, row: int, products: Index) -> EmptyReason:
    """Why the need in ``row`` has no match."""
    if not len(products.eligible[0]):
        return EmptyReason.NO_PRODUCTS
    if not Index.build([needs.profiles[row]]).terms.nnz:
        return EmptyReason.STOP_WORDS_ONLY
    need = needs.take(np.array([row]))
    similar = np.flatnonzero((products.terms @ need.terms.T).toarray())
    if need.vectors is not None and products.vectors is not None:
        similar = np.arange(len(products))
    apart = exclusions(need.facets, products.facets, np.zeros(len(similar), np.int64), similar) >= 0
    return EmptyReason.ALL_EXCLUDED if apart.any() else EmptyReason.NOTHING_IN_COMMON


def _best(scored: PairScores, top: int) -> PairScores:
    """The ``top`` best pairs of each need, best first, without those that a rule keeps apart or that score nothing;
    what a reranker has read comes before the rest."""
    kept = np.flatnonzero((scored.excluded < 0) & (scored.totals > 0))
    unread = np.isnan(scored.reranked[kept])
    kept = kept[np.lexsort((scored.columns[kept], -scored.totals[kept], unread, scored.rows[kept]))]
    return scored.take(kept[places_within(scored.rows[kept]) < top])


def _short(needs: Index, scored: PairScores, top: int, wide: int) -> Rows:
    """The open needs of whose full list of candidates hard rules left fewer than ``top``: products beyond it could
    still be wanted."""
    found = np.bincount(scored.rows, minlength=len(needs))
    left = np.bincount(scored.rows[scored.excluded < 0], minlength=len(needs))
    return np.flatnonzero((found >= wide) & (left < top) & (needs.facets.flags & BLOCKED == 0))


def _allowed(needs: Index, products: Index, wide: int) -> Candidates:
    """Like ``candidates``, but of those products that no hard rule keeps apart: every one of them is looked at."""
    rows, columns = np.repeat(np.arange(len(needs)), len(products)), np.tile(np.arange(len(products)), len(needs))
    allowed = exclusions(needs.facets, products.facets, rows, columns) < 0
    rows, columns = rows[allowed], columns[allowed]
    cosines = products.cosines(needs, rows, columns)
    kept = np.intersect1d(highest(rows, columns, cosines, wide), np.flatnonzero(cosines))
    if needs.vectors is not None and products.vectors is not None:
        alike = highest(rows, columns, cosines_of(needs.vectors, products.vectors, rows, columns), wide)
        kept = np.union1d(kept, alike)
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
