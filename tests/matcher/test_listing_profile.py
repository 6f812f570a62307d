"""Profiles are data: those that ship are right, and slips in others are named."""

import json
from pathlib import Path
from typing import Any

import pytest

from matcher.files import InvalidFileError
from matcher.listing_profile import Feed, load_profile, shipped_profiles
from tests.architecture.project import ROOT

RIGHT: dict[str, Any] = {"seller": "卖方", "fields": {"title": "名称"}}


def load(path: Path, given: Any, language: str = "en") -> Any:
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    path.write_text(text, encoding="utf-8-sig")
    return load_profile(str(path), language=language)


def wrong(path: Path, given: Any) -> dict[str, str]:
    with pytest.raises(InvalidFileError) as refused:
        load(path, given)
    return {problem.field: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_profile_that_ships_can_be_loaded(name: str) -> None:
    assert load_profile(name).feeds["title"].column


def test_the_documented_example_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "files.md").read_text(encoding="utf-8")
    example = page.split("### A profile for another exchange")[1].split("```json\n")[1].split("```")[0]
    profile = load(tmp_path / "p.json", example)
    assert profile.reference.read({"网址": "https://exchange.example/detail/7"}) == "somewhere-7"


def test_a_profile_names_the_columns_it_needs_and_those_it_keeps(tmp_path: Path) -> None:
    profile = load(
        tmp_path / "p.json",
        RIGHT
        | {
            "reference": {"column": "网址"},
            "fields": {"title": "名称", "summary": ["简介", "名称"]},
            "dates": {"上架": "%Y年%m月%d日"},
            "dropped": ["浏览量"],
        },
    )
    assert profile.needed() == ["卖方", "网址", "名称", "简介", "上架"]
    assert profile.kept(["卖方", "网址", "上架", "名称", "简介", "浏览量", "其他"]) == ["网址", "上架", "其他"]
    assert [profile.column_of(name) for name in ("id", "provider", "summary", "price")] == [
        "网址",
        "卖方",
        "简介, 名称",
        "price",
    ]


def test_a_feed_splits_translates_and_drops_what_is_blank_or_repeated() -> None:
    feed = Feed(["a", "b"], split="|", values={"议价": "面议"})
    assert feed.read({"a": "议价| 交易 |", "b": "交易"}) == ["面议", "交易"]
    assert Feed(["a", "b"]).read({"a": " 一|二 ", "b": ""}) == ["一|二"]


def test_each_slip_in_a_profile_is_named_with_what_would_be_right(tmp_path: Path) -> None:
    given = {
        "fields": {"titel": "名称", "summary": {"colum": "简介"}, "price": 3, "tags": {"column": "标签", "split": ""}},
        "reference": {"column": "网址", "pattern": "/(detail)/(\\d+)", "suffix": "x"},
        "constants": {"price": {"yuan": 1}, "sumary": "x"},
        "dates": {"上架": "YYYY-MM-DD"},
        "sellers": "卖方",
    }
    problems = wrong(tmp_path / "p.json", given)
    assert set(problems) == {
        "seller",
        "sellers",
        "fields.title",
        "fields.titel",
        "fields.summary.column",
        "fields.summary.colum",
        "fields.tags.split",
        "reference.pattern",
        "reference.suffix",
        "constants.price",
        "constants.sumary",
        "dates.上架",
    }
    assert "title" in problems["fields.titel"]
    assert "%Y/%m/%d" in problems["dates.上架"]
    assert "it has 2" in problems["reference.pattern"]


@pytest.mark.parametrize(
    ("given", "code"),
    [("[]", "not-object"), ('{"seller": ', "not-json"), ("[" * 100_000, "too-deep-to-read")],
)
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, given: str, code: str) -> None:
    with pytest.raises(InvalidFileError) as refused:
        load(tmp_path / "p.json", given)
    assert refused.value.problems[0].code == code


def test_patterns_must_be_regular_expressions(tmp_path: Path) -> None:
    for pattern in ("(", 3, "no group"):
        given = RIGHT | {"reference": {"column": "网址", "pattern": pattern}}
        assert set(wrong(tmp_path / "p.json", given)) == {"reference.pattern"}


def test_null_means_not_given(tmp_path: Path) -> None:
    given = RIGHT | dict.fromkeys(("constants", "dates", "dropped", "about", "reference"))
    assert load(tmp_path / "p.json", given).constants == {}


def test_an_unknown_profile_names_those_that_ship(tmp_path: Path) -> None:
    for name, code in (("no-such", "profile-unknown"), (str(tmp_path / "no.json"), "file-missing")):
        with pytest.raises(InvalidFileError) as refused:
            load_profile(name)
        assert refused.value.problems[0].code == code
    with pytest.raises(InvalidFileError, match="gzdex"):
        load_profile("no-such")
