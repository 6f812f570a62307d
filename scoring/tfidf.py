"""TF-IDF over terms: the statistics of a corpus, term matrices and the cosine between two texts.

``(1 + ln tf) · idf``, rows scaled to length one: scikit-learn's TfidfVectorizer with ``sublinear_tf``, to which a test
holds it (Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, §6.4), but for the IDF. That is
BM25's, ``ln((n + 1) / (df + ½))`` (Robertson, Zaragoza, The Probabilistic Relevance Framework, 2009), which leaves next
to nothing to what all texts say: 数据, 平台, 信息. Written out here because importing scikit-learn takes longer than
starting everything else together. Terms that the corpus does not know are left out, of the length too.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

from scoring.errors import IndexFormatError
from scoring.pool import Rows, StringSets, highest
from scoring.tokens import Keys, Terms, key_text

Cosines = npt.NDArray[np.float32]

TermMatrix: TypeAlias = sparse.csr_matrix
"""Rows: texts; columns: terms in the order of ``TermStatistics.keys``; float32, sorted, no duplicates."""

_BLOCK = 1 << 16
"""Texts, or pieces of them, taken apart at a time: bounds the occurrences in memory to some 100 MB."""

_QUANTUM = 2.0**-12
"""Weights are whole multiples of this, so products are multiples of 2^-24 and sums up to 1 are exact in float32: no
order of summation, block or thread changes a cosine. Costs less than 0.0001 of a cosine."""

HEAD = 256
"""How many of the most common terms are left out of the search for candidates in a large library."""

LARGE = 4096
"""From so many products on a library is large: below, every product is looked at with every term."""


class TermCounts:
    """How often each term stands in each normalised text.

    ``vocabulary``: int64 (terms,), ascending. ``matrix``: (texts, vocabulary), float32. ``words``: the text of every
    key that is a word.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.words: dict[int, str] = {}
        blocks = [self._count_block(texts[start : start + _BLOCK]) for start in range(0, len(texts), _BLOCK)]
        vocabularies = [vocabulary for vocabulary, _ in blocks]
        self.vocabulary: Keys = np.unique(np.concatenate(vocabularies)) if blocks else np.empty(0, np.int64)
        shape = (0, len(self.vocabulary))
        self.matrix = sparse.vstack(
            [sparse.csr_matrix(shape, dtype=np.float32), *(self._widened(*block) for block in blocks)], format="csr"
        )

    def summed(self, texts: StringSets) -> "TermCounts":
        """The counts of longer texts, each made of some of those counted here, which ``texts.strings`` names."""
        ones = np.ones(len(texts.ids), np.float32)
        made_of = sparse.csr_matrix((ones, texts.ids, texts.indptr), shape=(len(texts), len(texts.strings)))
        counts = TermCounts([])
        counts.words, counts.vocabulary = self.words, self.vocabulary
        counts.matrix = made_of @ self.matrix
        counts.matrix.sort_indices()
        return counts

    def _count_block(self, texts: Sequence[str]) -> tuple[Keys, sparse.csr_matrix]:
        terms = Terms(texts)
        self.words |= terms.words
        vocabulary, columns = np.unique(terms.keys, return_inverse=True)
        ones = np.ones(len(columns), np.float32)
        places = (terms.rows.astype(np.int32), columns.astype(np.int32))
        return vocabulary, sparse.coo_matrix((ones, places), shape=(len(texts), len(vocabulary))).tocsr()

    def _widened(self, vocabulary: Keys, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        columns = np.searchsorted(self.vocabulary, vocabulary).astype(np.int32)
        shape = (matrix.shape[0], len(self.vocabulary))
        return sparse.csr_matrix((matrix.data, columns[matrix.indices], matrix.indptr), shape=shape)


@dataclass(frozen=True, eq=False)
class TermStatistics:
    """The IDF snapshot: which terms a corpus has and how many of its texts hold each.

    ``keys``: int64 (terms,), ascending. ``document_frequency``: int32 (terms,). ``documents``: the number of texts.
    ``words``: the text of every key that is a word.
    """

    keys: Keys
    document_frequency: npt.NDArray[np.int32]
    documents: int
    words: dict[int, str]

    @classmethod
    def fit(cls, counts: TermCounts) -> Self:
        """Count in how many texts each term stands. The order of the texts does not matter."""
        frequency = np.bincount(counts.matrix.indices, minlength=len(counts.vocabulary))
        used = np.flatnonzero(frequency)
        keys = counts.vocabulary[used]
        words = {int(key): counts.words[int(key)] for key in keys if int(key) in counts.words}
        return cls(keys, frequency[used].astype(np.int32), counts.matrix.shape[0], words)

    @cached_property
    def idf(self) -> npt.NDArray[np.float32]:
        """Inverse document frequency of each term: float32 (terms,)."""
        return np.log((self.documents + 1) / (self.document_frequency + 0.5)).astype(np.float32)

    @property
    def unseen_idf(self) -> float:
        """The IDF of a term that no text of the corpus holds."""
        return float(np.log((self.documents + 1) / 0.5))

    def text_of(self, column: int) -> str:
        """The term in a column as people read it."""
        key = int(self.keys[column])
        return key_text(key) or self.words[key]

    def columns_of(self, keys: Keys) -> npt.NDArray[np.int64]:
        """The column of each key, −1 where the corpus does not know it."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        columns = np.searchsorted(self.keys, keys)
        columns[columns == len(self.keys)] = 0
        return np.where(self.keys[columns] == keys, columns, -1)

    def matrix(self, counts: TermCounts) -> TermMatrix:
        """TF-IDF rows of unit length for the texts counted; a text without a known term gets an empty row."""
        return self.weighted(self.in_columns(counts))

    def weighted(self, frequencies: sparse.csr_matrix) -> TermMatrix:
        """TF-IDF rows of unit length from the ``frequencies`` of known terms, in the order of ``keys``: ½ or more each,
        for below 1/e a weight would not be positive."""
        weights = (1 + np.log(frequencies.data)) * self.idf[frequencies.indices]
        rows = np.repeat(np.arange(frequencies.shape[0]), np.diff(frequencies.indptr))
        lengths = np.sqrt(np.bincount(rows, weights=weights.astype(np.float64) ** 2, minlength=frequencies.shape[0]))
        data = (np.rint(weights / lengths[rows] / _QUANTUM) * _QUANTUM).astype(np.float32)
        return sparse.csr_matrix((data, frequencies.indices, frequencies.indptr), shape=frequencies.shape)

    def in_columns(self, counts: TermCounts) -> sparse.csr_matrix:
        """The counts of the terms known here, in the order of ``keys``."""
        columns = self.columns_of(counts.vocabulary)
        kept = np.flatnonzero(columns >= 0)
        known = counts.matrix[:, kept] if len(kept) < len(columns) else counts.matrix
        parts = (known.data, columns[kept][known.indices].astype(np.int32), known.indptr)
        matrix = sparse.csr_matrix(parts, shape=(known.shape[0], len(self.keys)), copy=True)
        matrix.sort_indices()
        return matrix

    def to_bytes(self) -> bytes:
        """The snapshot, compressed; equal snapshots give equal bytes."""
        words = json.dumps(list(self.words.items()), ensure_ascii=False, separators=(",", ":")).encode()
        head = json.dumps({"documents": self.documents, "terms": len(self.keys), "words": len(words)}).encode()
        body = self.keys.astype("<i8").tobytes() + self.document_frequency.astype("<i4").tobytes() + words
        return zlib.compress(head + b"\n" + body, 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what ``to_bytes`` wrote; IndexFormatError where it is something else."""
        try:
            head, body = zlib.decompress(data).split(b"\n", 1)
            sizes: dict[str, Any] = json.loads(head)
            split = sizes["terms"] * 8
            end = split + sizes["terms"] * 4
            keys = np.frombuffer(body[:split], "<i8").astype(np.int64)
            frequency = np.frombuffer(body[split:end], "<i4").astype(np.int32)
            words = {int(key): str(word) for key, word in json.loads(body[end:])}
        except (zlib.error, ValueError, KeyError) as error:
            raise IndexFormatError("not a snapshot of term statistics") from error
        return cls(keys, frequency, sizes["documents"], words)


class Nearest:
    """Finds the products nearest to a need in text.

    The most common terms make up most of the work and little of the cosine. In a large library candidates are therefore
    found by the other terms, the tail, and the common ones, the head, are added for those only, from a dense table. The
    cosine of a candidate is exact; few of the exact 20 nearest go unseen (``make bench`` counts those that are found).
    """

    def __init__(self, products: TermMatrix, statistics: TermStatistics, head: int | None = None) -> None:
        """Prepare for ``products``; ``head``: how many common terms to set apart, HEAD in a large library if not
        given."""
        if head is None:
            head = HEAD if products.shape[0] >= LARGE else 0
        order = np.argsort(-statistics.document_frequency.astype(np.int64), kind="stable")
        self._head = np.sort(order[:head])
        tail = np.ones(products.shape[1], bool)
        tail[self._head] = False
        self._tail = np.flatnonzero(tail)
        self._inverted = (products[:, self._tail] if len(self._head) else products).T.tocsr()
        self._common = products[:, self._head].toarray()

    def candidates(self, needs: TermMatrix, top: int, threads: int) -> tuple[Rows, Rows, Cosines]:
        """The ``top`` products of highest cosine for every need: parallel arrays of need (ascending), product, cosine.

        Of equal ones, as far as the tail tells, the lower product comes in. Pairs that share no term of the tail are
        left out.
        """
        tail = needs[:, self._tail] if len(self._head) else needs
        rows, columns, cosines = _best(tail, self._inverted, top, threads)
        if len(self._head):
            common = needs[:, self._head].toarray()
            bounds = np.searchsorted(rows, np.arange(needs.shape[0] + 1))
            for need, (start, end) in enumerate(pairwise(bounds.tolist())):
                cosines[start:end] += self._common[columns[start:end]] @ common[need]
        return rows, columns, cosines


def _best(needs: TermMatrix, inverted: TermMatrix, top: int, threads: int) -> tuple[Rows, Rows, Cosines]:
    """The ``top`` columns of highest product for every row; one more is asked for, to see where equal ones are cut."""
    rows, columns, cosines, place = _sorted_best(needs, inverted, top + 1, threads)
    beyond = np.flatnonzero(place == top)
    tied = rows[beyond[cosines[beyond] == cosines[beyond - 1]]]
    kept = (place < top) & ~np.isin(rows, tied) if len(tied) else place < top
    rows, columns, cosines = rows[kept], columns[kept], cosines[kept]
    if not len(tied):
        return rows, columns, cosines
    again, beside, their, _ = _sorted_best(needs[tied], inverted, inverted.shape[1], threads)
    order = highest(again, beside, their, top)
    rows = np.concatenate([rows, tied[again[order]]])
    columns, cosines = np.concatenate([columns, beside[order]]), np.concatenate([cosines, their[order]])
    order = np.argsort(rows, kind="stable")
    return rows[order], columns[order], cosines[order]


def _sorted_best(needs: TermMatrix, inverted: TermMatrix, top: int, threads: int) -> tuple[Rows, Rows, Cosines, Rows]:
    """Rows, columns, products and each one's place (from 0) in its row; equal products in any order."""
    top = max(1, min(top, inverted.shape[1]))
    best = sp_matmul_topn(needs, inverted, top_n=top, threshold=0.0, sort=True, n_threads=threads)
    rows = np.repeat(np.arange(best.shape[0]), np.diff(best.indptr))
    return rows, best.indices.astype(np.int64), best.data, np.arange(best.nnz) - best.indptr[rows]
