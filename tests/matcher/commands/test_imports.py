"""``matcher import listings`` as people and scripts call it."""

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest

from matcher.database import make_engine, make_sessions
from matcher.listing_csv import REASON
from matcher.queries.products import get_product
from matcher.transaction import writing
from tests.matcher.listing_samples import BAD, COLUMNS, LINES, SELLER, TEXT
from tests.matcher.test_listings import GUIYANG
from tests.program import Done, Run

PROFILE = ("--profile", "gzdex")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "listings.csv"
    path.write_text(TEXT, encoding="utf-8-sig")
    return path


@pytest.fixture
def taken_in(matcher: Run, source: Path, sqlite_url: str) -> Any:
    """Import the sample, on an empty database of its own."""

    def run(*more: str, language: str = "en") -> Done:
        arguments = ("--language", language, "import", "listings", str(source), *PROFILE, *more)
        return matcher(*arguments, MATCHER_DATABASE_URL=sqlite_url)

    return run


def rejected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_good_rows_are_in_and_the_others_are_told_and_kept(taken_in: Any, source: Path) -> None:
    done = taken_in()
    assert done.returncode == 1
    assert "created 6, updated 0, unchanged 0, left as edited 0, rejected 3" in done.stdout
    assert "new providers 2; among all products of these providers: thin descriptions 1, repeated ones 2" in done.stdout
    assert f"{source}:{LINES[3]}: create_time: must be a date" in done.stderr
    assert f"{source}:{LINES[7]}: url: id “gzdex-13” is already used at {source}:{LINES[2]}" in done.stderr
    kept = source.with_name("listings.rejects.csv")
    assert str(kept) in done.stderr
    rows = rejected(kept)
    assert list(rows[0])[: len(COLUMNS.split(","))] == COLUMNS.split(",")
    assert len(rows) == len(BAD)
    assert rows[0][REASON].startswith(f"{LINES[3]}: create_time: must be a date")
    assert "company: is required" in rows[0][REASON]
    # Its title would run as a formula.
    assert rows[1]["title"] == "'=多一格"
    assert "未导入 3" in taken_in(language="zh_Hans").stdout


