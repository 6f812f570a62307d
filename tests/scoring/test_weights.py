"""Weights: frozen, checked, written and read."""

import json
from dataclasses import FrozenInstanceError

import pytest

from scoring.errors import WeightsError
from scoring.weights import FACETS, PARTS, Weights

EVEN = dict.fromkeys(FACETS, 0.1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", -0.01),
        ("text", 1.01),
        ("tags", float("nan")),
        ("trust", float("inf")),
        ("elements", "0.1"),
        ("elements", None),
        ("text", True),
        ("text_full", 0),
        ("tags_full", 0.0),
        ("tag_threshold", 0),
        ("tag_threshold", 101),
        ("tag_threshold", 50.5),
        ("element_threshold", 0),
        ("candidates", 0),
        ("candidates", 10.5),
        ("facets", {}),
        ("facets", EVEN | {"mood": 0.1}),
        ("facets", EVEN | {"price": 2}),
        ("facets", list(FACETS)),
    ],
)
def test_a_weight_out_of_range_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(WeightsError, match=f"^{field}"):
        Weights.from_json({field: value})


def test_an_engine_without_any_part_that_reads_is_refused() -> None:
    with pytest.raises(WeightsError, match="at least one"):
        Weights(text=0, meaning=0, tags=0, elements=0)


def test_an_unknown_weight_is_refused_with_the_possible_ones() -> None:
    with pytest.raises(WeightsError, match=r"^mood: no such weight; possible: candidates"):
        Weights.from_json({"mood": 1})


def test_weights_survive_json() -> None:
    weights = Weights(text=0.3, candidates=7, facets=EVEN)
    assert Weights.from_json(json.loads(json.dumps(weights.to_json()))) == weights
    assert Weights.from_json({}) == Weights()


def test_weights_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Weights().text = 0.1  # type: ignore[misc]


@pytest.mark.parametrize("part", PARTS)
def test_leaving_out_a_part_changes_nothing_else(part: str) -> None:
    expected: object = dict.fromkeys(FACETS, 0.0) if part == "facets" else 0.0
    assert Weights().without(part).to_json() == Weights().to_json() | {part: expected}


def test_a_part_that_does_not_exist_cannot_be_left_out() -> None:
    with pytest.raises(WeightsError, match=r"^mood"):
        Weights().without("mood")


def test_the_order_in_which_facets_are_given_does_not_matter() -> None:
    backwards = dict(reversed(list(Weights().facets.items())))
    assert json.dumps(Weights(facets=backwards).to_json()) == json.dumps(Weights().to_json())
