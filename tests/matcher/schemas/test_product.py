"""Products are read as files write them and as the API names them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import INCLUDE, ValidationError

from matcher.errors import FieldProblem
from matcher.models import Product
from matcher.schemas.loading import RowLoader
from matcher.schemas.problems import problems
from matcher.schemas.product import FileProductSchema, ProductSchema
from matcher.states import DataClass, PriceMode, ProductKind, UpdateFrequency

LOADER = RowLoader(FileProductSchema)
COLUMNS = {column.key for column in Product.__table__.columns} | {"certificates"}


def from_file(**fields: Any) -> dict[str, Any]:
    return LOADER.load({"id": "P-1", "title": "标题"} | fields)


def refused(load: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as raised:
        load()
    messages = raised.value.normalized_messages()  # type: ignore[no-untyped-call]
    return [(problem.field, problem.code) for problem in problems(messages, "en")]


def test_id_and_title_are_enough() -> None:
    assert from_file() == {"external_ref": "P-1", "title": "标题"}


def test_null_anywhere_optional_means_unknown() -> None:
    everything = dict.fromkeys(FileProductSchema().fields.keys() - {"id", "title"})
    assert from_file(**everything) == {"external_ref": "P-1", "title": "标题"}


def test_fillers_are_unknown() -> None:
    row = from_file(sector="未知", region="-", update_frequency="待完善", price="暂无", kind="unknown", data_class="无")
    assert row.keys() <= {"external_ref", "title"}


def test_words_become_codes_and_stay_beside_them() -> None:
    row = from_file(sector="交通运输", region="贵州省贵阳市", update_frequency="T+1", price="1.2万元/年")
    assert (row["sectors"], row["sector_text"]) == (["transport"], "交通运输")
    assert (row["regions"], row["region_text"]) == (["520100"], "贵州省贵阳市")
    assert (row["update_frequency"], row["frequency_text"]) == (UpdateFrequency.DAILY, "T+1")
    assert (row["price_mode"], row["price_amount"]) == (PriceMode.PER_PERIOD, Decimal(12000))
    assert (row["price_unit"], row["price_text"]) == ("年", "1.2万元/年")


def test_unknown_words_are_no_errors_and_are_kept() -> None:
    row = from_file(
        sector="炼金术", region="亚特兰蒂斯", update_frequency="偶尔", price="一头牛", delivery_modes=["传真"]
    )
    assert (row["sectors"], row["sector_text"]) == ([], "炼金术")
    assert (row["regions"], row["region_text"]) == ([], "亚特兰蒂斯")
    assert (row["update_frequency"], row["frequency_text"]) == (None, "偶尔")
    assert (row["price_mode"], row["price_text"]) == (None, "一头牛")
    assert (row["delivery_modes"], row["extra"]) == ([], {"delivery_modes": ["传真"]})


def test_sector_and_region_may_be_lists() -> None:
    row = from_file(sector=["金融服务", "科技创新"], region=["贵州省", None, "北京"])
    assert (row["sectors"], row["sector_text"]) == (["finance", "science_technology"], "金融服务、科技创新")
    assert (row["regions"], row["region_text"]) == (["520000", "110000"], "贵州省、北京")


def test_a_price_may_be_a_number() -> None:
    row = from_file(price=3000)
    assert (row["price_mode"], row["price_amount"]) == (PriceMode.FIXED, Decimal(3000))


def test_lists_may_be_one_text() -> None:
    row = from_file(tags="高速；隧道, 隧道", data_elements="交通流数据、事件数据", outcomes="入表2216万元")
    assert row["tags"] == ["高速", "隧道"]
    assert row["elements"] == [{"name": "交通流数据", "items": []}, {"name": "事件数据", "items": []}]
    assert row["outcomes"] == ["入表2216万元"]


def test_elements_may_be_names_or_groups_and_keep_what_else_they_say() -> None:
    row = from_file(data_elements=["甲", {"name": "乙", "items": ["丙", "丁"], "unit": "吨"}, None, ""])
    assert row["elements"] == [{"name": "甲", "items": []}, {"name": "乙", "items": ["丙", "丁"], "unit": "吨"}]


def test_kinds_and_classes_may_be_written_in_chinese() -> None:
    row = from_file(kind="数据集", **{"class": "核心"})
    assert (row["kind"], row["data_class"]) == (ProductKind.DATASET, DataClass.CORE)


def test_unknown_fields_of_files_are_kept_in_extra() -> None:
    row = from_file(lines=[5, 7], complete=True, extra={"已有": 1})
    assert row["extra"] == {"lines": [5, 7], "complete": True, "已有": 1}


def test_unknown_fields_are_refused_where_the_schema_is_loaded_plainly() -> None:
    row = {"external_ref": "P-1", "title": "标题", "lines": [1]}
    assert refused(lambda: ProductSchema().load(row)) == [("lines", "unknown-field")]
    assert ProductSchema().load(row, unknown=INCLUDE)["extra"] == {"lines": [1]}


def test_columns_by_their_own_names_are_read_too() -> None:
    row = {
        "external_ref": "P-1",
        "title": "标题",
        "sectors": ["transport"],
        "regions": ["520100"],
        "coverage_start": "2024-01-01",
        "coverage_end": "2024-12-31",
        "price_amount": "12.34",
        "delivery_modes": ["api"],
        "certificates": [{"number": "GZ2024092900001", "expires_on": "2027-01-01"}],
    }
    loaded = ProductSchema().load(row)
    assert loaded["coverage_end"] == date(2024, 12, 31)
    assert loaded["price_amount"] == Decimal("12.34")
    assert loaded["certificates"] == [{"number": "GZ2024092900001", "expires_on": date(2027, 1, 1)}]


def test_every_field_loads_as_a_column() -> None:
    assert ProductSchema().fields.keys() <= COLUMNS
    texts = ("provider", "summary", "scenario", "volume", "sample", "sector", "region")
    lists = ("data_elements", "tags", "outcomes", "registration_nos", "不认识")
    others = {
        "coverage_start": "2024-01-01",
        "update_frequency": "日",
        "price": "1元/次",
        "personal_information": False,
    }
    words = {"delivery_modes": "API", "deal_modes": "许可", "status": "listed", "kind": "model", "data_class": "一般"}
    full = from_file(**dict.fromkeys(texts, "文字"), **{name: ["条目"] for name in lists}, **others, **words)
    assert full.keys() <= COLUMNS


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": None}, [("title", "null")]),
        ({"title": " "}, [("title", "required")]),
        ({"title": {}}, [("title", "not-text")]),
        ({"title": "长" * 501}, [("title", "too-long")]),
        ({"title": "a\x00b"}, [("title", "control-character")]),
        ({"title": "a\ud800b"}, [("title", "lone-surrogate")]),
        ({"id": True}, [("id", "not-text")]),
        ({"id": "a\nb"}, [("id", "line-break")]),
        ({"summary": "长" * 1_000_000}, [("summary", "too-long")]),
        ({"kind": "香蕉"}, [("kind", "not-one-of")]),
        ({"data_class": 3}, [("data_class", "not-text")]),
        ({"tags": {"a": 1}}, [("tags", "not-list")]),
        ({"tags": ["甲", ["乙"]]}, [("tags.1", "not-text")]),
        ({"tags": [str(n) for n in range(51)]}, [("tags", "too-many")]),
        ({"data_elements": [{"items": ["甲"]}]}, [("data_elements.0.name", "required")]),
        ({"data_elements": [7]}, [("data_elements.0", "not-object")]),
        ({"data_elements": ["甲"] * 201}, [("data_elements", "too-many")]),
        ({"price": True}, [("price", "not-number")]),
        ({"price": -1}, [("price", "out-of-range")]),
        ({"price": 10**400}, [("price", "out-of-range")]),
        ({"price": float("inf")}, [("price", "not-finite")]),
        ({"coverage_start": "昨天"}, [("coverage_start", "not-date")]),
        ({"coverage_start": "2025-01-02", "coverage_end": "2025-01-01"}, [("coverage_end", "dates-reversed")]),
        ({"personal_information": 2}, [("personal_information", "not-boolean")]),
        ({"备注": "a\x07"}, [("备注", "control-character")]),
        ({"备注": {"a\ud800": 1}}, [("备注", "lone-surrogate")]),
        ({"备注": float("inf")}, [("备注", "not-finite")]),
        ({"extra": []}, [("extra", "not-object")]),
    ],
)
def test_bad_input_is_refused_by_field(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(lambda: from_file(**fields)) == expected


def test_all_wrong_fields_are_named_at_once() -> None:
    assert refused(lambda: LOADER.load({"tags": 1, "price": []})) == [
        ("id", "required"),
        ("price", "not-number"),
        ("tags", "not-list"),
        ("title", "required"),
    ]


def loaded_or_refused(loader: RowLoader, row: dict[str, Any]) -> tuple[set[str], list[FieldProblem]]:
    """The columns of the row, or the problems with it."""
    try:
        return set(loader.load(row)), []
    except ValidationError as error:
        return set(), problems(error.normalized_messages(), "zh_Hans")  # type: ignore[no-untyped-call]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*FileProductSchema().fields, *FileProductSchema.ALIASES, "其他"])


@given(st.dictionaries(NAMES, JSON, max_size=8))
def test_any_json_is_loaded_as_columns_or_refused(row: dict[str, Any]) -> None:
    columns, said = loaded_or_refused(LOADER, row)
    assert columns <= COLUMNS
    assert bool(columns) is not bool(said)