def test_a_corrected_reject_file_is_imported_as_it_is(taken_in: Any, source: Path, matcher: Run) -> None:
    taken_in()
    kept = source.with_name("listings.rejects.csv")
    text = kept.read_text(encoding="utf-8-sig")
    text = (
        text.replace("昨天", "2022-01-01")
        .replace("面议,,", f"面议,{SELLER},")
        .replace(",多余", "")
        .replace("/13", "/18")
    )
    source.write_text(text, encoding="utf-8")
    done = taken_in("--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["created"] == 3
    assert json.loads(taken_in("--json").stdout)["unchanged"] == 3


def test_a_summary_for_scripts(taken_in: Any, source: Path) -> None:
    taken_in()
    assert json.loads(taken_in("--json").stdout) == {
        "created": 0,
        "updated": 0,
        "unchanged": 6,
        "edited": [],
        "sellers": 0,
        "thin": 1,
        "duplicates": 2,
        "rejected": 3,
        "rejects": str(source.with_name("listings.rejects.csv")),
        "dry_run": False,
    }


def test_rows_that_people_edited_are_named(taken_in: Any, sqlite_url: str) -> None:
    taken_in()
    engine = make_engine(sqlite_url)
    with writing(make_sessions(engine)) as session:
        get_product(session, "gzdex-13").title = "人工改过的标题"
    engine.dispose()
    done = taken_in()
    assert "left as edited 1" in done.stdout
    assert "gzdex-13" in done.stderr


def test_a_dry_run_leaves_nothing_behind(taken_in: Any, source: Path, tmp_path: Path) -> None:
    done = taken_in("--dry-run")
    assert done.returncode == 1
    assert "created 6" in done.stdout
    assert "nothing was stored" in done.stdout
    assert not source.with_name("listings.rejects.csv").exists()
    assert "created 6" in taken_in().stdout
    assert taken_in("--dry-run", "--to", str(tmp_path / "p.jsonl")).returncode == 1
    assert not (tmp_path / "p.jsonl").exists()


def test_a_file_for_rank_and_evaluate_needs_no_database(matcher: Run, source: Path, tmp_path: Path) -> None:
    to, rejects = tmp_path / "p.jsonl", tmp_path / "wrong.csv"
    more = ("--to", str(to), "--ids", "demo:{row:04d}", "--rejects", str(rejects), "--json")
    done = matcher(
        "import", "listings", str(source), *PROFILE, *more, MATCHER_DATABASE_URL="sqlite:////no/such/folder/x"
    )
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"written": 7, "rejected": 2, "rejects": str(rejects), "dry_run": False}
    assert [json.loads(line)["id"] for line in to.read_text(encoding="utf-8").splitlines()] == [
        f"demo:{row:04d}" for row in (0, 1, 2, 4, 5, 7, 8)
    ]
    needs = tmp_path / "needs.json"
    needs.write_text(json.dumps([{"id": "N-1", "text": "逐小时的气象要素监测"}]), encoding="utf-8")
    judgments = tmp_path / "grades.tsv"
    judgments.write_text("N-1\tdemo:0000\t3\n", encoding="utf-8")
    sides = ("--products", str(to), "--needs", str(needs))
    ranked = json.loads(matcher("rank", *sides).stdout)
    assert ranked["matches"][0]["product"] == "demo:0000"
    evaluated = json.loads(matcher("evaluate", *sides, "--judgments", str(judgments), "--json").stdout)
    assert evaluated["overall"]["ndcg@10"] == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--profile", "no-such"), "gzdex"),
        (("--profile", "no-such.json"), "no such file"),
        ((*PROFILE, "--ids", "{row}"), "--to"),
        ((*PROFILE, "--to", "p.jsonl", "--ids", "{row.real}"), "{row:04d}"),
        ((*PROFILE, "--to", "none/p.jsonl"), "no folder"),
        ((*PROFILE, "--to", "listings.csv"), "would be overwritten"),
        ((*PROFILE, "--rejects", "listings.csv"), "would be overwritten"),
        ((*PROFILE, "--to", "same.csv", "--rejects", "same.csv"), "would be overwritten"),
        ((), "--profile"),
    ],
)
def test_bad_usage_is_told_before_anything_is_done(
    matcher: Run, source: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(source.parent)
    done = matcher("--language", "en", "import", "listings", "listings.csv", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_lacks_columns_is_refused_with_their_names(matcher: Run, source: Path) -> None:
    source.write_text("标题,简介\n一,二\n", encoding="utf-8")
    done = matcher("--language", "en", "import", "listings", str(source), *PROFILE)
    assert done.returncode == 2
    for column in ("title", "description", "company", "url", "category", "price", "create_time"):
        assert f"{source}:1: {column}: the profile needs this column" in done.stderr


def test_of_many_problems_the_first_are_told(taken_in: Any, source: Path) -> None:
    source.write_text(COLUMNS + "\n" + "x,y\n" * 30, encoding="utf-8")
    done = taken_in()
    assert done.stderr.count("this row has 2 cells") == 20
    assert "10 problems more" in done.stderr
    assert len(rejected(source.with_name("listings.rejects.csv"))) == 30


def test_without_a_database_one_message_says_what_to_do(matcher: Run, source: Path, tmp_path: Path) -> None:
    done = matcher("import", "listings", str(source), *PROFILE, MATCHER_DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
    assert done.returncode == 1
    assert "matcher init" in done.stderr


def test_help_has_examples(matcher: Run) -> None:
    shown = matcher("import", "listings", "--help")
    assert shown.returncode == 0
    assert "--ids 'guiyang:{row:04d}'" in shown.stdout


def test_real_listings_are_in_within_ten_seconds_and_once(matcher: Run, sqlite_url: str, tmp_path: Path) -> None:
    if not GUIYANG.is_file():
        pytest.skip("the real listings lie beside the project only where it is developed")
    began = time.process_time()  # of this process: other tests may be busy beside it
    arguments = ("import", "listings", str(GUIYANG), *PROFILE, "--rejects", str(tmp_path / "r.csv"), "--json")
    done = matcher(*arguments, MATCHER_DATABASE_URL=sqlite_url)
    assert time.process_time() - began < 10
    report = json.loads(done.stdout)
    assert (done.returncode, report["created"], report["sellers"], report["rejects"]) == (0, 669, 79, None)
    # 103 listings repeat another's description, in 14 groups: 117 products; 17 % of 669.
    assert (report["thin"], report["duplicates"]) == (10, 117)
    assert json.loads(matcher(*arguments, MATCHER_DATABASE_URL=sqlite_url).stdout)["unchanged"] == 669
