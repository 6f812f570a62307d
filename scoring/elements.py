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
from scoring.tfidf import TermStatistics
from scoring.tokens import Terms

_BLOCK = 512
"""Phrases handled at a time."""

COVERED, PARTLY = 0.6, 0.25
"""From these shares on an element is called covered, partly covered."""


@dataclass(frozen=True, slots=True)
class ElementCover:
    """How far one element is covered (``share``, 0–1) and by which unit best (``by``, as normalised; "" for none)."""

    element: Element
    share: float
    by: str

    @property
    def state(self) -> str:
        """``covered``, ``partly`` or ``missing``."""
        return "covered" if self.share >= COVERED else "partly" if self.share >= PARTLY else "missing"


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
        return cls(said, _incidence(said.strings, statistics)[0])

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
    phrases = StringSets.build([_phrases(elements) for elements in needs])
    shares = _phrase_shares(needs, phrases)
    values = np.full(len(rows), np.nan)
    asking = np.flatnonzero(phrases.lengths[rows] > 0)
    if len(asking):
        best = sparse.vstack(
            [_best_by_product(block, products, threshold) for block in _phrase_blocks(phrases.strings, statistics)],
            format="csr",
        )
        pairs = (shares @ best)[rows[asking], columns[asking]]
        values[asking] = np.minimum(np.asarray(pairs, np.float64).ravel(), 1.0)
    return values


def covers(
    elements: Sequence[Element], products: Units, statistics: TermStatistics, threshold: float
) -> list[list[ElementCover]]:
    """How each product covers each of one need's elements: a list a product, in the order of the elements."""
    if not elements:
        return [[] for _ in range(len(products.said))]
    phrases = list(_phrases(elements))
    held = sparse.vstack([block @ products.terms.T for block in _phrase_blocks(phrases, statistics)]).toarray()
    held[held < threshold] = 0
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
    texts: Sequence[str], statistics: TermStatistics, *, weighted: bool = False
) -> tuple[sparse.csr_matrix, npt.NDArray[np.float64]]:
    """Which text holds which term, as 1 or as the term's IDF, and each text's whole IDF, unseen terms included."""
    terms = Terms(texts, singles=False)
    pairs = np.unique(np.stack([terms.rows, terms.keys]), axis=1) if len(terms.keys) else np.empty((2, 0), np.int64)
    columns = statistics.columns_of(pairs[1])
    known = columns >= 0
    idf = np.where(known, statistics.idf[columns] if len(statistics.idf) else 0.0, statistics.unseen_idf)
    totals = np.bincount(pairs[0], weights=idf, minlength=len(texts)).astype(np.float64)
    data = idf[known] if weighted else np.ones(int(known.sum()))
    matrix = sparse.csr_matrix(
        (data.astype(np.float32), (pairs[0][known], columns[known])), shape=(len(texts), len(statistics.keys))
    )
    return matrix, totals


def _phrase_blocks(phrases: Sequence[str], statistics: TermStatistics) -> Iterator[sparse.csr_matrix]:
    """The phrases' terms by blocks, each row scaled so that holding all of them gives 1."""
    for start in range(0, len(phrases), _BLOCK):
        terms, totals = _incidence(phrases[start : start + _BLOCK], statistics, weighted=True)
        yield sparse.diags_array(1 / np.maximum(totals, 1e-9)) @ terms


def _best_by_product(phrases: sparse.csr_matrix, products: Units, threshold: float) -> sparse.csr_matrix:
    """(phrases, products): how far the best unit of the product holds the phrase, nothing below the threshold."""
    held = (phrases @ products.terms.T).tocoo()
    kept = held.data >= threshold
    lines, units, shares = held.row[kept].astype(np.int64), held.col[kept], held.data[kept]
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
