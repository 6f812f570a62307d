"""Learn: shown, written, refused with the rule, promoted, listed and taken back."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.decisions import decide
from matcher.database import make_engine, make_sessions
from matcher.models import Match, Promotion
from matcher.states import DecisionKind, RejectReason
from matcher.transaction import writing
from scoring.weights import FACETS, Weights
from tests.factories import make_need, make_organisation, make_product, make_staff
from tests.matcher.judged_samples import write_judged
from tests.program import Run
from tests.scoring.judged_samples import OTHER, WANTED, topics


@pytest.fixture
def collection(tmp_path: Path) -> list[str]:
    """``--collection`` with a library whose judges follow the sector."""
    return ["--collection", *write_judged(tmp_path)]


def test_files_alone_are_learnt_from_without_a_database(matcher: Run, collection: list[str], tmp_path: Path) -> None:
    out = tmp_path / "w.json"
    done = matcher("--language", "en", "learn", *collection, "--dry-run", "--seeds", "1", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    for text in (
        "the package's default weights",
        "made S",
        "0.631",
        "+0.369",
        "Facets",
        "Graded 2 or 3",
        "┃",
        "better",
        "dry run",
    ):
        assert text in done.stdout
    assert not (tmp_path / "matcher.db").exists()
    products, needs, judgments = collection[1:]
    sides = ["--products", products, "--needs", needs, "--judgments", judgments, "--json"]
    by_default, learnt = (
        json.loads(matcher("evaluate", *sides, *more).stdout)["overall"]["ndcg@10"]
        for more in ([], ["--weights", str(out)])
    )
    assert (round(by_default, 3), learnt) == (0.631, 1.0)


def test_a_dry_run_tells_programs_in_json_and_may_compare_with_given_weights(
    matcher: Run, collection: list[str], tmp_path: Path
) -> None:
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"facets": dict.fromkeys(FACETS, 0.5)}), encoding="utf-8")
    done = matcher("learn", *collection, "--dry-run", "--seeds", "1", "--weights", str(given), "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["present"]["facets"] == dict.fromkeys(FACETS, 0.5)
    assert (told["dry_run"], told["promotion"], told["present_promotion"]) == (True, None, None)
    assert told["refused"]["rule"] == "no-gain"
    assert told["ndcg@10"] == {"old": 1.0, "new": 1.0, "fitted": 1.0}
    assert Weights.from_json(told["learnt"])
    assert {*told["calibration"]["new"]} == {"ece", "bins"}
    assert "没有可靠的提升" in matcher("learn", *collection, "--dry-run", "--weights", str(given)).stdout


def test_better_weights_are_promoted_listed_and_taken_back(
    matcher: Run, library: sessionmaker[Session], collection: list[str]
) -> None:
    assert "没有启用过" in matcher("learn", "list").stdout
    done = matcher("learn", *collection, "--seeds", "1", "--json")
    promotion = json.loads(done.stdout)["promotion"]
    assert (done.returncode, json.loads(matcher("learn", "list", "--json").stdout)[0]["id"]) == (0, promotion)
    again = matcher("learn", *collection, "--seeds", "1")
    assert (again.returncode, f"启用的权重 {promotion}" in again.stdout) == (1, True)
    assert "没有可靠的提升" in again.stderr
    listed = matcher("--language", "en", "learn", "list").stdout
    for text in (promotion, "at work", "0.631 → 1.000", "command:learn"):
        assert text in listed
    assert promotion in matcher("doctor").stdout
    other = "0197c2d4-6c1e-7000-8000-3f2a9b0c1d2e"
    refused = matcher("learn", "rollback", other)
    assert (refused.returncode, other in refused.stderr, promotion in refused.stderr) == (1, True, True)
    taken = matcher("learn", "rollback", promotion)
    assert (taken.returncode, "默认权重" in taken.stdout) == (0, True)
    assert "command:learn-rollback" in matcher("learn", "list").stdout
    assert "没有可撤回的" in matcher("learn", "rollback").stderr
    assert "nothing to take back" in matcher("--language", "en", "learn", "rollback").stderr


def test_a_promotion_that_cannot_be_read_is_told_wherever_weights_are(
    matcher: Run, library: sessionmaker[Session], collection: list[str]
) -> None:
    matcher("learn", *collection, "--seeds", "1")
    with writing(library) as session:
        session.execute(update(Promotion).values(weights={"mood": 1}))
    done = matcher("learn", *collection, "--seeds", "1", "--dry-run")
    assert "matcher learn rollback" in done.stderr
    assert "默认权重" in done.stdout
    assert "无法读取" in matcher("learn", "list").stdout
    assert "无法读取" in matcher("doctor").stdout
    assert matcher("learn", "rollback").returncode == 0


@pytest.mark.parametrize(
    ("language", "said"), [("zh_Hans", "只有 0 条需求"), ("en", "0 needs have both a product that fits and one")]
)
def test_with_few_decisions_nothing_is_learnt(
    matcher: Run, library: sessionmaker[Session], language: str, said: str
) -> None:
    done = matcher("--language", language, "learn")
    assert (done.returncode, said in done.stderr) == (1, True)


def test_decisions_alone_can_be_learnt_from(matcher: Run, sqlite_url: str) -> None:
    sessions = make_sessions(make_engine(sqlite_url))
    with writing(sessions) as session:
        seller, buyer, staff = make_organisation(session), make_organisation(session), make_staff(session)
        for topic in topics(30):
            make_need(session, buyer, title="", text=topic.same, sectors=list(WANTED))
            make_product(session, seller, title=topic.same, summary="", sectors=list(OTHER))
            make_product(session, seller, title=topic.near, summary="", sectors=list(WANTED))
    matcher("run")
    with writing(sessions) as session:
        for match in session.scalars(select(Match).order_by(Match.need_id, Match.rank)).all():
            good = match.product.sectors == list(WANTED)
            kind = DecisionKind.APPROVE if good else DecisionKind.REJECT
            decide(session, match, staff, kind, None if good else RejectReason.IRRELEVANT)
    told = json.loads(matcher("learn", "--seeds", "1", "--json").stdout)
    assert [(group["collection"], group["needs"]) for group in told["groups"]] == [("decisions", 30)]
    assert (told["refused"], told["promotion"] is None, told["ndcg@10"]["new"]) == (None, False, 1.0)
    assert not json.loads(matcher("run", "--json").stdout)["skipped"]


def test_without_a_database_only_files_can_be_learnt_from(matcher: Run, collection: list[str]) -> None:
    for arguments in ([], [*collection], [*collection, "--decisions", "--dry-run"], ["list"], ["rollback"]):
        done = matcher("learn", *arguments)
        assert (done.returncode, "matcher init" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--weights", "w.json"], "--dry-run"),
        (["--dry-run", "rollback"], "子命令"),
        (["--dry-run", "--collection", "a", "b"], "--collection"),
        (["--dry-run", "--collection", "none.jsonl", "none.jsonl", "none.tsv"], "没有这个文件"),
        (["--dry-run", "--weights", "none.json"], "none.json"),
        (["rollback", "no-id"], "no-id"),
    ],
)
def test_wrong_usage_is_told_before_the_work(matcher: Run, arguments: list[str], said: str) -> None:
    done = matcher("learn", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_without_the_encoder_nothing_is_learnt(matcher: Run, collection: list[str]) -> None:
    away = {"MATCHER_EMBEDDINGS": "http://127.0.0.1:9/v1/embeddings", "MATCHER_EMBEDDINGS_MODEL": "none"}
    done = matcher("learn", *collection, "--dry-run", **away)
    assert (done.returncode, done.stdout, "127.0.0.1:9" in done.stderr) == (1, "", True)


def test_an_input_is_never_overwritten(matcher: Run, collection: list[str]) -> None:
    done = matcher("learn", *collection, "--dry-run", "--out", collection[1])
    assert (done.returncode, "是输入文件" in done.stderr) == (2, True)


def test_two_collections_of_one_name_are_told_apart(matcher: Run, tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    asked = [argument for folder in folders for argument in ("--collection", *write_judged(folder, 30))]
    told = json.loads(matcher("learn", *asked, "--dry-run", "--seeds", "1", "--json").stdout)
    assert [group["collection"] for group in told["groups"]] == ["made", "made-2"]
    assert told["needs"] == 30
