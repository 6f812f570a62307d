"""Weights learnt from judged pairs, and the curve that makes their total a chance.

The blend stays what it is, a weighted mean of the parts that are known; only its few weights are fitted, so that some
hundred needs are enough. They minimise a listwise cross-entropy (ListNet: Cao et al., ICML 2007) between the graded
gains 2^g − 1 and the softmax of the totals over each need's hard candidates, held near the present weights. Straight
regression on all pairs learns to tell the obvious negatives, of which nearly all consist. The curve is a logistic
regression of "grade 2 or 3" on the square of the total.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.breakdown import Values, calibrated
from scoring.candidates import candidates, united
from scoring.errors import WeightsError
from scoring.evaluation import RELEVANT, Grades
from scoring.index import Index
from scoring.pool import Rows, highest
from scoring.ranking import PairScores, score_pairs
from scoring.weights import FACETS, PARTS, Weights

HARD = 60
"""Candidates of each need that are learnt from, besides the graded ones: the best by the present weights."""

FOLDS = 5

LEAST = {"text": 0.05, "meaning": 0.0, "tags": 0.04, "elements": 0.06, "facets": 0.5, "trust": 0.01}
"""Below this no weight is learnt: few judged needs have tags or elements, real ones do. ``facets`` and its entry count
as a multiple of the present weights of all facets."""

_PULL = 0.05
"""How strongly the present weights hold: chosen by cross-validation among 0.01, 0.05 and 0.2."""

_STEEPEST = 100.0
"""Slope and offset at most: pairs that a total tells apart without fail would make a step of the curve."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Pairs of judged needs to learn from, as parallel arrays.

    ``needs``: each pair's need by name. ``values`` (pairs, parts): NaN unknown. ``factors`` (pairs, parts): what a
    part's weight is multiplied with, the sum of the known facets' weights for facets and else 1. ``grades``: 0–3.
    """

    needs: npt.NDArray[np.str_]
    values: Values
    factors: Values
    grades: npt.NDArray[np.int64]

    @classmethod
    def of(cls, needs: Index, products: Index, weights: Weights, judgments: Mapping[str, Grades]) -> "Sample":
        """The hard candidates and the graded pairs of every need that has a positive grade."""
        asking = [row for row, need in enumerate(needs.profiles) if any(judgments.get(need.id, {}).values())]
        part = needs.take(np.array(asking, np.int64))
        lines, cells, given = judged_pairs(part, products, judgments)
        judged, good = lines * len(products) + cells, given > 0
        found = united(candidates(part, products, weights.candidates), part, products, lines[good], cells[good])
        scored = score_pairs(part, products, *found, weights)
        pairs = scored.rows * len(products) + scored.columns
        grades = np.zeros(len(pairs), np.int64)
        _, here, there = np.intersect1d(pairs, judged, assume_unique=True, return_indices=True)
        grades[here] = given[there]
        wanted = grades > 0
        wanted[highest(scored.rows, scored.columns, scored.totals, HARD)] = True
        return cls._scored(part, scored, grades, wanted)

    @classmethod
    def of_judged(cls, needs: Index, products: Index, weights: Weights, judgments: Mapping[str, Grades]) -> "Sample":
        """The judged pairs alone: what has no judgment is no example of anything."""
        rows, columns, grades = judged_pairs(needs, products, judgments)
        scored = score_pairs(needs, products, rows, columns, products.cosines(needs, rows, columns), weights)
        return cls._scored(needs, scored, grades, np.ones(len(rows), np.bool_))

    @classmethod
    def _scored(
        cls, needs: Index, scored: PairScores, grades: npt.NDArray[np.int64], wanted: npt.NDArray[np.bool_]
    ) -> "Sample":
        """The wanted pairs that no hard rule keeps apart, of needs that have a positive grade among them."""
        kept = np.flatnonzero(wanted & (scored.excluded < 0))
        kept = kept[np.isin(scored.rows[kept], scored.rows[kept][grades[kept] > 0])]
        names = np.array([needs.profiles[row].id for row in scored.rows[kept]], np.str_)
        factors = np.ones_like(scored.values)
        facets = PARTS.index("facets")
        factors[:, facets] = scored.weights[:, facets]
        return cls(names, scored.values[kept], factors[kept], grades[kept])

    def take(self, needs: Sequence[str]) -> "Sample":
        """Only these needs' pairs."""
        kept = np.isin(self.needs, list(needs))
        return Sample(self.needs[kept], self.values[kept], self.factors[kept], self.grades[kept])

    def totals(self, weights: Weights, present: Weights) -> Values:
        """What each pair's parts come to with ``weights``; ``present``: those that the sample was drawn with."""
        return _blend(self, _vector(weights, present))[0]


def joined(samples: Sequence[Sample]) -> Sample:
    """All of them as one. The same need judged in two libraries stays two lists."""
    return Sample(
        np.concatenate([np.char.add(f"{place}:", sample.needs) for place, sample in enumerate(samples)]),
        *(np.concatenate([getattr(sample, name) for sample in samples]) for name in ("values", "factors", "grades")),
    )


def fit(sample: Sample, present: Weights) -> Weights:
    """The weights and the curve that suit ``sample`` best. Raises WeightsError where nothing in it is graded."""
    from scipy.optimize import minimize  # slow to load
    from threadpoolctl import threadpool_limits

    if not (sample.grades >= RELEVANT).any():
        raise WeightsError("no pair is graded 2 or 3: nothing to learn from")
    start = _vector(present, present)
    bounds = [(LEAST[part], None) for part in PARTS]
    with threadpool_limits(1, "blas"):  # over so few weights threads wait for one another: ten times slower
        found = minimize(
            _loss,
            np.append(start, np.log(8.0)),
            args=(sample, start),
            jac=True,
            method="L-BFGS-B",
            bounds=[*bounds, (0, 5)],
        )
        weights = _weights(found.x[:-1] / _whole(found.x[:-1], present), present)
        slope, offset = fit_curve(sample.totals(weights, present), sample.grades)
    return replace(weights, slope=slope, offset=offset)


