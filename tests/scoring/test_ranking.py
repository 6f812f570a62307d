"""Ranking: the same answer whatever stands beside it, in whatever order it came."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring.ranking
import scoring.tfidf
from scoring.explanation import explain
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.ranking import EmptyReason, PairScores, empty_reason, rank, score_one
from scoring.weights import Weights
from tests.scoring.samples import HOSPITAL_NEED, NEEDS, PRODUCTS, TRAFFIC_NEED, index_both, need, product
from tests.scoring.strategies import need_lists, product_lists

NARROW = Weights(candidates=2)


def shortlists(
    wanted: Sequence[NeedProfile], offered: Sequence[ProductProfile], weights: Weights | None = None, top: int = 5
) -> dict[str, list[dict[str, Any]]]:
    """Each need's matches as they would be written, with the product's id."""
    needs, products = index_both(wanted, offered)
    weights = weights or Weights()
    found = {}
    for ranked in rank(needs, products, weights, top):
        told = explain(needs, products, ranked.pairs, weights, "f")
        for row, places in ranked:
            found[needs.profiles[row].id] = [
                {"product": products.profiles[ranked.pairs.columns[place]].id} | told[place].to_json()
                for place in places
            ]
    return found


def ids(matches: Sequence[dict[str, Any]]) -> list[str]:
    return [match["product"] for match in matches]


def test_the_product_that_says_what_the_need_asks_for_is_first() -> None:
    found = shortlists(NEEDS, PRODUCTS)
    assert ids(found["n-traffic"])[0] == "p-tunnel"
    assert ids(found["n-hospital"]) == ["p-hospital"]


@pytest.mark.parametrize("weights", [Weights(), NARROW], ids=["default", "narrow"])
@given(wanted=need_lists, offered=product_lists, data=st.data())
@settings(deadline=None, max_examples=40)
def test_any_order_of_input_gives_the_same_bytes(
    weights: Weights, wanted: list[NeedProfile], offered: list[ProductProfile], data: st.DataObject
) -> None:
    shuffled = shortlists(data.draw(st.permutations(wanted)), data.draw(st.permutations(offered)), weights)
    expected = shortlists(wanted, offered, weights)
    assert json.dumps(shuffled, sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_ties_break_by_ref_then_id() -> None:
    offered = [
        product("3", ref="A", title="交通流量"),
        product("1", ref="B", title="交通流量"),
        product("2", ref="A", title="交通流量"),
    ]
    found = shortlists([need(text="交通流量")], offered)["n"]
    assert len({match["score"] for match in found}) == 1
    assert ids(found) == ["2", "3", "1"]


def test_ties_break_by_ref_also_where_the_candidates_end() -> None:
    offered = [product(f"p{number:02}", title="交通流量") for number in range(40)]
    assert ids(shortlists([need(text="交通流量")], offered, Weights(candidates=10), 5)["n"]) == [
        f"p{number:02}" for number in range(5)
    ]


@given(need_lists, product_lists.filter(bool))
@settings(deadline=None, max_examples=60)
def test_a_pairs_score_does_not_depend_on_what_is_ranked_beside_it(
    wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    needs, products = index_both(wanted, offered)
    for ranked in rank(needs, products, Weights(), len(offered)):
        for row, places in ranked:
            pairs = ranked.pairs.take(np.array(places, np.int64))
            alone = score_one(needs.take(np.array([row])), products, Weights())
            listed = np.flatnonzero((alone.excluded < 0) & (alone.scores > 0) & (alone.values[:, 0] > 0))
            assert sorted(pairs.columns.tolist()) == listed.tolist()
            assert_same_pairs(pairs, alone.take(pairs.columns))
            for place, column in enumerate(pairs.columns):
                only = score_one(needs.take(np.array([row])), products.take(np.array([column])), Weights())
                assert_same_pairs(pairs.take(np.array([place])), only)


def assert_same_pairs(one: PairScores, other: PairScores) -> None:
    for name in ("scores", "points", "values", "weights", "facets", "excluded"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@given(need_lists, product_lists.filter(bool))
@settings(deadline=None, max_examples=40)
def test_in_a_large_library_a_listed_pair_has_the_score_that_it_has_alone(
    wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    needs, products = index_both(wanted, offered)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring.tfidf, "LARGE", 1)
        patch.setattr(scoring.tfidf, "HEAD", 2)
        listed = list(rank(needs, products, Weights(), len(offered)))
    for ranked in listed:
        for place, (row, column) in enumerate(zip(ranked.pairs.rows, ranked.pairs.columns, strict=True)):
            alone = score_one(needs.take(np.array([row])), products.take(np.array([column])), Weights())
            assert_same_pairs(ranked.pairs.take(np.array([place])), alone)


@given(need_lists, product_lists)
@settings(deadline=None, max_examples=40)
def test_the_size_of_a_block_changes_nothing(wanted: list[NeedProfile], offered: list[ProductProfile]) -> None:
    whole = shortlists(wanted, offered, NARROW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring.ranking, "BLOCK", 1)
        assert shortlists(wanted, offered, NARROW) == whole


@given(need_lists, product_lists, st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_excluded_pairs_never_appear_and_the_list_is_in_order(
    wanted: list[NeedProfile], offered: list[ProductProfile], top: int
) -> None:
    needs, products = index_both(wanted, offered)
    seen = []
    for ranked in rank(needs, products, NARROW, top):
        assert (ranked.pairs.excluded == -1).all()
        for row, places in ranked:
            seen.append(row)
            assert len(places) <= top
            order = [(-int(ranked.pairs.scores[k]), int(ranked.pairs.columns[k])) for k in places]
            assert order == sorted(order)
            assert all(score < 0 for score, _ in order)
            assert {int(ranked.pairs.rows[k]) for k in places} <= {row}
            if not needs.profiles[row].open:  # type: ignore[attr-defined]
                assert not places
    assert seen == list(range(len(wanted)))


@given(need_lists, product_lists)
@settings(deadline=None, max_examples=60)
def test_a_shorter_list_is_the_beginning_of_a_longer_one(
    wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    longer = shortlists(wanted, offered, top=8)
    assert {key: matches[:2] for key, matches in longer.items()} == shortlists(wanted, offered, top=2)


def test_where_hard_rules_take_all_candidates_the_search_goes_on_beyond_them() -> None:
    refused = [product(f"a{number}", title="隧道交通流量", delivery_modes=("file",)) for number in range(10)]
    welcome = [product("b", title="隧道照明"), product("c", title="隧道养护", delivery_modes=("api",))]
    wanted = need(text="隧道交通流量", excluded_delivery_modes=("file",))
    other = need("m", text="隧道交通流量")
    found = shortlists([wanted, other], [*refused, *welcome], NARROW, top=2)
    assert sorted(ids(found["n"])) == ["b", "c"]
    assert ids(found["m"]) == ["a0", "a1"]
    assert found["n"] == shortlists([wanted], [*refused, *welcome], Weights(), top=2)["n"]


@given(need_lists, product_lists, st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_hard_rules_leave_no_list_short_that_could_be_full(
    wanted: list[NeedProfile], offered: list[ProductProfile], top: int
) -> None:
    narrow = shortlists(wanted, offered, Weights(candidates=1), top)
    wide = shortlists(wanted, offered, Weights(), top)
    assert {key: len(matches) for key, matches in narrow.items()} == {
        key: len(matches) for key, matches in wide.items()
    }


def reason(wanted: NeedProfile, offered: Sequence[ProductProfile]) -> EmptyReason:
    needs, products = index_both([wanted], offered)
    (ranked,) = rank(needs, products, Weights(), 5)
    assert len(ranked.pairs) == 0
    return empty_reason(needs, 0, products)


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        (HOSPITAL_NEED, [], "no_products"),
        (HOSPITAL_NEED, [product(title="医院门诊", listed=False)], "no_products"),
        (HOSPITAL_NEED, [product(title="医院门诊", data_class="core")], "no_products"),
        (need(text="我们想要这些，谢谢"), PRODUCTS, "stop_words_only"),
        (need(text="We would need some of these."), PRODUCTS, "stop_words_only"),
        (need(), PRODUCTS, "stop_words_only"),
        (need(text="xylophone"), PRODUCTS, "nothing_in_common"),
        (replace(HOSPITAL_NEED, owner="o"), [product(title="医院门诊", owner="o")], "all_excluded"),
        (
            replace(HOSPITAL_NEED, excluded_deal_modes=("pledge",)),
            [product(title="医院门诊", deal_modes=("pledge",))],
            "all_excluded",
        ),
        (replace(HOSPITAL_NEED, open=False), PRODUCTS, "all_excluded"),
    ],
)
def test_an_empty_list_says_why(wanted: NeedProfile, offered: list[ProductProfile], expected: str) -> None:
    assert reason(wanted, offered) == expected


def test_an_element_that_a_product_gains_raises_its_score() -> None:
    statistics = Index.build(PRODUCTS).statistics
    needs = Index.build([TRAFFIC_NEED], statistics)
    richer = replace(PRODUCTS[0], elements=(*PRODUCTS[0].elements, Element("能见度")))
    before, after = (
        int(score_one(needs, Index.build([offer], statistics), Weights()).scores[0]) for offer in (PRODUCTS[0], richer)
    )
    assert after > before
