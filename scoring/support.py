"""Whether a product is about the same matter as a need: what gives a word in both the same meaning.

Of all that a need says, by weight, some stands in any listing by chance; how much is known from the statistics. What
counts is the share that stands in this one beyond that, less two standard errors of it. Unlike a cosine it never falls
when a listing says more.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from scoring.index import Index
from scoring.pool import Rows, ranges
from scoring.tfidf import TermMatrix

ENOUGH = 0.13
"""From this share on, beyond chance and error, a product is about the matter of the need. Those that brokers call good
for a need of the library reach 0.1 to 0.4, others seldom 0.1."""

_ERRORS = 2
"""Standard errors taken off: what two of a dozen words have in common may well be chance."""

_UNKNOWN = 20
"""Texts without any of its words that stand beside every library: in one of two listings, half of all words are in
each, and that says nothing of chance."""

_TERSE = 20
"""A need of so many terms leaves half of the room for doubt that a long one does: a clause or two."""

LEAST = 0.1
"""The support of a product that has no more in common with a need than chance gives it: what it says still counts."""


def support(texts: TermMatrix, products: Index, rows: Rows, columns: Rows) -> npt.NDArray[np.float64]:
    """How far product ``columns[k]`` is about the matter of the text ``rows[k]``: (pairs,), LEAST to 1.

    ``texts``: unit rows under the products' statistics.
    """
    shares = texts.multiply(texts).tocsr()
    statistics = products.statistics
    chance = shares @ (statistics.document_frequency / (statistics.documents + _UNKNOWN))
    beyond = np.clip(_said(shares, products.terms, rows, columns) - chance[rows], 0.0, 1.0)
    error = np.sqrt(beyond * (1 - beyond) / np.maximum(np.diff(texts.indptr)[rows], 1))
    # Where this is above 0 it rises with what is said, so to say more never costs support.
    return np.asarray(np.clip((beyond - _ERRORS * error) / ENOUGH, LEAST, 1.0), np.float64)


def benefit_of_doubt(texts: TermMatrix) -> npt.NDArray[np.float64]:
    """The least support of a product that declares letter for letter what is asked, for each of ``texts``: (rows,). The
    less else a need says, the less there is to doubt it by."""
    return np.asarray(_TERSE / (_TERSE + np.diff(texts.indptr)), np.float64)


def _said(shares: TermMatrix, terms: TermMatrix, rows: Rows, columns: Rows) -> npt.NDArray[np.float64]:
    """The share of each text that stands in the product. Exact: squared weights are multiples of 2⁻²⁴.

    Text by text, because the words of one fit into the processor's cache.
    """
    found = np.zeros(len(rows))
    order = np.argsort(rows, kind="stable")
    asked, first = np.unique(rows[order], return_index=True)
    starts, lengths = terms.indptr[columns].astype(np.int64), np.diff(terms.indptr)[columns].astype(np.int64)
    table = np.zeros(terms.shape[1], np.float32)
    for text, (start, end) in zip(asked.tolist(), pairwise([*first.tolist(), len(rows)]), strict=True):
        own = slice(shares.indptr[text], shares.indptr[text + 1])
        table[shares.indices[own]] = shares.data[own]
        pairs = order[start:end]
        pairs = pairs[lengths[pairs] > 0]
        if len(pairs):
            places = np.cumsum(lengths[pairs]) - lengths[pairs]
            held = table[terms.indices[ranges(starts[pairs], lengths[pairs])]]
            found[pairs] = np.add.reduceat(held, places, dtype=np.float64)
        table[shares.indices[own]] = 0
    return found
