"""Blending parts into a score that adds up."""

import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scoring.breakdown import HUNDRED, Breakdown, Part, blend, calibrated, split
from scoring.profile import NeedProfile, ProductProfile
from tests.scoring.samples import explain_pair
from tests.scoring.strategies import needs, products

Values = npt.NDArray[np.float64]
UNKNOWN = float("nan")
PLAIN = (0.0, 0.0)
"""No calibration: the total is the score."""
CURVE = (10.0, -8.0)
"""Slope and offset of a curve."""


def blended(values: list[float], weights: list[float]) -> tuple[int, list[int]]:
    _, scores, points = blend(np.array([values]), np.array([weights]), *PLAIN)
    return int(scores[0]), points[0].tolist()


def test_a_blend_by_hand() -> None:
    # (0.5 · 0.6 + 0.25 · 0.4) / (0.6 + 0.4) = 0.4: 4000, of which 3000 and 1000.
    assert blended([0.5, 0.25], [0.6, 0.4]) == (4000, [3000, 1000])


def test_the_weight_of_an_unknown_part_goes_to_the_others() -> None:
    # Only the first is known: 0.5 · 0.6 / 0.6.
    assert blended([0.5, UNKNOWN], [0.6, 0.4]) == (5000, [5000, 0])


def test_points_left_over_go_to_the_largest_remainders() -> None:
    # Thirds of 10000 are 3333⅓: 9999 is handed out, the point left goes to the first of equal remainders.
    assert blended([1, 1, 1], [1, 1, 1]) == (10_000, [3334, 3333, 3333])


def test_where_nothing_is_known_or_nothing_weighs_the_score_is_nothing() -> None:
    assert blended([UNKNOWN, UNKNOWN], [1, 1]) == (0, [0, 0])
    assert blended([1, UNKNOWN], [0, 1]) == (0, [0, 0])


def test_no_pairs_blend_to_no_scores() -> None:
    _, scores, points = blend(np.empty((0, 5)), np.empty((0, 5)), *CURVE)
    assert scores.shape == (0,)
    assert points.shape == (0, 5)


matrices = st.integers(1, 6).flatmap(
    lambda rows: st.tuples(
        arrays.arrays(np.float64, (rows, 5), elements=st.one_of(st.floats(0, 1), st.just(UNKNOWN))),
        arrays.arrays(np.float64, (rows, 5), elements=st.one_of(st.floats(0, 1), st.just(0.0))),
    )
)


@given(matrices)
@settings(max_examples=300)
def test_points_add_up_to_the_score(given_values: tuple[Values, Values]) -> None:
    values, weights = given_values
    _, scores, points = blend(values, weights, *CURVE)
    assert (points.sum(axis=1) == scores).all()
    assert ((scores >= 0) & (scores <= HUNDRED)).all()
    assert (points >= 0).all()
    assert (points[np.isnan(values)] == 0).all()


@given(matrices, st.data())
@settings(max_examples=100)
def test_a_larger_value_never_lowers_the_score(given_values: tuple[Values, Values], data: st.DataObject) -> None:
    values, weights = given_values
    place = data.draw(st.integers(0, len(values) - 1)), data.draw(st.integers(0, 4))
    if np.isnan(values[place]):
        return
    larger = values.copy()
    larger[place] = data.draw(st.floats(values[place], 1))
    (total, score, _), (higher_total, higher_score, _) = (blend(given, weights, *CURVE) for given in (values, larger))
    assert (higher_total >= total).all()
    assert (higher_score >= score).all()


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 50), st.floats(-20, 5))
def test_the_curve_rises_from_nothing_and_never_leaves_the_scale(
    one: float, other: float, slope: float, offset: float
) -> None:
    low, high = calibrated(np.array(sorted([one, other])), slope, offset)
    assert 0 <= low <= high <= 1
    assert calibrated(np.array([0.0]), slope, offset)[0] == 0


def test_the_curve_by_hand() -> None:
    # 1/(1+e^-(8·0.5²-2)) = 0.5 and 1/(1+e^2) = 0.1192: (0.5 - 0.1192) / (1 - 0.1192) = 0.4323.
    assert calibrated(np.array([0.5]), 8.0, -2.0)[0] == pytest.approx(0.4323, abs=1e-4)
    assert calibrated(np.array([0.5]), 0.0, -2.0)[0] == 0.5


@given(st.integers(0, HUNDRED), st.lists(st.floats(0, 1, allow_subnormal=False), max_size=30))
def test_split_points_add_up(points: int, shares: list[float]) -> None:
    handed = split(points, np.array(shares, np.float64))
    assert len(handed) == len(shares)
    assert sum(handed) == (points if sum(shares) > 0 else 0)
    assert all(own >= 0 for own in handed)


def test_split_points_by_hand() -> None:
    # 10 over 1 : 2 is 3⅓ and 6⅔: the point left goes to the larger remainder.
    assert split(10, np.array([1.0, 2.0])) == [3, 7]
    assert split(0, np.array([1.0])) == [0]
    assert split(5, np.array([0.0])) == [0]


@given(wanted=needs(), offered=products())
@settings(deadline=None, max_examples=200)
def test_every_breakdown_adds_up_to_its_score(wanted: NeedProfile, offered: ProductProfile) -> None:
    breakdown = explain_pair(wanted, offered)
    assert sum(part.points for part in breakdown.parts) == breakdown.score
    assert 0 <= breakdown.score <= HUNDRED
    for part in breakdown.parts:
        assert part.points == 0 or part.value is not None
        assert part.value is None or 0 <= part.value <= 1
    text = next(part for part in breakdown.parts if part.part == "text")
    assert sum(term["points"] for term in text.details["terms"]) + text.details["other"] == text.points
    assert json.loads(json.dumps(breakdown.to_json(), allow_nan=False)) == breakdown.to_json()


@pytest.mark.parametrize("value", [None, 0.25])
def test_a_part_says_whether_it_is_known_and_shows_its_details(value: float | None) -> None:
    part = Part(part="tags", weight=0.2, value=value, points=5, details={"pairs": []})
    assert Breakdown(5, "f", (part,)).to_json() == {
        "score": 5,
        "fingerprint": "f",
        "parts": [
            {"part": "tags", "weight": 0.2, "value": value, "points": 5, "known": value is not None, "pairs": []}
        ],
    }
