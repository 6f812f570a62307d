"""What of a profile is embedded, and how like two vectors are on a scale from 0 to 1."""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scoring.pool import Rows
from scoring.probes import PROBES
from scoring.profile import NeedProfile, Profile
from scoring.semantic import Embedder, Vectors
from scoring.tokens import normalise_all

_PAIRS = 512
"""Pairs compared at a time: some 4 MB of vectors, which stay in the processor's cache (twice as fast as 8,192)."""

_SENTENCE = re.compile(r"([^。！？!?；;\n]*)([。！？!?；;\n]?)[。！？!?；;\n]*")


class Meaning:
    """An embedder and the scale of its cosines, which no two encoders share.

    ``scale``: the cosines that stand for 0 and for 1, measured on ``PROBES``, so that a weight means the same whatever
    the encoder.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    @property
    def name(self) -> str:
        """The encoder's name."""
        return self.embedder.name

    @cached_property
    def scale(self) -> tuple[float, float]:
        """``low`` and ``full``: the lowest cosine of unlike and the highest of like texts among the probes, to four
        digits. Nearer to each other, they would cut off what tells pairs apart."""
        left, right = zip(*PROBES, strict=True)
        cosines = self.embedder.vectors(left, asking=True) @ self.embedder.vectors(right).T
        low = float(cosines[~np.eye(len(cosines), dtype=bool)].min())
        full = float(np.diag(cosines).max())
        return round(low, 4), round(max(full, low + 0.01), 4)

    def vectors(
        self, profiles: Sequence[Profile], report: Callable[[int, int], None] = lambda _done, _total: None
    ) -> Vectors:
        """One row a profile, all of them needs or all of them products. Raises EncoderUnavailableError."""
        texts = normalise_all([said(profile) for profile in profiles])
        asking = any(isinstance(profile, NeedProfile) for profile in profiles)
        return self.embedder.vectors(texts, report, asking=asking)

    def likeness(self, cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Cosines on the scale from 0 (unlike) to 1 (like)."""
        low, full = self.scale
        return np.clip((cosines.astype(np.float64) - low) / (full - low), 0.0, 1.0)


def said(profile: Profile) -> str:
    """All that a profile says, as one text; a sentence that it repeats counts once."""
    ends: dict[str, str] = {}
    for sentence, end in _SENTENCE.findall(profile.text):
        ends.setdefault(sentence.strip(), end)
    text = "".join(sentence + end for sentence, end in ends.items())
    elements = "、".join(
        f"{element.name}：{'、'.join(element.items)}" if element.items else element.name for element in profile.elements
    )
    return "。".join(piece for piece in (profile.title, text, elements, "、".join(profile.tags)) if piece)


def cosines_of(needs: Vectors, products: Vectors, rows: Rows, columns: Rows) -> npt.NDArray[np.float32]:
    """The cosine of each pair: (pairs,). Exact, because vectors are rounded (scoring.semantic.Vectors)."""
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _PAIRS):
        part = slice(start, start + _PAIRS)
        found[part] = np.einsum("pd,pd->p", needs[rows[part]], products[columns[part]])
    return found
