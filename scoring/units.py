"""The units of a collection of products: the strings, normalised, in which each says what it has."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scoring.pool import Rows, StringSets, ranges
from scoring.tfidf import TermCounts, TermStatistics
from scoring.tokens import is_pair, is_single

UNDECLARED = 0.4
"""What a tag or a clause of the text counts where the title or a declared element would count 1: it often says what the
data is good for, not what they are."""


@dataclass(frozen=True, eq=False)
class Units:
    """Which product says what, and each unit's terms.

    ``said``: product → units. ``declared``: int64 (products,), how many of a product's first units are its title and
    its elements. ``terms``: (distinct units, terms of the statistics), 1 where the unit holds the term.
    """

    said: StringSets
    declared: Rows
    terms: sparse.csr_matrix

    @classmethod
    def counted(cls, said: StringSets, declared: Rows, counts: TermCounts, statistics: TermStatistics) -> Self:
        """The units ``said``, whose terms have been counted."""
        return cls(said, declared, incidence(counts, statistics)[0])

    @cached_property
    def by_term(self) -> sparse.csr_matrix:
        """``terms`` transposed: for every term the units that hold it."""
        return self.terms.T.tocsr()

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each distinct unit stands."""
        return {string: place for place, string in enumerate(self.said.strings)}

    @cached_property
    def weights(self) -> npt.NDArray[np.float32]:
        """What each of ``said.ids`` counts: 1 where the product declares the unit, else UNDECLARED."""
        places = ranges(np.zeros(len(self.said), np.int64), self.said.lengths)
        declared = places < np.repeat(self.declared, self.said.lengths)
        return np.where(declared, 1, UNDECLARED).astype(np.float32)

    @cached_property
    def sayers(self) -> sparse.csr_matrix:
        """(distinct units, products): who says a unit, and what it counts there."""
        shape = (len(self.said), len(self.said.strings))
        return sparse.csr_matrix((self.weights, self.said.ids, self.said.indptr), shape=shape).T.tocsr()

    def take(self, rows: Rows) -> Self:
        """Only these products."""
        said, used = self.said.pick(rows)
        return type(self)(said, self.declared[rows], self.terms[used])

    def join(self, other: Self) -> Self:
        """The products of both, these first."""
        said = self.said.join(other.said)
        mine = set(self.said.strings)
        new = [i for i, string in enumerate(other.said.strings) if string not in mine]
        terms = sparse.vstack([self.terms, other.terms[new]], format="csr")
        return type(self)(said, np.concatenate([self.declared, other.declared]), terms)


def incidence(
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
