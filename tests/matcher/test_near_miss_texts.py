"""What would lift a match, in two languages."""

import re
from typing import Any

import pytest

from matcher.messages import LANGUAGES
from matcher.near_miss_texts import _SAYS, change_text, outcome_text, state_text, with_texts
from scoring.near_miss import OTHER, Change, NearMiss

PLACE = re.compile(r"{\w+}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def near_miss(**fields: Any) -> dict[str, Any]:
    """A match at 30 of 35 points with one change that brings 6.5."""
    known = {
        "floor": 3500,
        "changes": (Change("delivery", value=("api",), had=True, gain=650),),
        "score_before": 3000,
        "score_after": 3650,
        "reaches": True,
        "musts": (0, 0),
        "missing": (),
        "excluded": None,
    }
    return NearMiss(**(known | fields)).to_json()  # type: ignore[arg-type]


def test_both_languages_say_the_same_with_the_same_places() -> None:
    for code, (zh, en) in _SAYS.items():
        assert sorted(PLACE.findall(zh)) == sorted(PLACE.findall(en)), code
        assert not CHINESE.search(en), code


def test_must_haves_are_counted_and_the_missing_ones_named() -> None:
    short = near_miss(musts=(4, 5), missing=("县级覆盖",), score_before=4000)
    assert state_text(short, "zh_Hans") == "5 个必需要素已覆盖 4 个；缺：县级覆盖"
    assert state_text(short, "en") == "4 of 5 must-haves covered; missing: 县级覆盖"
    assert state_text(near_miss(musts=(2, 2)), "zh_Hans") == "2 个必需要素已全部覆盖；得分 30.00，低于 35.00 的达标线"


def test_a_rule_is_said_first() -> None:
    apart = near_miss(excluded="not_listed")
    assert state_text(apart, "en").startswith("a hard rule keeps them apart now: the product is not listed; ")


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        (Change("element", "气象", must=True), "补充数据要素：气象[必需]", "add the data element: 气象 [must have]"),
        (
            Change("element", "气象", ("降水", "气温"), had=True),
            "补全数据要素：气象（降水、气温）",
            "complete the data element: 气象 (降水, 气温)",
        ),
        (Change("listed"), "将产品上架", "list the product"),
        (Change("certificate"), "取得有效的登记证书", "have a valid registration certificate"),
        (Change("certificate", had=True), "换领有效的登记证书", "have the registration certificate renewed"),
        (Change("delivery", value=("api", "file"), had=True), "交付方式增加：API 接口或文件", "API or File would do"),
        (Change("deal", value=("licence",)), "写明交易方式：许可", "say that the deal mode Licence is possible"),
        (
            Change("delivery", value=(OTHER,), refused=("file",), had=True),
            "交付方式增加文件之外的任一种",
            "any way of delivery other than File would do",
        ),
        (
            Change("update_frequency", value=("daily",), had=True),
            "更新频率提高到：每日",
            "often as asked would do: Daily",
        ),
        (Change("region", value=("520100",)), "写明覆盖地区：", "say that the region is covered: "),
        (
            Change("price", value=(12000.0,), had=True),
            "价格降到 12,000 元以内",
            "a price of at most CNY 12,000 would do",
        ),
        (Change("freshness", value=("2026-01-01",), had=True), "数据更新到 2026-01-01", "data that reaches 2026-01-01"),
    ],
    ids=lambda value: value.kind if isinstance(value, Change) else "",
)
def test_a_change_is_what_the_seller_would_do(change: Change, zh: str, en: str) -> None:
    assert zh in change_text(change.to_json(), "zh_Hans")
    assert en in change_text(change.to_json(), "en")


def test_a_change_says_what_it_brings_by_itself() -> None:
    assert change_text(Change("listed", gain=235).to_json(), "zh_Hans") == "将产品上架（单项 +2.35 分）"
    assert change_text(Change("listed", gain=-40).to_json(), "en") == "list the product (−0.40 by itself)"


def test_the_outcome_tells_whether_it_would_do() -> None:
    one, two = Change("listed"), Change("certificate")
    assert outcome_text(near_miss(), "zh_Hans") == "做到以下一项即可达标（得分 30.00 → 36.50）"
    assert "these 2 changes" in outcome_text(near_miss(changes=(one, two)), "en")
    assert "would help most" in outcome_text(near_miss(reaches=False), "en")
    assert outcome_text(near_miss(changes=(), reaches=False), "zh_Hans") == "供方没有可做的改动"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_sentences_together_leave_the_figures_as_they_are(language: str) -> None:
    plain = near_miss()
    said = with_texts(plain, language)
    assert said["state"] == state_text(plain, language)
    assert said["outcome"] == outcome_text(plain, language)
    assert [change.pop("text") for change in said["changes"]] == [change_text(plain["changes"][0], language)]
    assert {name: said[name] for name in plain} == plain
