"""Quality of a ranking against judged pairs, by hand."""

import math

import pytest

from scoring.evaluation import evaluate, evaluate_groups, judge, ndcg, precision, recall, reciprocal_rank
from scoring.weights import Weights
from tests.scoring.samples import NEEDS, PRODUCTS, index_both

GRADES = {"a": 3, "b": 0, "c": 2, "d": 1}


def test_ndcg_by_hand() -> None:
    # Gains 2^grade − 1: b 0, a 7, x (not judged) 0, d 1. DCG = 7 / log2(3) + 1 / log2(5).
    # Ideal order a, c, d: 7 / log2(2) + 3 / log2(3) + 1 / log2(4).
    found = 7 / math.log2(3) + 1 / math.log2(5)
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    assert ndcg(["b", "a", "x", "d"], GRADES) == pytest.approx(found / ideal)


def test_the_best_order_has_ndcg_one_and_an_empty_one_nothing() -> None:
    assert ndcg(["a", "c", "d", "b"], GRADES) == pytest.approx(1)
    assert ndcg([], GRADES) == 0


def test_ndcg_looks_at_ten_places_and_holds_at_most_ten_against_them() -> None:
    assert ndcg(["x"] * 10 + ["a"], GRADES) == 0
    many = {f"p{number}": 1 for number in range(12)}
    assert ndcg([f"p{number}" for number in range(10)], many) == pytest.approx(1)


def test_reciprocal_rank_is_that_of_the_first_product_of_grade_two_or_more() -> None:
    assert reciprocal_rank(["d", "x", "c", "a"], GRADES) == pytest.approx(1 / 3)
    assert reciprocal_rank(["d", "x"], GRADES) == 0


def test_precision_counts_empty_places_as_misses() -> None:
    # a and c of five places.
    assert precision(["a", "c"], GRADES) == pytest.approx(2 / 5)
    assert precision(["d", "x", "y", "z", "b", "a"], GRADES) == 0


def test_recall_is_the_share_of_relevant_products_in_ten_places() -> None:
    assert recall(["x", "a"], GRADES) == pytest.approx(1 / 2)
    assert recall(["x"] * 10 + ["a"], GRADES) == 0


def test_means_run_over_the_needs_that_can_count() -> None:
    judgments = {"n1": GRADES, "n2": {"a": 1}, "n3": {"a": 0}, "n4": {"a": 3}}
    quality = evaluate({"n1": ["c"], "n2": ["a"], "n3": ["a"], "n5": ["a"]}, judgments)
    # n1 and n2 have a positive grade, n1 alone a relevant product; n3 has none, n4 is not ranked, n5 not judged.
    assert quality.needs == 2
    # n1: 3 / (7 + 3 / log2(3) + 1 / 2); n2: 1.
    assert quality.ndcg == pytest.approx((3 / (7.5 + 3 / math.log2(3)) + 1) / 2)
    assert (quality.mrr, quality.precision, quality.recall) == pytest.approx((1, 1 / 5, 1 / 2))


def test_a_need_with_an_empty_ranking_counts_as_nothing_found() -> None:
    quality = evaluate({"n1": []}, {"n1": GRADES})
    assert quality.to_json() == {"ndcg@10": 0, "mrr": 0, "p@5": 0, "r@10": 0, "needs": 1}


def test_no_needs_have_no_quality() -> None:
    assert evaluate({}, {}).to_json() == {"ndcg@10": 0, "mrr": 0, "p@5": 0, "r@10": 0, "needs": 0}


def test_groups_are_the_prefixes_of_the_needs_ids() -> None:
    judgments = {"SC-01": {"a": 3}, "SC-02": {"a": 3}, "DQ-1-x": {"a": 3}, "plain": {"a": 3}}
    groups = evaluate_groups({"SC-01": ["a"], "SC-02": [], "DQ-1-x": ["a"], "plain": ["a"]}, judgments)
    assert list(groups) == ["DQ", "SC", "plain"]
    assert {group: (quality.needs, quality.ndcg) for group, quality in groups.items()} == {
        "DQ": (1, 1),
        "SC": (2, 0.5),
        "plain": (1, 1),
    }


def test_an_engine_is_judged_by_its_own_ranking() -> None:
    needs, products = index_both(NEEDS, PRODUCTS)
    figures = judge(needs, products, Weights(), {"n-traffic": {"p-tunnel": 3}, "n-hospital": {"p-weather": 2}})
    # n-traffic finds its product first; n-hospital never lists the weather.
    assert figures.to_json()["overall"] == {"ndcg@10": 0.5, "mrr": 0.5, "p@5": 0.1, "r@10": 0.5, "needs": 2}
    assert list(figures.to_json()["groups"]) == ["n"]
