"""From decisions to learnt weights and back, as staff's command line goes through it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.decisions import decide
from matcher.database import make_engine, make_sessions
from matcher.models import Match
from matcher.queries.staff import by_email
from matcher.states import DecisionKind, RejectReason
from matcher.transaction import writing
from tests.matcher.judged_samples import write_judged
from tests.program import Run

EMAIL = "reviewer@example.org"


@pytest.fixture
def sqlite_file(environment: dict[str, str]) -> Path:
    """The database that the commands use."""
    return Path(environment["MATCHER_DATA_DIR"]) / "matcher.db"


def ruled(session: Session, needs: int) -> None:
    """Approve the first and reject the second match of so many needs."""
    member = by_email(session, EMAIL)
    assert member is not None
    firsts = session.scalars(select(Match).where(Match.rank == 1).order_by(Match.id).limit(needs)).all()
    for first in firsts:
        second = session.scalars(select(Match).where(Match.need_id == first.need_id, Match.rank == 2)).one()
        decide(session, first, member, DecisionKind.APPROVE)
        decide(session, second, member, DecisionKind.REJECT, RejectReason.COVERAGE)


def test_weights_are_learnt_promoted_and_taken_back(matcher: Run, sqlite_file: Path, tmp_path: Path) -> None:
    def run() -> dict[str, Any]:
        told: dict[str, Any] = json.loads(matcher("run", "--json").stdout)
        return told

    for command in (("init",), ("seed",), ("staff", "add", EMAIL)):
        assert matcher(*command).returncode == 0
    before = run()
    engine = make_engine(f"sqlite:///{sqlite_file}")
    with writing(make_sessions(engine)) as session:
        ruled(session, needs=3)
    engine.dispose()
    refused = matcher("learn")
    assert (refused.returncode, "只有 3 条需求" in refused.stderr, "至少要 30 条" in refused.stderr) == (1, True, True)
    assert run()["skipped"]

    judged = ["--collection", *write_judged(tmp_path)]
    assert "试运行" in matcher("learn", *judged, "--decisions", "--dry-run").stdout
    assert run()["skipped"]
    learnt = json.loads(matcher("learn", *judged, "--decisions", "--json").stdout)
    assert [group["collection"] for group in learnt["groups"]] == ["made", "decisions"]
    assert learnt["groups"][1]["needs"] == 3
    after = run()
    assert not after["skipped"]
    assert after["fingerprint"] != before["fingerprint"]
    best = {row["need"]: row["best"]["points"] for row in before["needs"]}
    assert {row["need"]: row["best"]["points"] for row in after["needs"]} != best
    assert run()["skipped"]

    assert matcher("learn", "rollback", learnt["promotion"]).returncode == 0
    back = run()
    assert (back["skipped"], back["fingerprint"]) == (False, before["fingerprint"])
    assert {row["need"]: row["best"]["points"] for row in back["needs"]} == best
