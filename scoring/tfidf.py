"""TF-IDF over terms: the statistics of a corpus, term matrices and the cosine between two texts.

Counts become weights through scikit-learn's TfidfTransformer: ``(1 + ln tf) · idf`` with ``idf = ln((1 + n) / (1 +
df)) + 1``, rows scaled to length one (Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, §6.4:
lnc/ltc family). Terms that the corpus does not know are left out, of the length too.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sparse_dot_topn import sp_matmul_topn

from scoring.errors import IndexFormatError
from scoring.tokens import Keys, Terms, key_text

TermMatrix: TypeAlias = sparse.csr_matrix
"""Rows: texts; columns: terms in the order of ``TermStatistics.keys``; float32, sorted, no duplicates."""

_BLOCK = 8192
"""Texts handled at a time: bounds the occurrences in memory to some 60 MB."""


class TermCounts:
    """How often each term stands in each normalised text, counted once and used for statistics and matrix alike.

    ``blocks``: for every 8192 texts their vocabulary (int64, ascending) and a matrix of counts (texts, vocabulary),
    float32. ``words``: the text of every key that is a word.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.blocks: list[tuple[Keys, sparse.csr_matrix]] = []
        self.words: dict[int, str] = {}
        for start in range(0, len(texts), _BLOCK):
            block = texts[start : start + _BLOCK]
            terms = Terms(block)
            self.words |= terms.words
            vocabulary, columns = np.unique(terms.keys, return_inverse=True)
            self.blocks.append((vocabulary, _count(terms.rows, columns, (len(block), len(vocabulary)))))


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
        keys, frequency, documents = np.empty(0, np.int64), np.empty(0, np.int64), 0
        for vocabulary, matrix in counts.blocks:
            merged = np.union1d(keys, vocabulary)
            total = np.zeros(len(merged), np.int64)
            total[np.searchsorted(merged, keys)] += frequency
            total[np.searchsorted(merged, vocabulary)] += np.bincount(matrix.indices, minlength=len(vocabulary))
            keys, frequency, documents = merged, total, documents + matrix.shape[0]
        return cls(keys, frequency.astype(np.int32), documents, dict(sorted(counts.words.items())))

    @cached_property
    def transformer(self) -> TfidfTransformer:
        """scikit-learn's transformer, given this snapshot instead of being fitted."""
        transformer = TfidfTransformer(sublinear_tf=True)
        transformer.idf_ = self.idf
        return transformer

    @cached_property
    def idf(self) -> npt.NDArray[np.float32]:
        """Inverse document frequency of each term: float32 (terms,)."""
        return (np.log((1 + self.documents) / (1 + self.document_frequency.astype(np.float64))) + 1).astype(np.float32)

    @property
    def unseen_idf(self) -> float:
        """The IDF of a term that no text of the corpus holds."""
        return float(np.log(1 + self.documents) + 1)

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
        blocks = [self._weigh(vocabulary, matrix) for vocabulary, matrix in counts.blocks]
        if not blocks:
            return sparse.csr_matrix((0, len(self.keys)), dtype=np.float32)
        return sparse.vstack(blocks, format="csr", dtype=np.float32)

    def _weigh(self, vocabulary: Keys, counts: sparse.csr_matrix) -> TermMatrix:
        columns = self.columns_of(vocabulary)
        kept = np.flatnonzero(columns >= 0)
        known = counts[:, kept] if len(kept) < len(vocabulary) else counts
        moved = sparse.csr_matrix(
            (known.data, columns[kept][known.indices].astype(np.int32), known.indptr),
            shape=(counts.shape[0], len(self.keys)),
            copy=True,
        )
        if not moved.nnz:
            return moved
        return sparse.csr_matrix(self.transformer.transform(moved, copy=False), dtype=np.float32)

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


def candidates(
    needs: TermMatrix, inverted: TermMatrix, top: int, threads: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The ``top`` products of highest cosine for every need, exactly: parallel arrays of need, product and cosine.

    ``inverted`` is the product matrix transposed, one row a term. Pairs that share no term are left out. Sums run over
    a need's terms in order, in float32, so a pair's cosine does not depend on which other pairs are asked for.
    """
    best = sp_matmul_topn(needs, inverted, top_n=top, threshold=0.0, sort=False, n_threads=threads)
    rows = np.repeat(np.arange(best.shape[0]), np.diff(best.indptr))
    return rows, best.indices.astype(np.int64), best.data


def _count(rows: Keys, columns: Keys, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Occurrences summed into a matrix of counts, float32, indices sorted."""
    ones = np.ones(len(rows), np.float32)
    matrix = sparse.coo_matrix((ones, (rows.astype(np.int32), columns.astype(np.int32))), shape=shape).tocsr()
    matrix.sort_indices()
    return matrix
