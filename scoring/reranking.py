"""A reranker at work: the first pairs of each need are read by it as a whole, which no vector can.

What it says of a pair becomes a part of that pair's meaning (``scoring.ranking.with_reranked``).
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from scoring.errors import RerankerUnavailableError
from scoring.semantic import Reranker, digest_of

FIRST = 50
"""Pairs of each need that are read: one request to a server. A model on a CPU takes some seconds for so many."""

_TRIAL = "数据"


class Reranking:
    """A reranker for one piece of work. Once it has failed it is left alone: the rest goes without.

    ``needs``, ``pairs``: how many it has read so far. ``failure``: why it was left alone, None while it works. What it
    said is remembered (some 200 bytes a pair), so the same two texts are never sent twice.
    """

    def __init__(self, reranker: Reranker, report: Callable[[int], None] = lambda _needs: None) -> None:
        """``report`` is told how many needs have been read, after each."""
        self.name = reranker.name
        self.needs = 0
        self.pairs = 0
        self.failure: RerankerUnavailableError | None = None
        self._reranker = reranker
        self._report = report
        self._said: dict[bytes, float] = {}

    def scores(self, need: str, products: Sequence[str]) -> npt.NDArray[np.float64] | None:
        """How well each product's text answers the need's: (products,), 0 to 1; None once the reranker has failed."""
        if self.failure:
            return None
        asked = digest_of(need)
        keys = [asked + digest_of(text) for text in products]
        new = {key: text for key, text in zip(keys, products, strict=True) if key not in self._said}
        try:
            found = self._reranker.rerank(need, list(new.values())) if new else np.empty(0)
        except RerankerUnavailableError as error:
            self.failure = error
            return None
        self._said |= dict(zip(new, found.tolist(), strict=True))
        self.pairs += len(new)
        self.needs += 1
        self._report(self.needs)
        return np.array([self._said[key] for key in keys], np.float64)

    def answers(self) -> bool:
        """Whether the reranker answers now; if not, it is left alone."""
        try:
            self._reranker.rerank(_TRIAL, [_TRIAL])
        except RerankerUnavailableError as error:
            self.failure = error
        return self.failure is None
