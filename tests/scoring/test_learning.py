"""Weights are learnt towards what judges prefer, held-out needs are never learnt from, and chances are told."""

from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import WeightsError
from scoring.index import Index
from scoring.learning import LEAST, Sample, chances, fit, fit_curve, folds, joined, reliability
from scoring.weights import PARTS, Weights
from tests.scoring.samples import PRODUCTS, TRAFFIC_NEED

UNKNOWN = float("nan")


def made(preferred: str, needs: int = 30, seed: int = 0) -> Sample:
    """Needs with ten products each of random values; the grade is 3 where the ``preferred`` part is highest."""
    generator = np.random.default_rng(seed)
    values = generator.uniform(0, 1, (needs * 10, len(PARTS)))
    values[generator.random(values.shape) < 0.2] = UNKNOWN
    values[:, 0] = generator.uniform(0, 1, len(values))
    place = PARTS.index(preferred)
    values[:, place] = generator.uniform(0, 1, len(values))
    grades = np.zeros(len(values), np.int64)
    best = values[:, place].reshape(needs, 10).argmax(axis=1) + np.arange(needs) * 10
    grades[best] = 3
    names = np.repeat([f"n{number:02}" for number in range(needs)], 10)
    return Sample(names, values, np.ones_like(values), grades)


@pytest.mark.parametrize(("preferred", "other"), [("text", "meaning"), ("meaning", "text")])
def test_the_part_that_judges_follow_gains_weight(preferred: str, other: str) -> None:
    learnt = fit(made(preferred), Weights(text=0.5, meaning=0.5))
    assert getattr(learnt, preferred) > 0.6 > getattr(learnt, other)


def test_no_weight_falls_below_its_least() -> None:
    learnt = fit(made("text"), Weights())
    whole = learnt.text + learnt.meaning
    assert whole == pytest.approx(1, abs=1e-3)
    for part in ("tags", "elements", "trust"):
        assert getattr(learnt, part) > 0
    assert LEAST["meaning"] == 0


def test_weights_far_from_the_usual_are_scaled_down_and_not_refused() -> None:
    learnt = fit(made("tags"), Weights(text=0.1, meaning=0.1, tags=1.0))
    assert learnt.tags == 1
    assert learnt.text + learnt.meaning < 1


def test_learning_twice_gives_the_same_weights() -> None:
    assert fit(made("text"), Weights()) == fit(made("text"), Weights())


def test_without_a_good_pair_nothing_is_learnt() -> None:
    sample = made("text")
    with pytest.raises(WeightsError, match="graded 2 or 3"):
        fit(replace(sample, grades=np.minimum(sample.grades, 1)), Weights())


def test_every_need_is_held_out_once_and_never_learnt_from_at_the_same_time() -> None:
    needs = [f"n{number}" for number in range(23)]
    held = []
    for learnt_from, tested in folds(needs):
        assert not set(learnt_from) & set(tested)
        assert sorted([*learnt_from, *tested]) == sorted(needs)
        held += tested
    assert sorted(held) == sorted(needs)


def test_learnt_scores_tell_chances() -> None:
    present = Weights()
    sample = made("text", 200)
    learnt = fit(sample.take([f"n{number:02}" for number in range(100)]), present)
    other = made("text", 200, seed=1)
    assert reliability(chances(other, learnt, present), other.grades).error < 0.05


def test_pairs_that_a_total_tells_apart_without_fail_make_a_steep_curve_and_no_step() -> None:
    totals, grades = np.repeat([0.70, 0.71], 50), np.repeat([0, 3], 50)
    slope, offset = fit_curve(totals, grades)
    assert max(slope, -offset) == 100
    assert -offset / slope == pytest.approx(0.705**2, abs=0.01)
    assert Weights(slope=slope, offset=offset)


def test_reliability_by_hand() -> None:
    # One bin of 0.1 with no good pair in two, one of 0.9 with one in two: (2 · 0.1 + 2 · 0.4) / 4.
    found = reliability(np.array([0.1, 0.1, 0.9, 0.9]), np.array([0, 1, 3, 0]))
    assert found.error == pytest.approx(0.25)
    assert found.bins == ((0.1, 0.0, 2), (0.9, 0.5, 2))


def test_a_sample_holds_graded_pairs_and_the_hard_candidates_of_judged_needs() -> None:
    products = Index.build(PRODUCTS)
    needs = products.like([TRAFFIC_NEED, replace(TRAFFIC_NEED, id="unjudged")])
    sample = Sample.of(needs, products, Weights(), {TRAFFIC_NEED.id: {"p-hospital": 3, "gone": 2, "p-weather": 0}})
    assert set(sample.needs) == {TRAFFIC_NEED.id}
    assert sorted(sample.grades.tolist()) == [0, 0, 3]


def test_the_same_need_judged_in_two_libraries_stays_two_lists() -> None:
    both = joined([made("text", 3), made("text", 3, seed=1)])
    assert len(set(both.needs)) == 6
