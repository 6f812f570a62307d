"""Gaps and exposure: whole tables for people, JSON for programs."""

import json

from sqlalchemy.orm import Session, sessionmaker

from tests.program import Run


def test_gaps_are_told_as_a_table_and_as_json(matcher: Run, library: sessionmaker[Session]) -> None:
    assert "尚未评分" in matcher("gaps").stdout
    assert json.loads(matcher("gaps", "--json").stdout) == {"run": None, "gaps": []}
    run = json.loads(matcher("run", "--json").stdout)["run"]
    table = matcher("--language", "en", "gaps").stdout
    for text in ("Wanted", "气象观测", "N0", "贵州高速公路集团有限公司 P0"):
        assert text in table
    told = json.loads(matcher("gaps", "--json").stdout)
    assert told["run"] == run
    (gap,) = [gap for gap in told["gaps"] if gap["label"] == "气象观测"]
    assert (gap["buyer_count"], gap["buyers"][0]["name"], gap["needs"][0]["external_ref"]) == (1, "演示买方", "N0")
    assert gap["sellers"][0]["product"] == "P0"
    assert "另有" in matcher("gaps", "--top", "1").stdout
    assert len(json.loads(matcher("gaps", "--top", "1", "--json").stdout)["gaps"]) == 1


def test_exposure_is_told_as_a_table_and_as_json(matcher: Run, library: sessionmaker[Session]) -> None:
    matcher("run")
    assert "贵州高速公路集团有限公司" in matcher("exposure").stdout
    (row,) = json.loads(matcher("exposure", "--json").stdout)
    assert (row["supply"], row["supply_share"], row["first_share"], row["ratio"]) == (2, 1.0, 1.0, 1.0)


def test_an_empty_library_says_what_is_missing(matcher: Run, sqlite_url: str) -> None:
    assert "没有上架的产品" in matcher("exposure").stdout
    matcher("run")
    assert "没有缺口" in matcher("gaps").stdout
