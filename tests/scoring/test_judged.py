"""Judged pairs: what tells engines apart, and how a list of judged pairs alone is ranked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.evaluation import judge
from scoring.index import Index
from scoring.judged import Judged
from scoring.weights import FACETS, Weights
from tests.scoring.judged_samples import judged, library
from tests.scoring.samples import product

SECTOR_FIRST = Weights(facets=dict.fromkeys(FACETS, 1.0))


def test_a_need_tells_engines_apart_if_something_is_good_and_where_only_judged_pairs_count_something_bad() -> None:
    grades = {
        "S-00": {"good-00": 2},
        "S-01": {"good-01": 2, "bad-01": 0},
        "S-02": {"bad-02": 0},
        "gone": {"good-00": 3},
    }
    pooled = replace(judged(4), judgments=grades)
    assert list(pooled.telling) == ["S-00", "S-01"]
    assert list(replace(pooled, pooled=False).telling) == ["S-01"]


def test_needs_are_grouped_by_the_prefix_of_their_reference() -> None:
    assert (judged(2).group("S-00"), judged(2, pooled=False).group("S-00")) == ("S", "")
    assert judged(3).ids(["S-02", "S-00", "elsewhere"]) == ["S-00", "S-02"]


@pytest.mark.parametrize("weights", [Weights(), SECTOR_FIRST], ids=["default", "sector first"])
def test_a_pooled_list_is_ranked_as_evaluate_ranks_it(weights: Weights) -> None:
    made = judged(8)
    reached = made.ndcg(weights, made.telling)
    assert np.mean(list(reached.values())) == judge(made.needs, made.products, weights, made.judgments).overall.ndcg
    assert reached["S-00"] == pytest.approx(1.0 if weights is SECTOR_FIRST else 1 / np.log2(3))


def test_what_nobody_judged_is_not_in_the_way_of_judged_pairs() -> None:
    grades = {"S-00": {"good-00": 2, "bad-01": 0}}
    ruled = replace(judged(2, pooled=False), judgments=grades)
    assert ruled.ndcg(Weights(), ["S-00"]) == {"S-00": 1.0}
    assert replace(ruled, pooled=True).ndcg(Weights(), ["S-00"])["S-00"] < 1
    sample = ruled.sample(Weights())
    assert (sample.needs.tolist(), sorted(sample.grades.tolist())) == (["S-00"] * 2, [0, 2])


@settings(deadline=None, max_examples=25)
@given(st.lists(st.text("的数据交通气象流量", min_size=1, max_size=12), max_size=4))
def test_products_that_nobody_judged_change_nothing_where_only_judged_pairs_count(titles: list[str]) -> None:
    made = judged(3, pooled=False)
    more = [product(f"new-{number}", title=title) for number, title in enumerate(titles)]
    products = Index.build([*made.products.profiles, *more], made.products.statistics)
    other = replace(made, products=products)
    assert other.ndcg(Weights(), made.telling) == made.ndcg(Weights(), made.telling)
    assert np.array_equal(other.sample(Weights()).values, made.sample(Weights()).values, equal_nan=True)


def test_a_good_product_that_a_hard_rule_keeps_apart_counts_for_no_engine_and_teaches_nothing() -> None:
    wanted, offered = library(2)
    offered = [replace(each, listed=each.id != "good-00") for each in offered]
    products = Index.build(offered)
    made = Judged("made", products.like(wanted), products, judged(2).judgments, pooled=False)
    assert made.ndcg(SECTOR_FIRST, made.telling) == {"S-00": 0.0, "S-01": 1.0}
    assert set(made.sample(Weights()).needs) == {"S-01"}
