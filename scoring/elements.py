"""Coverage of a need's elements by what a product says it contains.

Whatever a listing says is evidence: its title, its elements and their items and, for less, its tags and the clauses of
its text (``scoring.units``). A phrase of the need, taken apart into words, is covered by such a unit as far as the unit
holds the words, each weighing its IDF, and as far as it is about them: 可供医院与检验机构研发 says little of 检验.

An element is covered as far as its name is or, on average, its items are, whichever is more: few listings name both.
That is believed as far as the listing is about the matter of the need (``scoring.support``): 检验数据 are blood tests
to a hospital and lengths of fibre to a cotton mill. Both count by their geometric mean. An element of which a listing
says every phrase letter for letter needs no support. What a listing says besides never makes it cover less.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt
import rjieba
from scipy import sparse

from scoring.index import Index
from scoring.pool import Rows, ranges
from scoring.profile import Element
from scoring.support import benefit_of_doubt, support
from scoring.tfidf import TermCounts, TermMatrix, TermStatistics
from scoring.tokens import SEPARATOR
from scoring.units import Units, incidence

COVERED = 0.6
"""From this share on an element is called covered; anything less than that and more than nothing is partly covered."""

FOCUS = 0.3
"""A unit is about a phrase whose words make up this share of its weight. Some half of a weight are pairs of characters
across the border of two words, so that is about half of its words."""

TELLING = 0.35
"""A phrase tells what it is about whose words weigh this much of a word that no listing has: 企业信息 does not."""

SAID = 0.2
"""A listing that says less than this of an element says nothing of it: one of ten items is any listing's 时间 or
价格."""

_WHOLE = 3
"""The power to which the share of a phrase that a unit holds is taken: a word left out makes another thing of it, 停车
of 停车记录."""

_DATA = re.compile("数据|信息|资料")
"""Words for data itself, which say nothing of what they are about."""

_BLOCK = 512
"""Phrases handled at a time."""

_CELLS = 1 << 20
"""Cells laid out at a time: 8 MB."""

_DIGITS = 6
"""Shares are rounded to this many: IDFs have no more in float32, and what is equal on paper must be equal here."""

Shares = npt.NDArray[np.float64]


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


def coverage(
    needs: Sequence[tuple[Element, ...]],
    texts: TermMatrix,
    products: Index,
    rows: Rows,
    columns: Rows,
    threshold: float,
) -> Shares:
    """The covered share of each pair's elements, every element weighing the same: (pairs,), NaN where the need names
    none.

    ``needs`` and ``texts``: each need's elements, normalised, and the terms of all that it says, row by row.
    """
    asked, place = np.unique(rows, return_inverse=True)
    wanted = _Wanted.of([needs[need] for need in asked.tolist()])
    values = np.full(len(rows), np.nan)
    asking = np.flatnonzero(np.diff(wanted.by_need.indptr)[place] > 0)
    if len(asking):
        units = products.units
        held, named, full = wanted.shares(wanted.strengths(units, products.statistics, threshold), units)
        place, columns = place[asking], columns[asking]
        rows = asked[place]
        doubted = _at(wanted.by_need @ (held - held.multiply(named)).sqrt(), place, columns)
        granted = _at(wanted.by_need @ held.multiply(named).sqrt(), place, columns)
        found = np.flatnonzero(doubted + granted)
        supported = support(texts, products, rows[found], columns[found])
        doubted[found] *= np.sqrt(supported)
        granted[found] *= np.sqrt(np.maximum(supported, benefit_of_doubt(texts)[rows[found]]))
        shares = doubted + granted + _at(wanted.by_need @ full, place, columns)
        values[asking] = np.round(np.minimum(shares, 1.0), _DIGITS)
    return values


def covers(
    elements: Sequence[Element], text: TermMatrix, products: Index, columns: Rows, threshold: float
) -> list[list[ElementCover]]:
    """How each of some products covers each of one need's elements: a list a product, in the order of the elements.

    ``text``: the terms of all that the need says, one row.
    """
    if not elements or not len(columns):
        return [[] for _ in columns]
    units, wanted = products.units.take(columns), _Wanted.of([tuple(elements)])
    strengths = wanted.strengths(units, products.statistics, threshold)
    held, named, full = (part.toarray() for part in wanted.shares(strengths, units))
    supported = support(text, products, np.zeros(len(columns), np.int64), columns)
    supported = np.where(named > 0, np.maximum(supported, benefit_of_doubt(text)), supported)
    shares = np.round(np.where(full > 0, 1.0, np.sqrt(held * supported)), _DIGITS)
    table = strengths.toarray()
    lines = [(element, wanted.lines[element.name, element.items]) for element in elements]
    found = []
    for product in range(len(columns)):
        own = slice(units.said.indptr[product], units.said.indptr[product + 1])
        counting, said = table[:, units.said.ids[own]] * units.weights[own], units.said.row(product)
        covered = []
        for element, line in lines:
            share = float(shares[line, product])
            best = counting[wanted.phrases_of(line)].max(axis=0) if share else counting[0]
            covered.append(ElementCover(element, share, said[int(best.argmax())] if share else ""))
        found.append(covered)
    return found


@dataclass(frozen=True, eq=False)
class _Wanted:
    """The distinct elements of some needs and the distinct phrases of those.

    ``lines``: where each (name, items) stands. ``names``: the place of each element's name. ``items`` and ``every``:
    (elements, phrases), the mean over its items, and 1 for each phrase that it has. ``by_need``: (needs, elements),
    each need's elements weighing the same; rows add up to 1.
    """

    phrases: list[str]
    lines: dict[tuple[str, tuple[str, ...]], int]
    names: Rows
    items: sparse.csr_matrix
    every: sparse.csr_matrix
    by_need: sparse.csr_matrix

    @classmethod
    def of(cls, needs: Sequence[tuple[Element, ...]]) -> Self:
        """The elements of each need."""
        lines: dict[tuple[str, tuple[str, ...]], int] = {}
        cells = [
            (need, lines.setdefault((element.name, element.items), len(lines)), 1 / len(elements))
            for need, elements in enumerate(needs)
            for element in elements
        ]
        places: dict[str, int] = {}
        names = [places.setdefault(name, len(places)) for name, _ in lines]
        items = [
            (line, places.setdefault(item, len(places)), 1 / len(items))
            for line, (_, items) in enumerate(lines)
            for item in items
        ]
        shape = (len(lines), len(places))
        every = dict.fromkeys([(line, place) for line, place, _ in items] + list(enumerate(names)))
        return cls(
            phrases=list(places),
            lines=lines,
            names=np.array(names, np.int64),
            items=_matrix(items, shape),
            every=_matrix([(*cell, 1) for cell in every], shape),
            by_need=_matrix(cells, (len(needs), len(lines))),
        )

    def phrases_of(self, line: int) -> Rows:
        """The places of an element's phrases."""
        return np.asarray(self.every.indices[self.every.indptr[line] : self.every.indptr[line + 1]], np.int64)

    def strengths(self, units: Units, statistics: TermStatistics, threshold: float) -> sparse.csr_matrix:
        """(phrases, distinct units): how far each unit covers each phrase."""
        blocks = [
            _strengths(*incidence(TermCounts(block), statistics, weighted=True), units, statistics, threshold)
            for block in _blocks([in_words(phrase) for phrase in self.phrases])
        ]
        return sparse.vstack(blocks, format="csr")

    def shares(self, strengths: sparse.csr_matrix, units: Units) -> tuple[sparse.csr_matrix, ...]:
        """(elements, products) each: how far the products say an element, of those of which they do not say all phrases
        letter for letter; 1 where they declare its name so; and 1 where they say all so."""
        best = _best_by_product(strengths, units)
        held = best[self.names].maximum(self.items @ best).tocsr()
        held.data = np.round(held.data, _DIGITS)
        held.data[held.data < SAID] = 0
        said = [(line, units.places[phrase], 1) for line, phrase in enumerate(self.phrases) if phrase in units.places]
        literal = _matrix(said, strengths.shape)
        named = (literal @ (units.sayers >= 1))[self.names]
        count = (self.every @ (literal @ (units.sayers > 0))).tocoo()
        sizes = np.diff(self.every.indptr)[count.row]
        all_said = (count.data == sizes) & (sizes > 1)
        full = _matrix(
            [*zip(count.row[all_said], count.col[all_said], count.data[all_said] > 0, strict=True)], held.shape
        )
        held = held - held.multiply(full)
        held.eliminate_zeros()
        return held, named, full


