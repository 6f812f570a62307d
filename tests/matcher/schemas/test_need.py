"""Needs in their own words, scenarios, and organisations."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.models import Need
from matcher.schemas.loading import RowLoader
from matcher.schemas.need import FileNeedSchema, NeedSchema
from matcher.schemas.organisation import OrganisationSchema
from matcher.schemas.scenario import ScenarioSchema
from tests.matcher.schemas.test_product import JSON, loaded_or_refused, refused

LOADER = RowLoader(FileNeedSchema)
COLUMNS = {column.key for column in Need.__table__.columns}
NAMES = st.sampled_from([*FileNeedSchema().fields, *FileNeedSchema.ALIASES, "其他"])


def from_file(**fields: Any) -> dict[str, Any]:
    return LOADER.load({"id": "N-1"} | fields)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "要交通数据"}, {"text": "要交通数据"}),
        ({"title": "交通数据"}, {"title": "交通数据"}),
        ({"purpose": "要交通数据"}, {"text": "要交通数据"}),
        ({"data_elements": ["交通流"]}, {"elements": [{"name": "交通流", "items": [], "must": False}]}),
        ({"text": None, "title": "交通数据"}, {"title": "交通数据"}),
    ],
)
def test_any_way_to_ask_is_enough(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert from_file(**fields) == {"external_ref": "N-1"} | expected


@pytest.mark.parametrize(
    "fields", [{}, {"text": ""}, {"text": " \n "}, {"text": None, "title": None}, {"tags": ["甲"]}]
)
def test_a_need_that_asks_for_nothing_is_refused(fields: dict[str, Any]) -> None:
    assert refused(lambda: from_file(**fields)) == [("text", "empty-need")]


def test_elements_may_be_musts() -> None:
    row = from_file(data_elements=[{"name": "甲", "must": True}, {"name": "乙", "items": "丙、丁"}])
    assert row["elements"] == [
        {"name": "甲", "items": [], "must": True},
        {"name": "乙", "items": ["丙", "丁"], "must": False},
    ]


def test_conditions_are_read() -> None:
    row = from_file(
        text="要数据",
        budget="50万元",
        region="贵州",
        delivery_modes="API、隐私计算",
        excluded_delivery_modes=["文件"],
        requires_certificate="是",
        deadline="2026-12-31T00:00:00+08:00",
    )
    assert row["budget"] == Decimal(500_000)
    assert row["delivery_modes"] == ["api", "privacy_computing"]
    assert row["excluded_delivery_modes"] == ["file"]
    assert row["requires_certificate"] is True
    assert row["deadline_on"] == date(2026, 12, 31)


def test_a_budget_in_words_that_name_no_amount_is_unknown() -> None:
    assert "budget" not in from_file(text="要数据", budget="面议")
    assert from_file(text="要数据", budget=1234.5)["budget"] == Decimal("1234.5")


def test_the_first_name_of_a_field_wins_and_the_other_is_kept() -> None:
    row = from_file(text="正文", purpose="目的", external_ref="别的")
    assert row == {"external_ref": "N-1", "text": "正文", "extra": {"external_ref": "别的", "purpose": "目的"}}


def test_every_field_loads_as_a_column() -> None:
    assert NeedSchema().fields.keys() <= COLUMNS


def test_a_changed_part_of_a_need_need_not_be_whole() -> None:
    assert NeedSchema().load({"tags": ["甲"]}, partial=True) == {"tags": ["甲"]}
    row = {"external_ref": "N-1", "tags": ["甲"]}
    assert refused(lambda: NeedSchema().load(row)) == [("text", "empty-need")]


@given(st.dictionaries(NAMES, JSON, max_size=8))
def test_any_json_is_loaded_as_columns_or_refused(row: dict[str, Any]) -> None:
    columns, said = loaded_or_refused(LOADER, row)
    assert columns <= COLUMNS
    assert bool(columns) is not bool(said)


def test_a_scenario_loads_by_the_names_of_its_columns() -> None:
    row = {"id": "SC-1", "sector": "工业领域", "title": "甲", "purpose": "乙", "data_elements": ["丙"], "lines": [1, 2]}
    assert RowLoader(ScenarioSchema).load(row) == {
        "code": "SC-1",
        "domain": "工业领域",
        "title": "甲",
        "purpose": "乙",
        "elements": [{"name": "丙", "items": [], "must": False}],
    }


def organisation(**fields: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = OrganisationSchema().load({"external_ref": "O-1", "name": "甲公司"} | fields)
    return loaded


def test_an_organisation_is_checked() -> None:
    row = organisation(
        credit_code="91110000600037341l",
        roles=["buyer", "provider", "buyer"],
        contact_email="a.b+c@mail.example.org",
        language="en",
        preferences={"digest": "weekly", "floor": 35, "cap": 5},
    )
    assert row["credit_code"] == "91110000600037341L"
    assert row["roles"] == ["buyer", "provider"]
    assert row["preferences"] == {"digest": "weekly", "floor": 35, "cap": 5}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"credit_code": "911100006000373411"}, [("credit_code", "not-credit-code")]),
        ({"roles": ["king"]}, [("roles.0", "not-one-of")]),
        ({"contact_email": "not an address"}, [("contact_email", "not-email")]),
        ({"language": "fr"}, [("language", "not-one-of")]),
        ({"preferences": {"digest": "hourly"}}, [("preferences.digest", "not-one-of")]),
        ({"preferences": {"floor": 101}}, [("preferences.floor", "out-of-range")]),
        ({"preferences": {"floor": 3.5}}, [("preferences.floor", "not-number")]),
        ({"preferences": {"colour": "red"}}, [("preferences.colour", "unknown-field")]),
    ],
)
def test_wrong_organisations_are_refused_by_field(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(lambda: organisation(**fields)) == expected
