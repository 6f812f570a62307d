"""From values of parts to a score in hundredths of a point, and the words behind it.

The total is ``Σ wₚvₚ / Σ wₚ`` over the parts p that are known for a pair: a part on which a side says nothing drops
out and its weight goes to the others, so the unknown is neutral. One rising curve makes a score of it, and each part
gets its share of the score in proportion to its share of the total. Points are handed out by largest remainders
(Hamilton's method), so that they add up to the score exactly.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Points = npt.NDArray[np.int32]

HUNDRED = 10_000
"""A full score in hundredths of a point."""

_DIGITS = 12
"""To which totals are rounded: equal parts must tie whatever the last bit of their sum."""


def blend(values: Values, weights: Values, slope: float, offset: float) -> tuple[Values, Points, Points]:
    """Totals (pairs,), scores (pairs,) and points (pairs, parts), scores and points in hundredths, from values 0–1 and
    weights ≥ 0, both (pairs, parts).

    A value of NaN is unknown and counts with weight 0. Where nothing is known the score is 0. ``slope`` and ``offset``:
    see ``calibrated``.
    """
    known = ~np.isnan(values)
    share = np.where(known, weights, 0.0)
    whole = share.sum(axis=1, keepdims=True)
    parts = np.divide(share * np.where(known, values, 0.0), whole, out=np.zeros_like(share), where=whole > 0)
    totals = np.round(parts.sum(axis=1), _DIGITS)
    exact = (
        parts
        * np.divide(calibrated(totals, slope, offset) * HUNDRED, totals, out=np.zeros_like(totals), where=totals > 0)[
            :, None
        ]
    )
    scores = np.rint(exact.sum(axis=1)).astype(np.int32)
    points = np.floor(exact).astype(np.int32)
    left = scores - points.sum(axis=1)
    order = np.argsort(points - exact, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(values.shape[1])[None, :], axis=1)
    return totals, scores, points + (place < left[:, None]).astype(np.int32)


def calibrated(totals: Values, slope: float, offset: float) -> Values:
    """The chance that a broker grades a pair 2 or 3, from the total of its parts, both 0–1: a logistic curve (Platt,
    Advances in Large Margin Classifiers, 1999) over the total's square, moved so that nothing in common gives 0. The
    square tells the chances of high totals better, and low ones, of which nearly all pairs consist, as well.

    Strictly rising, so that it never changes a ranking. A ``slope`` of 0 stands for no calibration.
    """
    if not slope:
        return totals
    none = 1 / (1 + np.exp(-offset))
    return np.asarray((1 / (1 + np.exp(-(slope * totals**2 + offset))) - none) / (1 - none), np.float64)


def split(points: int, shares: Values) -> list[int]:
    """``points`` handed out in proportion to ``shares`` ≥ 0, by largest remainders; the list adds up to ``points``."""
    total = float(shares.sum())
    if not points or total <= 0:
        return [0] * len(shares)
    exact = shares * points / total
    whole = np.floor(exact).astype(np.int64)
    for place in np.argsort(whole - exact, kind="stable")[: points - int(whole.sum())]:
        whole[place] += 1
    return [int(share) for share in whole]


@dataclass(frozen=True, slots=True)
class Part:
    """One signal of a score. ``value`` 0–1 (None: unknown), ``points`` in hundredths, ``weight`` as set; ``details``:
    its words."""

    part: str
    weight: float
    value: float | None
    points: int
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Why a pair has its score. ``score`` in hundredths of a point, equal to the sum of the parts' points."""

    score: int
    fingerprint: str
    parts: tuple[Part, ...]

    def to_json(self) -> dict[str, Any]:
        """As stored and given to clients; every part's details stand beside its figures."""
        parts = [
            {
                "part": part.part,
                "weight": part.weight,
                "value": part.value,
                "points": part.points,
                "known": part.value is not None,
                **part.details,
            }
            for part in self.parts
        ]
        return {"score": self.score, "fingerprint": self.fingerprint, "parts": parts}
