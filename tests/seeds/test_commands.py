"""``matcher seed`` as people and scripts call it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from matcher.cli import main
from matcher.database import make_engine, make_sessions
from matcher.models import Need
from matcher.transaction import writing


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command did."""

    code: int
    out: str
    err: str


Matcher = Callable[..., Ended]


@pytest.fixture
def matcher(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Matcher:
    """The program, on an empty database of its own."""
    monkeypatch.setenv("MATCHER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("MATCHER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MATCHER_LANGUAGE", raising=False)

    def call(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        return Ended(int(str(ended.value.code)), captured.out, captured.err)

    return call


def test_seed_says_what_it_did_in_either_language(matcher: Matcher) -> None:
    first = matcher("seed")
    assert (first.code, first.err) == (0, "")
    assert "新增 295，更新 0，未变 0，保留人工修改 0；待处理的提示 2 条" in first.out
    second = matcher("--language", "en", "seed")
    assert "created 0, updated 0, unchanged 295, left as edited 0; open findings 2" in second.out


def test_seed_prints_json_for_scripts(matcher: Matcher) -> None:
    matcher("seed")
    expected = {"created": 0, "updated": 0, "unchanged": 295, "edited": [], "findings": 2}
    assert json.loads(matcher("seed", "--json").out) == expected


def test_an_edited_row_is_named_and_force_overwrites_it(matcher: Matcher, sqlite_url: str) -> None:
    matcher("seed")
    engine = make_engine(sqlite_url)
    with writing(make_sessions(engine)) as session:
        session.scalars(select(Need).where(Need.external_ref == "SC-07")).one().title = "人工改过的标题"
    engine.dispose()
    kept = matcher("seed")
    assert kept.code == 0
    assert "need SC-07" in kept.err
    assert json.loads(matcher("seed", "--force", "--json").out)["updated"] == 1


def test_help_has_examples(matcher: Matcher) -> None:
    shown = matcher("seed", "--help")
    assert shown.code == 0
    assert "matcher seed --force" in shown.out


def test_an_unknown_option_is_bad_usage(matcher: Matcher) -> None:
    assert matcher("seed", "--nope").code == 2


def test_without_a_database_one_message_says_what_to_do(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    refused = matcher("seed")
    assert refused.code == 1
    assert "matcher init" in refused.err
    assert "Traceback" not in refused.err
