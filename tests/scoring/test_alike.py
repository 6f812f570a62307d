"""Listings that say the same are grouped, and those that differ in what matters are not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.regions import region_codes
from scoring.alike import alike_groups
from scoring.index import Index
from scoring.profile import ProductProfile
from tests.scoring.samples import product
from tests.scoring.strategies import product_lists

TEXT = "个人信用画像产品是以公共数据为主构建的个人信用评价体系，在合法合规且个人授权前提下推动个人信贷应用落地。"


def listing(id: str, title: str, text: str = TEXT, **fields: Any) -> ProductProfile:  # noqa: A002
    return product(id, **{"title": title, "text": text, "owner": "o"} | fields)


def groups_of(*products: ProductProfile) -> list[set[str]]:
    """The groups of more than one, by id."""
    index = Index.build(products)
    found: dict[int, set[str]] = {}
    for profile, group in zip(index.profiles, alike_groups(index, region_codes).tolist(), strict=True):
        found.setdefault(group, set()).add(profile.id)
    return [members for members in found.values() if len(members) > 1]


def test_the_same_listing_twice_is_one_group() -> None:
    assert groups_of(listing("a", "信用画像"), listing("b", "信用画像"), listing("c", "气象", "气温与降水")) == [
        {"a", "b"}
    ]


def test_serial_numbers_and_editions_do_not_tell_listings_apart() -> None:
    titles = ["个人信用画像003类通用版005", "个人信用画像002类定制版002", "个人信用画像—003类核验版001"]
    assert groups_of(*(listing(str(n), title) for n, title in enumerate(titles))) == [{"0", "1", "2"}]


def test_line_breaks_width_and_the_order_of_tags_do_not_tell_listings_apart() -> None:
    first = listing("a", "个人信用画像（通用版）", TEXT + "\n", tags=("信用", "信贷"))
    second = listing("b", "个人信用画像(通用版)", TEXT.replace("，", ","), tags=("信贷", "信用"))
    assert groups_of(first, second) == [{"a", "b"}]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(("贵阳市污水厂运行数据", TEXT), ("铜仁市污水厂运行数据", TEXT), id="place in the title"),
        pytest.param(("2023年企业年报", TEXT), ("2024年企业年报", TEXT), id="year in the title"),
        pytest.param(("食品经营许可", TEXT), ("自然人行政处罚", TEXT), id="another thing under the same text"),
        pytest.param(
            ("线划图", f"1:1万比例。{TEXT * 3}"), ("线划图", f"1:5万比例。{TEXT * 3}"), id="scale in the text"
        ),
        pytest.param(("食品经营许可证", TEXT), ("食品生产许可证", TEXT), id="one word of the title"),
        pytest.param(("自然人出资", TEXT), ("非自然人出资", TEXT), id="a negation"),
        pytest.param(("气温格点", f"气温格点，{TEXT}"), ("雨量格点", f"雨量格点，{TEXT}"), id="the title in the text"),
        pytest.param(("地图", f"凯里市。{TEXT * 3}"), ("地图", f"赫章县。{TEXT * 3}"), id="place in the text"),
    ],
)
def test_what_differs_in_a_place_a_number_or_its_subject_is_not_alike(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    assert groups_of(listing("a", *first), listing("b", *second), listing("c", "气象", "气温与降水")) == []


@pytest.mark.parametrize("fields", [{"regions": ("520100",)}, {"update_frequency": "daily"}, {"data_class": "general"}])
def test_what_differs_in_a_field_that_counts_is_not_alike(fields: dict[str, Any]) -> None:
    assert groups_of(listing("a", "信用画像"), listing("b", "信用画像", **fields)) == []


def test_a_text_that_is_all_but_equal_is_alike() -> None:
    """Thirty clauses of one vocabulary; one more word moves the cosine far less than 0.03."""
    words = [f"指标{chr(0x4E00 + 50 * number)}{chr(0x5E00 + 70 * number)}" for number in range(30)]
    text = "，".join(words)
    others = [listing(f"c{number}", f"统计{word}", owner="o") for number, word in enumerate(words)]
    assert groups_of(listing("a", "指标集", text), listing("b", "指标集", f"{text}，统计"), *others) == [{"a", "b"}]


@pytest.mark.parametrize("owner", [None, "other"])
def test_different_and_unknown_sellers_are_never_grouped(owner: str | None) -> None:
    assert groups_of(listing("a", "信用画像", owner=owner), listing("b", "信用画像", owner=owner and "o")) == []


@given(product_lists, st.data())
def test_groups_are_of_one_seller_and_no_order_changes_them(offered: list[ProductProfile], data: st.DataObject) -> None:
    index = Index.build(offered)
    groups = alike_groups(index, region_codes)
    assert len(groups) == len(offered)
    assert np.array_equal(groups[groups], groups)
    for row, group in enumerate(groups.tolist()):
        assert group <= row
        assert group == row or index.profiles[row].owner == index.profiles[group].owner is not None
    again = Index.build(data.draw(st.permutations(offered)), index.statistics)
    assert np.array_equal(alike_groups(again, region_codes), groups)
