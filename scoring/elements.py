"""Coverage of a need's elements by what a product says it contains.

Whatever a listing says about its content is evidence: its elements, their items, its title, its tags and the clauses
of its text, called *units* here; all strings are normalised. A phrase of the need is covered by a unit as far as the
unit holds the phrase's terms, each weighing its IDF; below a threshold it does not count. An element takes half its
share from its name and half from the mean of its items.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scoring.pool import Rows, StringSets, ranges
from scoring.profile import Element
from scoring.tfidf import TermCounts, TermStatistics
from scoring.tokens import is_pair, is_single

_BLOCK = 512
"""Phrases handled at a time."""

_DIGITS = 6
"""Shares are rounded to this many: IDFs have no more in float32, and what is equal on paper must be equal here."""

COVERED = 0.6
"""From this share on an element is called covered; anything less than that and more than nothing is partly covered."""


@dataclass(frozen=True, slots=True)
class ElementCover:
    """How far one element is covered (``share``, 0–1) and by which unit best (``by``, as normalised; "" for none)."""

    element: Element
    share: float
    by: str

    @property
    def state(self) -> str:
        """``covered``, ``partly`` or ``missing``."""
        return "covered" if self.share >= COVERED else "partly" if self.share > 0 else "missing"


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a collection of products: which product says what, and each unit's terms.

    ``said``: product → units. ``terms``: (distinct units, terms of the statistics), 1 where the unit holds the term.
    """

    said: StringSets
    terms: sparse.csr_matrix

    @classmethod
    def build(cls, units: Iterable[Sequence[str]], statistics: TermStatistics) -> Self:
        """Collect units, normalised, product by product."""
        said = StringSets.build(units)
        return cls.counted(said, TermCounts(said.strings), statistics)

    @classmethod
    def counted(cls, said: StringSets, counts: TermCounts, statistics: TermStatistics) -> Self:
        """The units ``said``, whose terms have been counted."""
        return cls(said, _incidence(counts, statistics)[0])

    @cached_property
    def by_term(self) -> sparse.csr_matrix:
        """``terms`` transposed: for every term the units that hold it."""
        return self.terms.T.tocsr()

    @cached_property
    def sayers(self) -> sparse.csr_matrix:
        """(distinct units, products): who says a unit."""
        ones = np.ones(len(self.said.ids), np.int8)
        by_product = sparse.csr_matrix(
            (ones, self.said.ids, self.said.indptr), shape=(len(self.said), len(self.said.strings))
        )
        return by_product.T.tocsr()

    def take(self, rows: Rows) -> Self:
        """Only these products."""
        said, used = self.said.pick(rows)
        return type(self)(said, self.terms[used])

    def join(self, other: Self) -> Self:
        """The products of both, these first."""
        said = self.said.join(other.said)
        mine = set(self.said.strings)
        new = [i for i, string in enumerate(other.said.strings) if string not in mine]
        return type(self)(said, sparse.vstack([self.terms, other.terms[new]], format="csr"))


def coverage(
    needs: Sequence[tuple[Element, ...]],
    products: Units,
    statistics: TermStatistics,
    rows: Rows,
    columns: Rows,
    threshold: float,
) -> npt.NDArray[np.float64]:
    """The covered share of each pair's elements, every element weighing the same: (pairs,), NaN where the need names
    none."""
    asked, place = np.unique(rows, return_inverse=True)
    wanted = [needs[need] for need in asked]
    phrases = StringSets.build([_phrases(elements) for elements in wanted])
    values = np.full(len(rows), np.nan)
    asking = np.flatnonzero(phrases.lengths[place] > 0)
    if len(asking):
        shares = _phrase_shares(wanted, phrases)
        best = sparse.vstack(
            [_best_by_product(block, products, threshold) for block in _phrase_blocks(phrases.strings, statistics)],
            format="csr",
        )
        pairs = (shares @ best)[place[asking], columns[asking]]
        values[asking] = np.round(np.minimum(np.asarray(pairs, np.float64).ravel(), 1.0), _DIGITS)
    return values


def covers(
    elements: Sequence[Element], products: Units, statistics: TermStatistics, threshold: float
) -> list[list[ElementCover]]:
    """How each product covers each of one need's elements: a list a product, in the order of the elements."""
    if not elements:
        return [[] for _ in range(len(products.said))]
    phrases = list(_phrases(elements))
    blocks = [_held(block, products, threshold) for block in _phrase_blocks(phrases, statistics)]
    held = sparse.vstack(blocks, format="csr").toarray()
    found = []
    for product in range(len(products.said)):
        own = products.said.ids[products.said.indptr[product] : products.said.indptr[product + 1]]
        found.append(list(_covers_of_one(elements, held[:, own], products.said.row(product))))
    return found


def _covers_of_one(
    elements: Sequence[Element], held: npt.NDArray[np.float64], units: Sequence[str]
) -> Iterator[ElementCover]:
    """``held``: (phrases of all elements, units of one product)."""
    end = 0
    for element in elements:
        start, end = end, end + 1 + len(element.items)
        best = held[start:end].max(axis=1, initial=0)
        share = best[0] if len(best) == 1 else (best[0] + best[1:].mean()) / 2
        by = units[int(held[start:end].max(axis=0).argmax())] if best.any() else ""
        yield ElementCover(element, float(min(share, 1.0)), by)


def _phrases(elements: Sequence[Element]) -> Iterator[str]:
    for element in elements:
        yield element.name
        yield from element.items


