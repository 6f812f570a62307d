"""Learnt weights are compared on needs that they were not learnt from, and promoted only by the rules."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import comparison as compared
from scoring.comparison import LEAST_GROUP, LEAST_NEEDS, MOST_ERROR, MOST_FALL, Comparison, GroupFigures, Rule, compare
from scoring.errors import LearningRefusedError
from scoring.learning import FOLDS, Reliability, Sample
from scoring.learning import fit as real_fit
from scoring.weights import Weights
from tests.scoring.judged_samples import comparison, judged

SHARES = st.floats(0, 1)


@pytest.fixture(scope="module")
def found() -> Comparison:
    """What comes of judges who follow the sector."""
    return compare([judged()], Weights(), seeds=2)


def rule_of(made: Comparison) -> Rule | None:
    try:
        made.check()
    except LearningRefusedError as error:
        return Rule(error.rule)
    return None


def test_what_judges_follow_is_found_on_needs_that_were_not_learnt_from(found: Comparison) -> None:
    # The present weights put the good product second: 1 / log2(3).
    assert (found.overall.old, found.overall.new) == pytest.approx((0.6309, 1.0), abs=1e-4)
    assert [(group.name, group.needs, group.new) for group in found.groups] == [("made S", 36, 1.0)]
    assert sum(found.learnt.facets.values()) / found.learnt.text > 2 * sum(Weights().facets.values()) / Weights().text
    assert found.new.error < found.old.error
    assert sum(pairs for _, _, pairs in found.new.bins) == found.seeds * found.pairs
    found.check()


def test_the_same_comparison_gives_the_same_figures(found: Comparison) -> None:
    assert compare([judged()], Weights(), seeds=2).to_json() == found.to_json()


def test_weights_that_are_right_already_stay(found: Comparison) -> None:
    assert rule_of(compare([judged()], found.learnt, seeds=1)) is Rule.NO_GAIN


def test_with_too_few_needs_nothing_is_learnt() -> None:
    with pytest.raises(LearningRefusedError) as refused:
        compare([judged(LEAST_NEEDS - 1)], Weights())
    assert (refused.value.rule, refused.value.values) == ("few-needs", {"needs": 29, "least": 30})
    one_sided = judged(LEAST_NEEDS + 5, pooled=False)
    only_good = {need: {k: v for k, v in grades.items() if v} for need, grades in one_sided.judgments.items()}
    for nothing in ([], [replace(one_sided, judgments=only_good)]):
        with pytest.raises(LearningRefusedError, match="needs 0"):
            compare(nothing, Weights())


def test_a_need_judged_in_two_libraries_counts_once_and_is_held_out_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt_from: list[set[str]] = []

    def fit(sample: Sample, present: Weights) -> Weights:
        learnt_from.append(set(sample.needs.tolist()))
        return real_fit(sample, present)

    monkeypatch.setattr(compared, "fit", fit)
    reports: list[tuple[int, int]] = []
    made = compare(
        [judged(name="one"), judged(name="two", pooled=False)], Weights(), 1, lambda *report: reports.append(report)
    )
    assert [(group.name, group.needs) for group in made.groups] == [("one S", 36), ("two", 36)]
    assert made.overall.needs == 36
    assert [len(needs) for needs in learnt_from] == [72, *[56] * 1, *[58] * 4]
    for needs in learnt_from:
        one, two = ({need.partition(":")[2] for need in needs if need.startswith(place)} for place in "01")
        assert one == two
    assert reports == [(fold + 1, FOLDS) for fold in range(FOLDS)]


def test_rulings_alone_teach_as_well() -> None:
    made = compare([judged(pooled=False)], Weights(), seeds=1)
    assert (made.pairs, made.overall.new) == (72, 1.0)
    made.check()


@given(SHARES, SHARES, SHARES, SHARES, st.floats(0, 0.1), SHARES, SHARES, st.integers(1, 40))
def test_the_first_broken_rule_is_named(
    old: float, new: float, group_old: float, group_new: float, error: float, ece_old: float, ece_new: float, needs: int
) -> None:
    made = comparison(
        overall=GroupFigures("", "", 40, old, new, new),
        groups=(GroupFigures("made", "S", needs, group_old, group_new, group_new),),
        error=error,
        old=Reliability(ece_old, ()),
        new=Reliability(ece_new, ()),
    )
    broken = {
        Rule.NO_GAIN: new - old - 1.645 * error <= 0,
        Rule.GROUP_FALLS: needs >= LEAST_GROUP and group_new < group_old - MOST_FALL,
        Rule.CALIBRATION: ece_new > max(MOST_ERROR, ece_old),
    }
    assert rule_of(made) is next((rule for rule, holds in broken.items() if holds), None)


@pytest.mark.parametrize(
    ("changed", "rule", "values"),
    [
        ({"error": 0.1}, "no-gain", {"gain": 0.1, "least": -0.0645}),
        (
            {"groups": (GroupFigures("made", "DQ", 10, 0.7, 0.68, 0.7),)},
            "group-falls",
            {"group": "made DQ", "old": 0.7, "new": 0.68, "most": 0.01},
        ),
        ({"new": Reliability(0.06, ())}, "calibration", {"old": 0.04, "new": 0.06, "most": 0.05}),
    ],
)
def test_a_refusal_names_its_figures(changed: dict[str, Any], rule: str, values: dict[str, Any]) -> None:
    with pytest.raises(LearningRefusedError) as refused:
        comparison(**changed).check()
    assert refused.value.rule == rule
    assert refused.value.values == pytest.approx(values)


def test_figures_are_stored_to_four_digits() -> None:
    stored = comparison().to_json()
    assert stored["ndcg@10"] == {"old": 0.6, "new": 0.7, "fitted": 0.7}
    assert (stored["gain"], stored["least_gain"]) == pytest.approx((0.1, 0.1 - 1.645 * 0.01), abs=1e-4)
    assert stored["calibration"]["new"] == {"ece": 0.03, "bins": [[0.5, 0.5, 1200]]}