def fit_curve(totals: Values, grades: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Slope and offset of ``breakdown.calibrated``."""
    from sklearn.linear_model import LogisticRegression  # takes two seconds to load

    model = LogisticRegression(C=1e6, max_iter=1000).fit(totals[:, None] ** 2, grades >= RELEVANT)
    slope, offset = float(model.coef_[0, 0]), float(model.intercept_[0])
    flatter = min(1.0, _STEEPEST / abs(slope or 1.0), _STEEPEST / abs(offset or 1.0))
    return round(max(slope * flatter, 0.01), 4), round(offset * flatter, 4)


def folds(needs: Sequence[str], seed: int = 0) -> Iterator[tuple[list[str], list[str]]]:
    """Needs to learn from and needs to test on, ``FOLDS`` times; every need is tested on once."""
    order = np.random.default_rng(seed).permutation(sorted(needs))
    for fold in range(FOLDS):
        held = order[fold::FOLDS].tolist()
        yield [need for need in order.tolist() if need not in set(held)], held


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well scores tell chances. ``error``: expected calibration error, the mean gap between score and share of
    pairs graded 2 or 3, weighted by pairs (Naeini, Cooper, Hauskrecht, AAAI 2015). ``bins``: ``(mean score, share,
    pairs)`` of each tenth that has any."""

    error: float
    bins: tuple[tuple[float, float, int], ...]

    def to_json(self) -> dict[str, Any]:
        """As reported."""
        return {"ece": self.error, "bins": [list(one) for one in self.bins]}


def reliability(scores: Values, grades: npt.NDArray[np.int64]) -> Reliability:
    """Compare scores 0–1 with grades in ten bins of equal width."""
    tenth = np.minimum((scores * 10).astype(np.int64), 9)
    bins = []
    for number in range(10):
        inside = tenth == number
        if inside.any():
            bins.append((float(scores[inside].mean()), float((grades[inside] >= RELEVANT).mean()), int(inside.sum())))
    error = sum(abs(score - share) * pairs for score, share, pairs in bins) / max(1, len(scores))
    return Reliability(error, tuple(bins))


def chances(sample: Sample, weights: Weights, present: Weights) -> Values:
    """The score 0–1 of each pair of the sample."""
    return calibrated(sample.totals(weights, present), weights.slope, weights.offset)


def judged_pairs(
    needs: Index, products: Index, judgments: Mapping[str, Grades]
) -> tuple[Rows, Rows, npt.NDArray[np.int64]]:
    """Rows, columns and grades of all judged pairs that are in both indexes, by need and product."""
    pairs = sorted(
        (needs.rows[need], products.rows[product], grade)
        for need, grades in judgments.items()
        if need in needs.rows
        for product, grade in grades.items()
        if product in products.rows
    )
    rows, columns, grades = np.array(pairs, np.int64).reshape(-1, 3).T
    return rows, columns, grades


def _blend(sample: Sample, weights: Values) -> tuple[Values, Values, Values]:
    """Totals, each part's share of the weight and the values, 0 for unknown."""
    known = ~np.isnan(sample.values)
    values = np.where(known, sample.values, 0.0)
    share = np.where(known, sample.factors, 0.0)
    whole = (share * weights).sum(axis=1)
    return (share * weights * values).sum(axis=1) / whole, share / whole[:, None], values


def _loss(point: Values, sample: Sample, start: Values) -> tuple[float, Values]:
    """Cross-entropy and its gradient over the weights and the log of the softmax's sharpness."""
    weights, sharpness = point[:-1], float(np.exp(point[-1]))
    totals, share, values = _blend(sample, weights)
    _, first, need = np.unique(sample.needs, return_index=True, return_inverse=True)
    count = len(first)
    gains = 2.0**sample.grades - 1
    wanted = gains / np.bincount(need, gains, count)[need]
    logits = sharpness * totals
    powers = np.exp(logits - sharpness)
    sums = np.bincount(need, powers, count)
    loss = -(wanted * (logits - sharpness - np.log(sums)[need])).sum() / count
    slack = (powers / sums[need] - wanted) / count
    gradient = sharpness * (slack[:, None] * share * (values - totals[:, None])).sum(axis=0)
    scale = np.maximum(start, 0.05)
    away = (weights - start) / scale
    return (
        float(loss + _PULL * (away @ away)),
        np.append(gradient + 2 * _PULL * away / scale, (slack * logits).sum()),
    )


def _whole(vector: Values, present: Weights) -> float:
    """What weights are measured by: text and meaning together make 1, unless another one would exceed it."""
    known = dict(zip(PARTS, vector.tolist(), strict=True))
    known["facets"] *= max(present.facets.values())
    return float(max(known["text"] + known["meaning"], *known.values()))


def _vector(weights: Weights, present: Weights) -> Values:
    facets = sum(weights.facets.values()) / (sum(present.facets.values()) or 1.0)
    return np.array([facets if part == "facets" else getattr(weights, part) for part in PARTS])


def _weights(vector: Values, present: Weights) -> Weights:
    found: dict[str, Any] = {part: round(float(value), 4) for part, value in zip(PARTS, vector, strict=True)}
    factor = found.pop("facets")
    return replace(present, **found, facets={name: round(present.facets[name] * factor, 4) for name in FACETS})