def _phrase_shares(needs: Sequence[tuple[Element, ...]], phrases: StringSets) -> sparse.csr_matrix:
    """(needs, distinct phrases): the share of the need's whole that each phrase stands for; rows add up to 1."""
    place = {string: i for i, string in enumerate(phrases.strings)}
    lines: list[int] = []
    cells: list[int] = []
    shares: list[float] = []
    for line, elements in enumerate(needs):
        for element in elements:
            own = 0.5 if element.items else 1.0
            weighted = [(element.name, own)] + [(item, 0.5 / len(element.items)) for item in element.items]
            for phrase, share in weighted:
                lines.append(line)
                cells.append(place[phrase])
                shares.append(share / len(elements))
    return sparse.csr_matrix((shares, (lines, cells)), shape=(len(needs), len(place)))


def _incidence(
    counts: TermCounts, statistics: TermStatistics, *, weighted: bool = False
) -> tuple[sparse.csr_matrix, npt.NDArray[np.float64]]:
    """Which text holds which term, as 1 or as the term's IDF, and each text's whole IDF, unseen terms included.

    Single characters count only in a text that has no pair of them: 数 stands in too much to be evidence.
    """
    matrix = counts.matrix.copy()
    matrix.data = np.ones(len(matrix.data), np.float32)
    paired = np.asarray(matrix[:, is_pair(counts.vocabulary)].sum(axis=1)).ravel() > 0
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    matrix.data[is_single(counts.vocabulary)[matrix.indices] & paired[rows]] = 0
    matrix.eliminate_zeros()
    columns = statistics.columns_of(counts.vocabulary)
    known = np.flatnonzero(columns >= 0)
    idf = np.full(len(columns), statistics.unseen_idf)
    idf[known] = statistics.idf[columns[known]]
    totals = matrix.astype(np.float64) @ idf
    found = matrix[:, known]
    data = idf[known][found.indices].astype(np.float32) if weighted else found.data
    shape = (matrix.shape[0], len(statistics.keys))
    return sparse.csr_matrix((data, columns[known][found.indices].astype(np.int32), found.indptr), shape=shape), totals


def _phrase_blocks(phrases: Sequence[str], statistics: TermStatistics) -> Iterator[sparse.csr_matrix]:
    """The phrases' terms by blocks, each row scaled so that holding all of them gives 1."""
    for start in range(0, len(phrases), _BLOCK):
        terms, totals = _incidence(TermCounts(phrases[start : start + _BLOCK]), statistics, weighted=True)
        yield sparse.diags_array(1 / np.maximum(totals, 1e-9)) @ terms


def _held(phrases: sparse.csr_matrix, products: Units, threshold: float) -> sparse.csr_matrix:
    """(phrases, distinct units): the share of the phrase that the unit holds, nothing below the threshold.

    A phrase's most common terms, up to half the threshold together, cannot make a unit reach it. They are looked at in
    the few units only that the other terms bring near enough (prefix filtering: Chaudhuri, Ganti, Kaushik, ICDE 2006),
    or 数据 alone would drag in half of the library. Shares are rounded, or the noise of binary sums would decide where
    one meets the threshold.
    """
    rare, common = _parted(phrases, products, threshold / 2)
    near = (rare @ products.by_term).tocoo()
    rest = np.asarray(common.sum(axis=1), np.float64).ravel()
    kept = np.round(near.data + rest[near.row], _DIGITS) >= threshold
    lines, units = near.row[kept], near.col[kept]
    shares = near.data[kept] + np.asarray(common[lines].multiply(products.terms[units]).sum(axis=1)).ravel()
    shares = np.round(shares, _DIGITS)
    kept = shares >= threshold
    return sparse.csr_matrix((shares[kept], (lines[kept], units[kept])), shape=near.shape)


def _parted(phrases: sparse.csr_matrix, products: Units, share: float) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """``phrases`` without, and with only, each one's terms that most units hold, up to ``share`` together."""
    cells = phrases.tocoo()
    order = np.lexsort((-np.diff(products.by_term.indptr)[cells.col], cells.row))
    lines, columns, shares = cells.row[order], cells.col[order], cells.data[order]
    sums = np.cumsum(shares)
    first = np.searchsorted(lines, lines)
    common = sums - (sums[first] - shares[first]) <= share
    rare, rest = (
        sparse.csr_matrix((shares[part], (lines[part], columns[part])), shape=phrases.shape)
        for part in (~common, common)
    )
    return rare, rest


def _best_by_product(phrases: sparse.csr_matrix, products: Units, threshold: float) -> sparse.csr_matrix:
    """(phrases, products): how far the best unit of the product holds the phrase, nothing below the threshold."""
    held = _held(phrases, products, threshold).tocoo()
    lines, units, shares = held.row.astype(np.int64), held.col, held.data
    sayers = products.sayers
    counts = np.diff(sayers.indptr)[units].astype(np.int64)
    cells = sayers.indices[ranges(sayers.indptr[units].astype(np.int64), counts)]
    lines, shares = np.repeat(lines, counts), np.repeat(shares, counts)
    shape = (phrases.shape[0], len(products.said))
    if not len(lines):
        return sparse.csr_matrix(shape)
    order = np.lexsort((cells, lines))
    lines, cells, shares = lines[order], cells[order], shares[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(lines) != 0) | (np.diff(cells) != 0)]))
    best = np.maximum.reduceat(shares, first)
    return sparse.csr_matrix((best.astype(np.float64), (lines[first], cells[first])), shape=shape)
