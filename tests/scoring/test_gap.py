"""Gaps: what several buyers want and nobody sells comes first, and what is sold is none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.gap import Gap, find_gaps
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.weights import Weights
from tests.scoring.samples import PRODUCTS, need, product
from tests.scoring.strategies import need_lists, product_lists

FLOOR = 3500
DEEP_SEA = "深海热液区微生物基因测序"
ROAD = product("p-road", title="隧道行车", elements=(Element("断面流量"), Element("能见度")))
OFFERED = (*PRODUCTS, ROAD)


def gaps(needs: list[NeedProfile], offered: Any = PRODUCTS, best: dict[str, int] | None = None) -> list[Gap]:
    """The gaps where no match reaches the floor unless ``best`` says so."""
    return find_gaps(needs, Index.build(offered), Weights(), best or {}, FLOOR)


def wanting(number: int, *names: str, **fields: Any) -> NeedProfile:
    """A need of buyer ``number`` for elements of these names."""
    elements = tuple(Element(name) for name in names)
    return need(f"n{number}", **{"owner": f"b{number}", "title": "研究", "elements": elements} | fields)


def test_what_three_buyers_want_and_nobody_sells_comes_first() -> None:
    needs = [
        wanting(1, DEEP_SEA, sectors=("science",)),
        wanting(2, f"{DEEP_SEA}数据", sectors=("science",)),
        need("n3", owner="b3", text=f"我们想要{DEEP_SEA}的数据", sectors=("health",)),
        wanting(4, "珠峰冰芯同位素"),
        wanting(5, "能见度"),
    ]
    first, *others = gaps(needs, best={"n5": FLOOR})
    assert set(first.phrases) >= {DEEP_SEA, f"{DEEP_SEA}数据"}
    assert (first.buyer_count, set(first.buyers), set(first.needs)) == (3, {"b1", "b2", "b3"}, {"n1", "n2", "n3"})
    assert (first.sectors, first.share) == (("science", "health"), 0.0)
    assert [gap.label for gap in others] == ["珠峰冰芯同位素"]


def test_an_element_that_some_product_covers_is_no_gap() -> None:
    assert gaps([wanting(1, "断面流量", "能见度", title="隧道行车")], OFFERED, best={"n1": FLOOR}) == []


def test_a_need_under_the_floor_is_a_gap_itself_where_none_of_its_elements_is() -> None:
    (gap,) = gaps([wanting(1, "断面流量", "能见度", title="隧道行车")], OFFERED, best={"n1": FLOOR - 1})
    assert gap.label == "隧道行车"


@pytest.mark.parametrize("best", [{}, {"n1": FLOOR}])
def test_a_need_whose_element_is_lacking_is_a_gap_at_any_score_and_once(best: dict[str, int]) -> None:
    assert [gap.label for gap in gaps([wanting(1, "断面流量", DEEP_SEA)], best=best)] == [DEEP_SEA]


def test_a_need_without_elements_or_title_is_named_after_its_text() -> None:
    (gap,) = gaps([need("n1", text=f"{DEEP_SEA}，" * 9)])
    assert gap.label == (f"{DEEP_SEA}，" * 9)[:60]
    assert (gap.buyers, gap.buyer_count) == ((), 1)


def test_one_buyer_with_two_needs_counts_once_and_closed_needs_not_at_all() -> None:
    both = [wanting(1, DEEP_SEA), wanting(2, DEEP_SEA, owner="b1"), wanting(3, DEEP_SEA, open=False)]
    (gap,) = gaps(both)
    assert (gap.buyer_count, gap.needs) == (1, ("n1", "n2"))


def test_the_sellers_to_approach_are_those_that_come_nearest_each_with_its_best_product() -> None:
    offered = [
        *PRODUCTS,
        product("q1", owner="near", title="深海热液区水温"),
        product("q2", owner="near", title="深海"),
        product("q3", owner="far", title="陆地植被生物量的遥感监测图谱"),
        product("q4", owner="b1", title=f"{DEEP_SEA}数据"),
    ]
    (gap,) = gaps([wanting(1, DEEP_SEA)], offered)
    assert [seller.product for seller in gap.sellers][:2] == ["q1", "q3"]
    assert all(seller.seller != "b1" for seller in gap.sellers), "the buyer itself is no seller to approach"


def test_of_sellers_as_near_to_the_phrase_the_one_near_to_the_whole_need_is_named_first() -> None:
    offered = [
        product("q1", owner="a", title="深海微生物", text="医院门诊挂号"),
        product("q2", owner="b", title="深海微生物", text="海洋科考航次"),
    ]
    for text, first in (("医院门诊", "q1"), ("海洋科考", "q2")):
        (gap,) = gaps([wanting(1, DEEP_SEA, text=text)], offered)
        assert [seller.product for seller in gap.sellers][:1] == [first]


def test_no_products_means_that_everything_is_lacking() -> None:
    (gap,) = gaps([wanting(1, DEEP_SEA)], [])
    assert (gap.label, gap.sellers) == (DEEP_SEA, ())


def test_no_needs_means_no_gaps() -> None:
    assert gaps([]) == []


@given(need_lists, product_lists, st.data())
def test_every_need_that_is_not_served_is_in_a_gap_and_no_order_changes_them(
    wanted: list[NeedProfile], offered: list[ProductProfile], data: st.DataObject
) -> None:
    products = Index.build(offered)
    found = find_gaps(wanted, products, Weights(), {}, FLOOR)
    named = [need_id for gap in found for need_id in gap.needs]
    assert set(named) == {profile.id for profile in wanted if profile.open}
    shuffled = data.draw(st.permutations(wanted))
    assert find_gaps(shuffled, products, Weights(), {}, FLOOR) == found
    for gap in found:
        assert 0 <= gap.share <= 1
        assert len(gap.sellers) <= 3
        assert len(gap.buyers) <= gap.buyer_count <= gap.need_count
        assert len({seller.seller or seller.product for seller in gap.sellers}) == len(gap.sellers)
