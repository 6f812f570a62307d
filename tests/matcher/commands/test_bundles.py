"""Bundles and near misses on the command line, over a run of their own."""

import json

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matcher.transaction import writing
from tests.factories import make_need, make_product
from tests.program import Run


@pytest.fixture
def parted(library: sessionmaker[Session]) -> sessionmaker[Session]:
    """The small library with a need, N2, whose elements P2 and P3 have between them."""
    names = ("跨江大桥振动监测", "隧道渗水照片", "边坡位移曲线")
    with writing(library) as session:
        elements = [{"name": name, "items": [], "must": name == names[2]} for name in names]
        make_need(session, external_ref="N2", title="", text="结构安全", elements=elements)
        for ref, title, mode in zip(("P2", "P3"), names[:2], ("trade", "share"), strict=True):
            make_product(session, external_ref=ref, title=title, summary="结构安全", deal_modes=[mode])
    return library


def test_a_shortlist_ends_with_its_bundles(matcher: Run, parted: sessionmaker[Session]) -> None:
    matcher("run")
    shown = matcher("shortlist", "N2").stdout
    tail = shown[shown.index("组合推荐") :].splitlines()
    # Weights 1, 1 and 2 of 4: each covers a quarter.
    assert tail[1] == "2 个产品合起来覆盖所需数据的 50%，最好的单个产品为 25%"
    assert {line.split()[1] for line in tail[2:4]} == {"P2", "P3"}
    assert tail[4:6] == ["  仍缺：边坡位移曲线[必需]", "  2 个产品的价格未知或不可比"]
    assert tail[6].startswith("  ! 交易方式没有共同的一种：")
    assert "together cover 50%" in matcher("--language", "en", "shortlist", "N2").stdout
    assert "组合推荐" not in matcher("shortlist", "N0").stdout


def test_programs_get_bundles_with_references_and_titles(matcher: Run, parted: sessionmaker[Session]) -> None:
    matcher("run")
    (bundle,) = json.loads(matcher("shortlist", "N2", "--json").stdout)["bundles"]
    assert (bundle["coverage"], bundle["best_single"]) == (0.5, 0.25)
    assert {member["external_ref"] for member in bundle["members"]} == {"P2", "P3"}
    assert bundle["price"] == {"amount": None, "per": None, "unknown": 2}
    assert [conflict["kind"] for conflict in bundle["conflicts"]] == ["deal"]
    assert json.loads(matcher("shortlist", "N0", "--json").stdout)["bundles"] == []


def test_explain_says_what_would_lift_a_match(matcher: Run, parted: sessionmaker[Session]) -> None:
    matcher("run")
    shown = matcher("explain", "N2", "P2").stdout
    assert "差一点: 1 个必需要素已覆盖 0 个；缺：边坡位移曲线" in shown
    assert "  → 补充数据要素：边坡位移曲线[必需]" in shown
    told = json.loads(matcher("--language", "en", "explain", "N2", "P2", "--json").stdout)["near_miss"]
    assert told["musts"] == {"have": 0, "of": 1, "missing": ["边坡位移曲线"]}
    assert told["changes"][0]["text"].startswith("add the data element: 边坡位移曲线 [must have]")
    assert told["score_before"] < told["score_after"]
