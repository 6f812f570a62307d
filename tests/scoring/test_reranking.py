"""Reranking: the first pairs of each need are read once, by a reranker that may fail at any moment."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.explanation import explain
from scoring.index import Index
from scoring.meaning import said
from scoring.profile import NeedProfile, ProductProfile
from scoring.ranking import PairScores, rank, read_first, score_one
from scoring.reranking import FIRST, Reranking
from scoring.weights import PARTS, Weights
from tests.scoring.encoders import ShareReranker, letter_meaning
from tests.scoring.samples import (
    HOSPITAL_NEED,
    NEEDS,
    PRODUCTS,
    TRAFFIC_NEED,
    TUNNEL,
    WEATHER,
    index_both,
    need,
    product,
)
from tests.scoring.strategies import need_lists, product_lists

MEANING = PARTS.index("meaning")
CROWD = [product(f"p{number:02}", title="交通流量", text=f"第{number}条" * (number % 7)) for number in range(60)]


def ranked_pairs(needs: Index, products: Index, top: int, reranking: Reranking | None = None) -> PairScores:
    (ranked,) = rank(needs, products, Weights(), top, reranking)
    return ranked.pairs


def with_meaning(*needs: NeedProfile) -> tuple[Index, Index]:
    products = Index.build(PRODUCTS, meaning=letter_meaning())
    return products.like(needs), products


def test_no_two_texts_are_sent_twice() -> None:
    reranker = ShareReranker()
    reranking = Reranking(reranker)
    first = reranking.scores("车流", ["车流量", "车", "车流量", "门诊"])
    again = reranking.scores("车流", ["门诊", "公路", "车流量"])
    assert first is not None
    assert again is not None
    assert (first.tolist(), again.tolist()) == ([1, 0.5, 1, 0], [0, 0, 1])
    assert reranker.asked == [("车流", ["车流量", "车", "门诊"]), ("车流", ["公路"])]
    assert (reranking.needs, reranking.pairs) == (2, 4)
    assert reranking.scores("门诊", []) is not None
    assert len(reranker.asked) == 2


def test_a_reranker_that_failed_is_left_alone() -> None:
    reranker = ShareReranker(fails_at=1)
    told: list[int] = []
    reranking = Reranking(reranker, told.append)
    assert reranking.scores("车流", ["车流量"]) is not None
    assert reranking.failure is None
    assert reranking.scores("门诊", ["车流量"]) is None
    reranker.fails_at = 9
    assert reranking.scores("车流", ["车流量"]) is None
    assert str(reranking.failure) == "out of order"
    assert (reranking.needs, reranking.pairs, told) == (1, 1, [1])


def test_a_trial_tells_whether_it_answers() -> None:
    assert Reranking(ShareReranker()).answers()
    reranking = Reranking(ShareReranker(fails_at=0))
    assert not reranking.answers()
    assert reranking.scores("车流", ["车流量"]) is None


def test_a_pairs_meaning_is_the_mean_of_likeness_and_of_what_the_reranker_says() -> None:
    needs, products = with_meaning(TRAFFIC_NEED)
    plain, read = ranked_pairs(needs, products, 3), ranked_pairs(needs, products, 3, Reranking(ShareReranker()))
    wanted = set(said(TRAFFIC_NEED))
    for place, column in enumerate(read.columns):
        share = round(len(wanted & set(said(products.profiles[column]))) / len(wanted), 4)
        before = int(np.flatnonzero(plain.columns == column)[0])
        assert read.reranked[place] == share
        assert read.values[place, MEANING] == pytest.approx((plain.values[before, MEANING] + share) / 2)
        others = np.arange(len(PARTS)) != MEANING
        np.testing.assert_array_equal(read.values[place, others], plain.values[before, others])
    for breakdown, share in zip(explain(needs, products, read, Weights(), "f"), read.reranked, strict=True):
        part = breakdown.to_json()["parts"][MEANING]
        assert part["value"] == pytest.approx((part["likeness"] + part["reranked"]) / 2, abs=2e-4)
        assert part["reranked"] == share
        assert breakdown.score == sum(one.points for one in breakdown.parts)


def test_where_meaning_is_off_the_reranker_speaks_alone() -> None:
    needs, products = index_both([TRAFFIC_NEED], PRODUCTS)
    read = ranked_pairs(needs, products, 3, Reranking(ShareReranker()))
    np.testing.assert_array_equal(read.values[:, MEANING], read.reranked)
    assert not np.isnan(read.reranked).any()
    part = explain(needs, products, read, Weights(), "f")[0].to_json()["parts"][MEANING]
    assert (part["known"], part["likeness"], part["reranked"]) == (True, None, read.reranked[0].round(4))


def test_a_pair_that_was_not_read_says_so() -> None:
    needs, products = with_meaning(TRAFFIC_NEED)
    part = explain(needs, products, ranked_pairs(needs, products, 1), Weights(), "f")[0].to_json()["parts"][MEANING]
    assert (part["reranked"], part["value"]) == (None, part["likeness"])


def test_only_the_first_of_each_need_are_read_and_stand_before_the_rest() -> None:
    needs, products = index_both([need(text="交通流量")], CROWD)
    plain = ranked_pairs(needs, products, 60)
    reranker = ShareReranker()
    read = ranked_pairs(needs, products, 60, Reranking(reranker))
    ((query, texts),) = reranker.asked
    assert query == "交通流量"
    # many of the sixty say the same, and of those one is sent
    assert sorted(set(texts)) == sorted({said(products.profiles[column]) for column in plain.columns[:FIRST]})
    assert sorted(read.columns[:FIRST]) == sorted(plain.columns[:FIRST])
    np.testing.assert_array_equal(read.columns[FIRST:], plain.columns[FIRST:])
    assert np.isnan(read.reranked).tolist() == [False] * FIRST + [True] * 10
    assert (np.diff(read.totals[:FIRST]) <= 0).all()


def test_the_reranker_decides_before_the_cut() -> None:
    """Fifty are read although only one is wanted, and the one may come from far behind."""

    class Contrary(ShareReranker):
        def rerank(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
            return np.linspace(0, 1, len(super().rerank(query, texts)))

    offered = [product(f"p{number:02}", title="交通流量" + "甲乙丙丁戊己庚"[number]) for number in range(7)]
    needs, products = index_both([need(text="交通流量甲")], offered)
    assert products.profiles[ranked_pairs(needs, products, 1).columns[0]].id == "p00"
    assert products.profiles[ranked_pairs(needs, products, 1, Reranking(Contrary())).columns[0]].id != "p00"


def test_an_engine_without_meaning_asks_nobody() -> None:
    needs, products = with_meaning(TRAFFIC_NEED)
    reranker = ShareReranker()
    weights = Weights().without("meaning")
    (ranked,) = rank(needs, products, weights, 3, Reranking(reranker))
    (plain,) = rank(needs, products, weights, 3)
    assert reranker.asked == []
    np.testing.assert_array_equal(ranked.pairs.scores, plain.pairs.scores)


def test_products_that_a_rule_keeps_apart_are_not_read() -> None:
    closed = [TUNNEL, replace(WEATHER, listed=False)]
    needs, products = index_both([TRAFFIC_NEED], closed)
    reranker = ShareReranker()
    ranked_pairs(needs, products, 5, Reranking(reranker))
    assert reranker.asked == [(said(TRAFFIC_NEED), [said(TUNNEL)])]


def test_needs_after_a_failure_are_ranked_as_without_a_reranker() -> None:
    needs, products = with_meaning(*NEEDS)
    reranking = Reranking(ShareReranker(fails_at=1))
    read, plain = ranked_pairs(needs, products, 3, reranking), ranked_pairs(needs, products, 3)
    first = needs.rows[HOSPITAL_NEED.id]
    assert first == 0
    assert reranking.needs == 1
    assert np.isnan(read.reranked).tolist() == (read.rows != first).tolist()
    rest = plain.rows != first
    np.testing.assert_array_equal(read.columns[read.rows != first], plain.columns[rest])
    np.testing.assert_array_equal(read.scores[read.rows != first], plain.scores[rest])


@given(need_lists, product_lists.filter(bool), st.integers(1, 4))
@settings(deadline=None, max_examples=40)
def test_a_pair_that_was_read_has_the_score_that_it_has_alone(
    wanted: list[NeedProfile], offered: list[ProductProfile], top: int
) -> None:
    needs, products = index_both(wanted, offered)
    for ranked in rank(needs, products, Weights(), top, Reranking(ShareReranker())):
        for place, (row, column) in enumerate(zip(ranked.pairs.rows, ranked.pairs.columns, strict=True)):
            one, other = needs.take(np.array([row])), products.take(np.array([column]))
            alone = read_first(score_one(one, other, Weights()), one, other, Weights(), Reranking(ShareReranker()))
            for name in ("scores", "points", "values", "reranked"):
                np.testing.assert_array_equal(getattr(ranked.pairs, name)[place], getattr(alone, name)[0])
