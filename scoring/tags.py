"""Fuzzy overlap of tags: each tag pairs with at most one of the other side, so that the sum of similarities is largest.

The value is a soft Jaccard index: the similarities of the pairs over the number of different tags on both sides
together, a pair counting once (cf. Jimenez, Gonzalez, Gelbukh, "Soft cardinality", SPIRE 2010, for the idea).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from scoring.pool import Rows, StringSets
from scoring.tokens import normalise_all

_BLOCK = 2048
"""Pairs handled at a time: some 20 needs, whose different tags meet all of their candidates'. More at a time compare
more tags that never meet; fewer cost calls."""

Similarities = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TagPair:
    """A tag of the need and the product's tag that answers it; ``similarity`` in whole percent."""

    need: str
    product: str
    similarity: int


def similarities(left: Sequence[str], right: Sequence[str], threshold: int) -> Similarities:
    """rapidfuzz's normalised indel similarity of each with each in whole percent, 0 below the threshold."""
    return np.asarray(process.cdist(left, right, scorer=fuzz.ratio, score_cutoff=threshold, dtype=np.uint8, workers=-1))


def tag_overlap(needs: StringSets, products: StringSets, rows: Rows, columns: Rows, threshold: int) -> Values:
    """The soft Jaccard index of each pair (need ``rows[k]``, product ``columns[k]``): (pairs,), NaN where a side is
    blank."""
    values = np.full(len(rows), np.nan)
    both = np.flatnonzero((needs.lengths[rows] > 0) & (products.lengths[columns] > 0))
    for start in range(0, len(both), _BLOCK):
        block = both[start : start + _BLOCK]
        values[block] = _overlap(needs, products, rows[block], columns[block], threshold)
    return values


def pair_tags(needs: Sequence[str], products: Sequence[str], threshold: int) -> list[TagPair]:
    """The pairs that make up one overlap, in the order of the need's tags."""
    left, right = distinct(needs), distinct(products)
    if not left or not right:
        return []
    table = similarities(normalise_all(left), normalise_all(right), threshold)
    return [TagPair(left[i], right[j], int(table[i, j])) for i, j in zip(*_assign(table), strict=True) if table[i, j]]


def distinct(tags: Sequence[str]) -> list[str]:
    """Tags without blank ones and without those that an earlier one equals once both are normalised."""
    written: dict[str, str] = {}
    for tag, normal in zip(tags, normalise_all(tags), strict=True):
        if normal.strip():
            written.setdefault(normal, tag)
    return list(written.values())


def _overlap(needs: StringSets, products: StringSets, rows: Rows, columns: Rows, threshold: int) -> Values:
    used, left = np.unique(needs.padded(rows), return_inverse=True)
    held, right = np.unique(products.padded(columns), return_inverse=True)
    table = np.zeros((len(used), len(held)), np.uint8)
    blank_left, blank_right = int(used[0] < 0), int(held[0] < 0)
    table[blank_left:, blank_right:] = similarities(
        [needs.strings[i] for i in used[blank_left:]], [products.strings[i] for i in held[blank_right:]], threshold
    )
    grid = table[left.reshape(len(rows), -1, 1), right.reshape(len(rows), 1, -1)]
    total, pairs = _best_pairing(grid)
    return total / 100 / (needs.lengths[rows] + products.lengths[columns] - pairs)


def _best_pairing(grid: npt.NDArray[np.uint8]) -> tuple[Values, Rows]:
    """Sum of similarities and number of pairs of the best one-to-one pairing in each (left, right) table of ``grid``.

    Where no tag has two partners the pairing is given and everything adds up at once. The few contested tables go to
    the Hungarian algorithm one by one, each different one once.
    """
    partners = grid > 0
    total = grid.sum(axis=(1, 2), dtype=np.int64).astype(np.float64)
    pairs = partners.sum(axis=(1, 2), dtype=np.int64)
    contested = (partners.sum(axis=2) > 1).any(axis=1) | (partners.sum(axis=1) > 1).any(axis=1)
    places = np.flatnonzero(contested)
    if len(places):
        tables, same = np.unique(grid[places], axis=0, return_inverse=True)
        best = np.array([_summed(table[_assign(table)]) for table in tables])[same.ravel()]
        total[places], pairs[places] = best[:, 0], best[:, 1]
    return total, pairs


def _summed(chosen: Similarities) -> tuple[int, int]:
    """The sum of what was chosen, and how many of them are pairs."""
    return int(chosen.sum(dtype=np.int64)), int(np.count_nonzero(chosen))


def _assign(table: Similarities) -> tuple[Rows, Rows]:
    """The best one-to-one pairing of a table's rows and columns: the largest sum and, of equal sums, the most pairs, or
    the value would depend on the order of the tags."""
    from scipy.optimize import linear_sum_assignment  # takes half a second to load, and most texts have no tags

    worth = table * float(1 + min(table.shape)) + (table > 0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return rows, columns