def in_words(phrase: str) -> str:
    """A normalised phrase taken apart into its words, so that no pair of characters crosses the border of two: 车辆轨迹
    stands in 车辆行驶轨迹. Characters that the dictionary leaves alone stay together."""
    words: list[str] = []
    alone = False
    for word in rjieba.cut(_DATA.sub(SEPARATOR, phrase)):
        single = len(word) == 1 and word.isalpha() and not word.isascii()
        if single and alone:
            words[-1] += word
        else:
            words.append(word)
        alone = single
    return SEPARATOR.join(words) if any(word.strip() for word in words) else phrase


def _matrix(cells: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sparse.csr_matrix:
    """Values by row and column; those of the same cell are added up."""
    lines, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    return sparse.csr_matrix((np.array(values, np.float64), (lines, columns)), shape=shape)


def _at(matrix: sparse.csr_matrix, rows: Rows, columns: Rows) -> Shares:
    """The values of some cells. A few rows at a time are laid out in full, which is ten times as fast as looking up
    cell by cell."""
    found = np.empty(len(rows))
    order = np.argsort(rows, kind="stable")
    step = max(1, _CELLS // max(1, matrix.shape[1]))
    bounds = np.searchsorted(rows[order], np.arange(0, matrix.shape[0] + step, step))
    for start, (first, last) in zip(range(0, matrix.shape[0], step), pairwise(bounds.tolist()), strict=True):
        cells = order[first:last]
        found[cells] = matrix[start : start + step].toarray()[rows[cells] - start, columns[cells]]
    return found


def _blocks(phrases: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(phrases), _BLOCK):
        yield phrases[start : start + _BLOCK]


def _strengths(
    phrases: sparse.csr_matrix, wholes: Shares, units: Units, statistics: TermStatistics, threshold: float
) -> sparse.csr_matrix:
    """(phrases, distinct units): the share of the phrase that the unit holds, nothing below the threshold, less where
    it is little of the unit. ``phrases``: their terms, each its IDF; ``wholes``: what they add up to.

    A phrase's most common terms, up to half the threshold together, cannot make a unit reach it. They are looked at in
    the few units only that the other terms bring near enough (prefix filtering: Chaudhuri, Ganti, Kaushik, ICDE 2006),
    or 数据 alone would drag in half of the library. Shares are rounded, or the noise of binary sums would decide where
    one meets the threshold.
    """
    scaled = sparse.diags_array(1 / np.maximum(wholes, 1e-9)) @ phrases
    rare, common = _parted(scaled, units, threshold / 2)
    near = (rare @ units.by_term).tocoo()
    rest = np.asarray(common.sum(axis=1), np.float64).ravel()
    kept = np.round(near.data + rest[near.row], _DIGITS) >= threshold
    lines, columns = near.row[kept], near.col[kept]
    shares = near.data[kept] + np.asarray(common[lines].multiply(units.terms[columns]).sum(axis=1)).ravel()
    focus = shares * wholes[lines] / np.maximum(units.terms[columns] @ statistics.idf, 1e-9)
    shares = np.round(shares, _DIGITS)
    telling = wholes[lines] / (TELLING * statistics.unseen_idf)
    strengths = np.round(shares**_WHOLE * np.minimum(focus / FOCUS, 1.0) * np.minimum(telling, 1.0), _DIGITS)
    kept = shares >= threshold
    return sparse.csr_matrix((strengths[kept], (lines[kept], columns[kept])), shape=near.shape)


def _parted(phrases: sparse.csr_matrix, units: Units, share: float) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """``phrases`` without, and with only, each one's terms that most units hold, up to ``share`` together."""
    cells = phrases.tocoo()
    order = np.lexsort((-np.diff(units.by_term.indptr)[cells.col], cells.row))
    lines, columns, shares = cells.row[order], cells.col[order], cells.data[order]
    sums = np.cumsum(shares)
    first = np.searchsorted(lines, lines)
    common = sums - (sums[first] - shares[first]) <= share
    rare, rest = (
        sparse.csr_matrix((shares[part], (lines[part], columns[part])), shape=phrases.shape)
        for part in (~common, common)
    )
    return rare, rest


def _best_by_product(strengths: sparse.csr_matrix, units: Units) -> sparse.csr_matrix:
    """(phrases, products): how far the best unit of the product covers the phrase."""
    held = strengths.tocoo()
    lines, columns, values = held.row.astype(np.int64), held.col, held.data
    sayers = units.sayers
    counts = np.diff(sayers.indptr)[columns].astype(np.int64)
    own = ranges(sayers.indptr[columns].astype(np.int64), counts)
    cells = sayers.indices[own]
    lines, values = np.repeat(lines, counts), np.repeat(values, counts) * sayers.data[own]
    shape = (strengths.shape[0], len(units.said))
    if not len(lines):
        return sparse.csr_matrix(shape)
    order = np.lexsort((cells, lines))
    lines, cells, values = lines[order], cells[order], values[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(lines) != 0) | (np.diff(cells) != 0)]))
    return sparse.csr_matrix((np.maximum.reduceat(values, first), (lines[first], cells[first])), shape=shape)
