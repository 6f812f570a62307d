"""Bundles in two languages."""

import re
from typing import Any

import pytest

from matcher.bundle_texts import (
    _SAYS,
    conflict_texts,
    coverage_text,
    elements_text,
    price_text,
    uncovered_text,
)
from matcher.models import Product
from matcher.queries.bundles import StoredBundle
from matcher.states import PriceMode
from tests.factories import bundle

PLACE = re.compile(r"{\w+}")
PRODUCTS = [Product(id=f"p{number}", external_ref=f"GZ-0{number}", title="隧道流量") for number in (1, 2)]


def stored(**fields: Any) -> StoredBundle:
    return StoredBundle(bundle(PRODUCTS, **fields), {str(product.id): product for product in PRODUCTS})


def test_both_languages_have_the_same_places() -> None:
    for code, (zh, en) in _SAYS.items():
        assert sorted(PLACE.findall(zh)) == sorted(PLACE.findall(en)), code
        assert not re.search(r"[\u4e00-\u9fff]", en), code


def test_coverage_stands_beside_that_of_the_best_single_product() -> None:
    assert coverage_text(stored(), "zh_Hans") == "2 个产品合起来覆盖所需数据的 75%，最好的单个产品为 50%"
    assert coverage_text(stored(), "en").startswith("2 products together cover 75%")


def test_elements_have_their_share_and_must_haves_are_marked() -> None:
    rows = [{"element": "流量", "share": 0.625, "must": True}, {"element": "车型", "share": 1.0, "must": False}]
    assert elements_text(rows, "zh_Hans") == "流量[必需] 62%、车型 100%"
    assert elements_text(rows, "en") == "流量 [must have] 62%, 车型 100%"


def test_what_is_missing_and_what_is_covered_in_part_are_told_apart() -> None:
    rows = [{"element": "气象", "share": 0.0, "must": True}, {"element": "路况", "share": 0.3, "must": False}]
    assert uncovered_text(stored(uncovered=rows), "zh_Hans") == "仍缺：气象[必需]；仅部分覆盖：路况 30%"
    assert uncovered_text(stored(uncovered=[]), "en") == "everything asked for is covered"


@pytest.mark.parametrize(
    ("price", "zh"),
    [
        ({"amount": 12500.0, "unknown": 0}, "合计 12,500 元"),
        ({"amount": 0.5, "unknown": 0}, "合计 0.50 元"),
        ({"amount": None, "unknown": 1}, "1 个产品的价格未知或不可比"),
    ],
)
def test_a_price_is_a_sum_or_says_how_many_are_unknown(price: dict[str, Any], zh: str) -> None:
    assert price_text(stored(price=price), "zh_Hans") == zh


@pytest.mark.parametrize(
    ("modes", "zh", "en"),
    [
        ([(PriceMode.PER_PERIOD, "年"), (PriceMode.PER_PERIOD, "年")], "合计 300 元/年", "CNY 300/年 together"),
        ([(PriceMode.PER_PERIOD, "年"), (PriceMode.FREE, None)], "合计 300 元/年", "CNY 300/年 together"),
        (
            [(PriceMode.PER_PERIOD, "年"), (PriceMode.FIXED, None)],
            "计价周期不同，不作合计",
            "prices are for different periods: no sum",
        ),
        (
            [(PriceMode.PER_PERIOD, "年"), (PriceMode.PER_PERIOD, "月")],
            "计价周期不同，不作合计",
            "prices are for different periods: no sum",
        ),
    ],
)
def test_prices_for_different_periods_are_not_added_up(
    modes: list[tuple[PriceMode, str | None]], zh: str, en: str
) -> None:
    rows = [
        Product(id=f"p{n}", price_mode=mode, price_unit=unit, price_amount=None if mode is PriceMode.FREE else 150)
        for n, (mode, unit) in enumerate(modes)
    ]
    found = StoredBundle(
        bundle(rows, price={"amount": 300.0, "unknown": 0}), {str(product.id): product for product in rows}
    )
    assert (price_text(found, "zh_Hans"), price_text(found, "en")) == (zh, en)


def test_conflicts_say_who_states_what() -> None:
    found = stored(
        conflicts=[
            {"kind": "delivery", "products": ["p1", "p2"], "values": [["api", "file"], ["report"]]},
            {"kind": "data_class", "products": ["p1", "p2"], "values": [["general"], ["of a later version"]]},
        ]
    )
    assert conflict_texts(found, "zh_Hans") == [
        "交付方式没有共同的一种：GZ-01（API 接口、文件）；GZ-02（报告）",
        "数据分级不同：GZ-01（一般数据）；GZ-02（of a later version）",
    ]
    assert conflict_texts(stored(), "en") == []
