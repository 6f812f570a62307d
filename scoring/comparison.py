"""Whether weights learnt anew are better than the present ones: both rank needs that nothing was learnt from.

The new ones are learnt five times on four fifths of the needs and rank the fifth that is left, for several divisions.
A need that is judged in several libraries falls into one fold everywhere. The present weights may have been learnt on
these very needs, which flatters them: the comparison errs towards leaving things as they are.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from scoring.errors import LearningRefusedError
from scoring.evaluation import RELEVANT
from scoring.judged import Judged
from scoring.learning import FOLDS, Reliability, Sample, chances, fit, folds, joined, reliability
from scoring.weights import Weights

SEEDS = 3
"""Divisions into folds; the figures are means over them."""

LEAST_NEEDS = 30
"""Needs with a pair graded 2 or 3 and one graded lower, below which nothing is learnt: four fifths of them must be
enough for half a dozen weights and a curve."""

LEAST_GROUP = 10
"""Needs of a group from which on it may veto; the mean of fewer moves by more than ``MOST_FALL`` with one of them."""

MOST_FALL = 0.01
"""Of nDCG@10, that a group may lose."""

MOST_ERROR = 0.05
"""Expected calibration error up to which scores count as chances."""

_ONE_SIDED = 1.645
"""Of the normal distribution, for a confidence of 95 %. The paired t-test agrees with randomisation on measures like
this one (Smucker, Allan, Carterette, CIKM 2007)."""


class Rule(StrEnum):
    """What keeps learnt weights from being put to work, in the order in which it is looked at."""

    FEW_NEEDS = "few-needs"
    NO_GAIN = "no-gain"
    GROUP_FALLS = "group-falls"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Mean nDCG@10 over a group's ``needs``: by the present weights (``old``), by weights learnt without the need
    (``new``), and by those learnt on all needs (``fitted``)."""

    collection: str
    group: str
    needs: int
    old: float
    new: float
    fitted: float

    @property
    def name(self) -> str:
        """Collection and group in one."""
        return f"{self.collection} {self.group}".strip()

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        known = {"collection": self.collection, "group": self.group, "needs": self.needs}
        return known | {name: round(getattr(self, name), 4) for name in ("old", "new", "fitted")}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ``present`` weights against those ``learnt``.

    ``overall``: means over distinct needs. ``error``: the standard error of the gain, over needs. ``pairs``: how many
    were learnt from. ``old`` and ``new``: how well scores of held-out pairs tell chances, with their bins; those of
    ``new`` count each pair once for each of ``seeds``.
    """

    present: Weights
    learnt: Weights
    overall: GroupFigures
    groups: tuple[GroupFigures, ...]
    error: float
    pairs: int
    seeds: int
    old: Reliability = field(repr=False)
    new: Reliability = field(repr=False)

    @property
    def gain(self) -> float:
        """Of nDCG@10, mean over needs."""
        return self.overall.new - self.overall.old

    @property
    def least_gain(self) -> float:
        """What the gain exceeds with a confidence of 95 %."""
        return self.gain - _ONE_SIDED * self.error

    def check(self) -> None:
        """Raise LearningRefusedError, with the first rule that is broken, unless the learnt weights are better by more
        than noise, no group pays for it, and scores still tell chances."""
        if self.least_gain <= 0:
            raise LearningRefusedError(Rule.NO_GAIN, gain=self.gain, least=self.least_gain)
        for group in self.groups:
            if group.needs >= LEAST_GROUP and group.new < group.old - MOST_FALL:
                raise LearningRefusedError(
                    Rule.GROUP_FALLS, group=group.name, old=group.old, new=group.new, most=MOST_FALL
                )
        if self.new.error > max(MOST_ERROR, self.old.error):
            raise LearningRefusedError(Rule.CALIBRATION, old=self.old.error, new=self.new.error, most=MOST_ERROR)

    def to_json(self) -> dict[str, Any]:
        """The figures as stored and reported, the weights left out."""
        return {
            "needs": self.overall.needs,
            "pairs": self.pairs,
            "seeds": self.seeds,
            "ndcg@10": {name: round(getattr(self.overall, name), 4) for name in ("old", "new", "fitted")},
            "gain": round(self.gain, 4),
            "least_gain": round(self.least_gain, 4),
            "groups": [group.to_json() for group in self.groups],
            "calibration": {"old": self.old.to_json(), "new": self.new.to_json()},
        }


def compare(
    collections: Sequence[Judged],
    present: Weights,
    seeds: int = SEEDS,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Comparison:
    """Learn on all the needs that are judged in ``collections``, and find out what that is worth.

    ``report`` is told how many of how many folds are done. Raises LearningRefusedError where too few needs are judged.
    """
    collections = [collection for collection in collections if collection.telling]
    samples = [collection.sample(present) for collection in collections]
    _check_needs(collections, samples)
    whole = joined(samples)
    learnt = fit(whole, present)
    refs = sorted({ref for collection in collections for ref in collection.telling.values()})
    old, fitted = (_reached(collections, weights, refs) for weights in (present, learnt))
    new: _Reached = dict.fromkeys(old, 0.0)
    scores, grades = [], []
    for turn, (rest, tested) in enumerate(division for seed in range(seeds) for division in folds(refs, seed)):
        weights = fit(_joined(collections, samples, rest), present)
        for place, value in _reached(collections, weights, tested).items():
            new[place] += value / seeds
        held = _joined(collections, samples, tested)
        scores.append(chances(held, weights, present))
        grades.append(held.grades)
        report(turn + 1, seeds * FOLDS)
    overall, error = _overall(collections, old, new, fitted)
    return Comparison(
        present=present,
        learnt=learnt,
        overall=overall,
        groups=_groups(collections, old, new, fitted),
        error=error,
        pairs=len(whole.grades),
        seeds=seeds,
        old=reliability(chances(whole, present, present), whole.grades),
        new=reliability(np.concatenate(scores), np.concatenate(grades)),
    )


_Reached = dict[tuple[int, str], float]
"""nDCG@10 by the place of the collection and the id of the need."""


def _reached(collections: Sequence[Judged], weights: Weights, refs: Collection[str]) -> _Reached:
    return {
        (place, need): value
        for place, collection in enumerate(collections)
        for need, value in collection.ndcg(weights, collection.ids(refs)).items()
    }


def _joined(collections: Sequence[Judged], samples: Sequence[Sample], refs: Collection[str]) -> Sample:
    return joined([sample.take(each.ids(refs)) for each, sample in zip(collections, samples, strict=True)])


def _check_needs(collections: Sequence[Judged], samples: Sequence[Sample]) -> None:
    """A need teaches nothing unless it tells good from not so good."""
    refs: set[str] = set()
    for collection, sample in zip(collections, samples, strict=True):
        good = sample.grades >= RELEVANT
        refs |= {collection.telling[need] for need in np.intersect1d(sample.needs[good], sample.needs[~good]).tolist()}
    if len(refs) < LEAST_NEEDS:
        raise LearningRefusedError(Rule.FEW_NEEDS, needs=len(refs), least=LEAST_NEEDS)


def _overall(
    collections: Sequence[Judged], old: _Reached, new: _Reached, fitted: _Reached
) -> tuple[GroupFigures, float]:
    """The means over distinct needs, and the standard error of the gain."""
    refs = [collections[place].telling[need] for place, need in old]
    _, row = np.unique(refs, return_inverse=True)
    lists = np.array([[reached[place] for place in old] for reached in (old, new, fitted)])
    means = np.array([np.bincount(row, values) for values in lists]) / np.bincount(row)
    error = (means[1] - means[0]).std(ddof=1) / np.sqrt(means.shape[1])
    return GroupFigures("", "", means.shape[1], *means.mean(axis=1).tolist()), float(error)


def _groups(collections: Sequence[Judged], old: _Reached, new: _Reached, fitted: _Reached) -> tuple[GroupFigures, ...]:
    members: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for place, need in old:
        members.setdefault((place, collections[place].group(need)), []).append((place, need))
    return tuple(
        GroupFigures(
            collections[place].name,
            group,
            len(lists),
            *(float(np.mean([reached[each] for each in lists])) for reached in (old, new, fitted)),
        )
        for (place, group), lists in sorted(members.items())
    )
