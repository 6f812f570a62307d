"""A small encoder and a small reranker for tests: texts with the same letters are alike."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scoring.errors import RerankerUnavailableError
from scoring.meaning import Meaning
from scoring.semantic import Embedder


class LetterEncoder:
    """64 dimensions; a letter adds to the one of its code point."""

    name = "letters"

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
        rows = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % 64] += 1
        return rows


def letter_meaning() -> Meaning:
    """A new ``Meaning`` over a new encoder, with nothing embedded yet."""
    return Meaning(Embedder(LetterEncoder()))


class ShareReranker:
    """A text answers a need by the share of the need's different letters that it holds. Fails from the call with number
    ``fails_at`` on; ``asked`` keeps each call's need and texts."""

    name = "share"

    def __init__(self, fails_at: int = 1_000_000) -> None:
        self.fails_at = fails_at
        self.asked: list[tuple[str, list[str]]] = []

    def rerank(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        if len(self.asked) >= self.fails_at:
            raise RerankerUnavailableError("out of order")
        self.asked.append((query, list(texts)))
        wanted = set(query)
        return np.array([round(len(wanted & set(text)) / len(wanted), 4) for text in texts])
