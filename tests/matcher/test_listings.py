"""Rows of an exchange's CSV become products as its profile says; what does not is told by line and field."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import InvalidInputError
from matcher.files import read_products
from matcher.listing_csv import ListingFile
from matcher.listing_profile import load_profile
from matcher.listings import Listing, ListingReader, Refused, accepted, as_json_line, parse_ids, seller_ref
from matcher.states import PriceMode
from tests.architecture.project import ROOT
from tests.matcher.listing_samples import BAD, GOOD, LINES, SELLER, TEXT

GUIYANG = ROOT.parent / "shared" / "listings" / "guiyang.csv"
"""Real listings, which are not the project's to ship."""


def read(
    path: Path, text: str | bytes = TEXT, profile: str = "gzdex", ids: str | None = None
) -> list[Listing | Refused]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    loaded = load_profile(profile, language="en")
    file = ListingFile(path, loaded.needed(), language="en")
    return list(ListingReader(file, loaded, parse_ids(ids) if ids else None))


def good(rows: list[Listing | Refused]) -> dict[int, dict[str, Any]]:
    return {row.row.number: row.fields for row in rows if isinstance(row, Listing)}


def bad(rows: list[Listing | Refused]) -> dict[int, list[tuple[int | None, str, str]]]:
    refused = [row for row in rows if isinstance(row, Refused)]
    return {row.row.number: [(each.line, each.field, each.code) for each in row.problems] for row in refused}


def test_good_rows_become_products_and_bad_ones_are_told_by_line_and_field(tmp_path: Path) -> None:
    rows = read(tmp_path / "l.csv")
    assert [row.row.line for row in rows] == list(LINES)
    assert tuple(good(rows)) == GOOD
    assert bad(rows) == {
        3: [(LINES[3], "create_time", "not-date"), (LINES[3], "company", "required")],
        6: [(LINES[6], "", "row-cells")],
        7: [(LINES[7], "url", "duplicate-id")],
    }
    assert tuple(bad(rows)) == BAD


def test_a_listing_keeps_its_words_beside_the_codes(tmp_path: Path) -> None:
    product = good(read(tmp_path / "l.csv"))[0]
    assert product == {
        "external_ref": "gzdex-11",
        "title": '气象"离线"数据',
        "summary": "覆盖全域的气象要素监测数据，逐小时更新\n含温度、降水与风速",
        "provider": SELLER,
        # 居民服务、修理和其他服务业 says nothing about the sector.
        "sectors": ["agriculture", "commerce"],
        "sector_text": "农、林、牧、渔业；批发和零售业；居民服务、修理和其他服务业",
        "price_mode": PriceMode.NEGOTIABLE,
        "price_amount": None,
        "price_unit": None,
        "price_text": "面议",
        "extra": {
            "exchange": "贵阳大数据交易所",
            "url": "https://exchange.example/market/detail/11",
            "create_time": "2022-04-22T10:45:33+08:00",
            "update_time": "2022-05-01T08:00:00+08:00",
            "score": "4.5",
            "deal_time": "2",
            "new_category": "制造业",
            "category_aws": "Other",
        },
    }


def test_prices_become_mode_amount_and_unit(tmp_path: Path) -> None:
    products = good(read(tmp_path / "l.csv"))
    prices = {row: (products[row]["price_mode"], products[row]["price_amount"]) for row in (0, 1, 2, 5)}
    assert prices[0] == (PriceMode.NEGOTIABLE, None)
    assert prices[1] == (PriceMode.FREE, 0)
    assert prices[2] == (PriceMode.PER_CALL, Decimal("0.5"))
    assert prices[5] == (None, None)
    assert products[2]["price_unit"] == "次"
    assert "price_mode" not in products[8]


def test_a_listing_without_an_address_gets_its_reference_from_its_text(tmp_path: Path) -> None:
    first = good(read(tmp_path / "l.csv"))[8]["external_ref"]
    assert first.startswith("gzdex-text-")
    assert good(read(tmp_path / "m.csv"))[8]["external_ref"] == first
    twice = TEXT + TEXT.splitlines()[-1] + "\n"
    assert good(read(tmp_path / "n.csv", twice))[9]["external_ref"] == f"{first}-2"


def test_a_cell_that_is_not_utf8_spoils_its_row_alone(tmp_path: Path) -> None:
    broken = TEXT.encode().replace("企业信用查询".encode(), "企业信用查询".encode()[:-1], 1)
    rows = read(tmp_path / "l.csv", broken)
    # 5 whole characters and 2 bytes of the sixth: the fault begins at byte 16.
    assert bad(rows)[2] == [(LINES[2], "title", "not-utf8")]
    (refused,) = [row for row in rows if row.row.number == 2 and isinstance(row, Refused)]
    assert "byte 16" in refused.problems[0].message
    # Nobody has taken the address of row 2 now.
    assert 7 in good(rows)


def test_a_control_character_is_told_by_the_column_that_is_kept(tmp_path: Path) -> None:
    rows = read(tmp_path / "l.csv", TEXT.replace("制造业,Other", "制造\x00业,Other", 1))
    assert bad(rows)[0] == [(LINES[0], "new_category", "control-character")]


def test_ids_may_be_made_from_rows_and_then_count_alone(tmp_path: Path) -> None:
    rows = read(tmp_path / "l.csv", ids="demo:{row:04d}")
    assert {row: product["external_ref"] for row, product in good(rows).items()} == {
        row: f"demo:{row:04d}" for row in (*GOOD, 7)
    }
    assert parse_ids("{ref}/{row}")(7, "a") == "a/7"


@pytest.mark.parametrize(
    "template",
    ["", "fixed", "{row", "{0}", "{}", "{row.real}", "{row!r}", "{ref:>9999999}", "{row:{ref}}", "{row:9999d}", "{a}"],
)
def test_ids_take_nothing_but_row_and_reference(template: str) -> None:
    with pytest.raises(InvalidInputError, match="row:04d"):
        parse_ids(template)


def test_what_is_written_is_read_as_what_would_be_stored(tmp_path: Path) -> None:
    listings = [row for row in read(tmp_path / "l.csv") if isinstance(row, Listing)]
    written = tmp_path / "products.jsonl"
    written.write_text("".join(map(as_json_line, listings)), encoding="utf-8")
    assert read_products([written]) == [listing.fields for listing in listings]


def test_one_seller_has_one_reference_however_its_name_is_set() -> None:
    assert seller_ref("云流科技（广州）有限公司") == seller_ref(" 云流科技(广州) 有限公司")
    assert seller_ref("甲公司") != seller_ref("乙公司")


def test_the_refused_are_put_aside_and_each_row_is_reported(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    aside: list[Refused] = []
    kept = list(accepted(read(tmp_path / "l.csv"), 9, aside, lambda done, total: told.append((done, total))))
    assert (len(kept), len(aside), told[-1], len(told)) == (len(GOOD), len(BAD), (9, 9), 9)


def test_another_exchange_needs_a_profile_and_no_code(tmp_path: Path) -> None:
    profile = {
        "about": "某地数据交易中心导出的产品清单",
        "seller": "数商",
        "reference": {"column": "编号", "prefix": "somewhere-"},
        "fields": {
            "title": "产品名称",
            "summary": ["简介", "用途"],
            "tags": {"column": "标签", "split": "|"},
            "price": {"column": "价格", "values": {"电话咨询": "面议"}},
            "update_frequency": "更新",
            "coverage_end": "数据截止",
            "kind": {"column": "类型", "values": {"表": "dataset"}},
            "delivery_modes": "交付",
        },
        "constants": {"region": "贵州省", "delivery_modes": ["api"], "deal_modes": "交易"},
        "dates": {"数据截止": "%Y年%m月%d日", "上架": "%Y/%m/%d %H:%M"},
        "dropped": ["浏览量"],
    }
    (tmp_path / "p.json").write_text(json.dumps(profile, ensure_ascii=False), encoding="utf-8")
    text = (
        "编号,产品名称,数商,简介,用途,标签,价格,更新,数据截止,上架,类型,交付,浏览量,联系人\n"
        "A1,路况,某公司,全省路况,选线,路况|实时,电话咨询,每日,2025年12月31日,2026/1/2 08:30,表,,9,张三\n"
        "A2,桥梁,某公司,桥梁台账,,,2万元/年,,2025-12-31,,表,数据包,9,\n"
        "A3,桥梁,某公司,桥梁台账,,,2万元/年,,,,图,数据包,9,\n"
    )
    rows = read(tmp_path / "l.csv", text, str(tmp_path / "p.json"))
    product = good(rows)[0]
    assert product["external_ref"] == "somewhere-A1"
    assert product["summary"] == "全省路况\n选线"
    assert product["tags"] == ["路况", "实时"]
    assert (product["price_mode"], product["update_frequency"], product["kind"]) == ("negotiable", "daily", "dataset")
    assert str(product["coverage_end"]) == "2025-12-31"
    assert (product["delivery_modes"], product["deal_modes"], product["regions"]) == (["api"], ["trade"], ["520000"])
    assert product["extra"] == {"编号": "A1", "上架": "2026-01-02T08:30:00", "联系人": "张三"}
    assert bad(rows) == {1: [(3, "数据截止", "date-unlike")], 2: [(4, "类型", "not-one-of")]}


def test_real_listings_are_all_read(tmp_path: Path) -> None:
    if not GUIYANG.is_file():
        pytest.skip("the real listings lie beside the project only where it is developed")
    rows = read(tmp_path / "l.csv", GUIYANG.read_bytes())
    products = good(rows)
    assert (len(products), bad(rows)) == (669, {})
    assert len({product["external_ref"] for product in products.values()}) == 669
    modes = Counter(product["price_mode"] for product in products.values())
    # 669 less 476 面议 and 142 免费 leave 51, all per call.
    assert modes == {PriceMode.NEGOTIABLE: 476, PriceMode.FREE: 142, PriceMode.PER_CALL: 51}
    assert products[4]["price_amount"] == Decimal(754300)
    assert not [product for product in products.values() if "\n" in (product.get("sector_text") or "")]
