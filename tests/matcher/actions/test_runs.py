"""Runs: every need's shortlist is stored, whatever happens on the way."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions import leases, runs
from matcher.actions.decisions import decide
from matcher.actions.runs import RunReport, full_run
from matcher.actions.shortlists import store_block
from matcher.database import utcnow
from matcher.engine import Shortlist as Found
from matcher.errors import LostLeaseError, RunUnderWayError
from matcher.events import EventType
from matcher.models import Engine, Event, Match, Need, Product, Run, Shortlist
from matcher.queries.runs import latest_run
from matcher.settings import Settings
from matcher.states import DecisionKind, MatchStatus, NeedStatus, ProductStatus, RunStatus
from matcher.transaction import reading, writing
from tests.factories import make_need, make_organisation, make_product, make_staff

SUPPLY = ("高速公路收费站通行流量数据", "电解铝生产工艺参数数据集", "医保药品处方统计数据", "气象灾害预警数据")
DEMAND = ("需要高速公路通行流量", "电解铝工艺参数优化", "药品处方统计分析", "的了和与")

ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""SQLite has one writer at a time: what two of them do to each other happens on PostgreSQL only."""

DIES_AFTER_TWO = """
import os, signal, sys
from matcher.actions.runs import full_run
from matcher.database import make_engine, make_sessions
from matcher.settings import Settings

settings = Settings(database_url=sys.argv[1], embeddings="off")
die = lambda done, _: os.kill(os.getpid(), signal.SIGKILL) if done == 2 else None
full_run(make_sessions(make_engine(settings.database_url)), settings, die, block=1)
"""


@pytest.fixture
def library(sessions: sessionmaker[Session]) -> dict[str, UUID]:
    """Four products and four needs, the last of stop words only; ids by reference."""
    with writing(sessions) as session:
        seller, buyer = make_organisation(session), make_organisation(session)
        rows: list[Product | Need] = []
        for number, title in enumerate(SUPPLY):
            rows.append(make_product(session, seller, external_ref=f"P{number}", title=title, summary=title))
        for number, text in enumerate(DEMAND):
            rows.append(make_need(session, buyer, external_ref=f"N{number}", title="", text=text))
        return {row.external_ref: row.id for row in rows}


def stored(sessions: sessionmaker[Session]) -> dict[tuple[str, str], tuple[int, int | None, MatchStatus]]:
    with reading(sessions) as session:
        rows = session.execute(
            select(Need.external_ref, Product.external_ref, Match.score, Match.rank, Match.status)
            .join(Need, Need.id == Match.need_id)
            .join(Product, Product.id == Match.product_id)
            .order_by(Need.external_ref, Match.rank)
        )
        return {(need, product): (score, rank, status) for need, product, score, rank, status in rows}


def the_run(sessions: sessionmaker[Session]) -> Run:
    with reading(sessions) as session:
        return session.scalars(select(Run)).one()


def stop_after(blocks: int, error: type[BaseException]) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done >= blocks:
            raise error

    return progress


def test_every_need_gets_its_shortlist(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    report = full_run(sessions, settings)
    found = stored(sessions)
    assert [found["N0", "P0"][1], found["N1", "P1"][1], found["N2", "P2"][1]] == [1, 1, 1]
    assert (report.needs, report.products, report.matches) == (4, 4, len(found))
    with reading(sessions) as session:
        lists = {s.need_id: s for s in session.scalars(select(Shortlist))}
        match = session.scalars(select(Match).order_by(Match.id)).first()
        engine = session.scalars(select(Engine)).one()
    assert lists[library["N0"]].best_score == found["N0", "P0"][0]
    assert (lists[library["N3"]].size, lists[library["N3"]].reason) == (0, "stop_words_only")
    assert match is not None
    assert match.score == match.breakdown["score"] == sum(part["points"] for part in match.breakdown["parts"])
    assert match.fingerprint == engine.fingerprint == report.fingerprint


def test_a_finished_run_says_so(sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]) -> None:
    full_run(sessions, settings)
    run = the_run(sessions)
    assert (run.status, run.needs_done, run.needs_total, run.held_by) == (RunStatus.FINISHED, 4, 4, None)
    with reading(sessions) as session:
        assert [e.type for e in session.scalars(select(Event))] == [EventType.RUN_FINISHED]


def test_an_unchanged_library_is_not_scored_again(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    first = full_run(sessions, settings)
    second = full_run(sessions, settings)
    assert (second.skipped, second.run_id, second.matches) == (True, first.run_id, first.matches)
    assert not full_run(sessions, settings, force=True).skipped


@pytest.mark.parametrize("change", ["need", "product", "shortlist_size", "collapse_alike", "seller_cap", "floor"])
def test_a_changed_library_is_scored_again(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID], change: str
) -> None:
    full_run(sessions, settings)
    with writing(sessions) as session:
        if change == "need":
            session.get_one(Need, library["N0"]).text = "药品处方"
        elif change == "product":
            session.get_one(Product, library["P0"]).title = "桥梁监测"
    others: dict[str, Any] = {"shortlist_size": 1, "collapse_alike": False, "seller_cap": 0, "floor": 0}
    changed = {name: value for name, value in others.items() if name == change}
    assert not full_run(sessions, replace(settings, **changed)).skipped


def test_a_rerun_gives_the_same_matches_under_the_same_ids(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    def everything() -> list[Any]:
        with reading(sessions) as session:
            rows = session.execute(select(Match.id, Match.version, Match.score, Match.rank).order_by(Match.id))
            return [tuple(row) for row in rows]

    full_run(sessions, settings)
    before = everything()
    full_run(sessions, settings, force=True)
    assert everything() == before


def test_pairs_that_left_the_shortlist_go_unless_staff_has_ruled_on_them(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    full_run(sessions, settings)
    with writing(sessions) as session:
        decided = session.scalars(select(Match).where(Match.need_id == library["N0"], Match.rank == 1)).one()
        decide(session, decided, make_staff(session), DecisionKind.APPROVE)
        for ref in ("P0", "P1"):
            session.get_one(Product, library[ref]).status = ProductStatus.PAUSED
    full_run(sessions, settings)
    after = stored(sessions)
    assert after["N0", "P0"][1:] == (None, MatchStatus.APPROVED)
    assert ("N1", "P1") not in after


def test_a_decided_match_is_scored_anew_but_keeps_its_status(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    full_run(sessions, settings)
    with writing(sessions) as session:
        decided = session.scalars(select(Match).where(Match.need_id == library["N0"], Match.rank == 1)).one()
        decide(session, decided, make_staff(session), DecisionKind.APPROVE)
        session.get_one(Need, library["N0"]).text = "公路气象灾害预警"
    before = stored(sessions)["N0", "P0"]
    full_run(sessions, settings)
    after = stored(sessions)["N0", "P0"]
    assert after[0] != before[0]
    assert after[2] is MatchStatus.APPROVED


def test_the_matches_of_a_closed_need_go(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    full_run(sessions, settings)
    with writing(sessions) as session:
        session.get_one(Need, library["N0"]).status = NeedStatus.CLOSED
    full_run(sessions, settings)
    assert not [pair for pair in stored(sessions) if pair[0] == "N0"]
    with reading(sessions) as session:
        assert session.get(Shortlist, library["N0"]) is None


def test_a_failed_run_says_why_and_goes_on_where_it_stopped(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    with pytest.raises(ZeroDivisionError):
        full_run(sessions, settings, stop_after(2, ZeroDivisionError), block=1)
    failed = the_run(sessions)
    assert (failed.status, failed.needs_done, failed.error) == (RunStatus.FAILED, 2, "ZeroDivisionError: ")
    report = full_run(sessions, settings, block=1)
    assert (report.resumed_at, report.run_id) == (2, failed.id)
    assert_whole(sessions, report)


def test_an_interrupted_run_can_go_on_at_once(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, settings, stop_after(1, KeyboardInterrupt), block=1)
    assert the_run(sessions).status is RunStatus.RUNNING
    report = full_run(sessions, settings, block=1)
    assert report.resumed_at == 1
    assert_whole(sessions, report)


def test_a_killed_run_leaves_whole_blocks_and_goes_on_at_once(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    child = subprocess.run([sys.executable, "-c", DIES_AFTER_TWO, settings.database_url], check=False, timeout=60)
    assert child.returncode == -signal.SIGKILL
    killed = the_run(sessions)
    assert (killed.status, killed.needs_done) == (RunStatus.RUNNING, 2)
    assert killed.held_by is not None
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Shortlist)) == 2
    report = full_run(sessions, settings, block=1)
    assert report.resumed_at == 2
    assert_whole(sessions, report)


def test_an_interrupted_run_ends_where_the_library_has_changed(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, settings, stop_after(1, KeyboardInterrupt), block=1)
    with writing(sessions) as session:
        session.get_one(Need, library["N0"]).text = "药品处方"
    report = full_run(sessions, settings)
    with reading(sessions) as session:
        statuses = list(session.scalars(select(Run.status).order_by(Run.id)))
    assert (report.resumed_at, statuses) == (0, [RunStatus.FAILED, RunStatus.FINISHED])


def test_a_second_run_while_one_is_alive_says_so(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    entered, leave = threading.Event(), threading.Event()
    reports: list[RunReport] = []

    def pause(done: int, _total: int) -> None:
        if done == 1:
            entered.set()
            leave.wait(30)

    first = threading.Thread(target=lambda: reports.append(full_run(sessions, settings, pause, block=1)))
    first.start()
    try:
        assert entered.wait(30)
        with pytest.raises(RunUnderWayError, match="1 of 4 needs"):
            full_run(sessions, settings)
    finally:
        leave.set()
        first.join()
    assert_whole(sessions, reports[0])


def test_a_process_that_lost_its_lease_writes_nothing_more(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    def lose(done: int, _total: int) -> None:
        if done == 1:
            with writing(sessions) as session:
                session.execute(update(Run).values(held_by="elsewhere:1:token"))

    with pytest.raises(LostLeaseError):
        full_run(sessions, settings, lose, block=1)
    run = the_run(sessions)
    assert (run.needs_done, run.held_by, run.status) == (1, "elsewhere:1:token", RunStatus.RUNNING)


def test_a_lease_ends_by_time_and_with_its_process() -> None:
    now = utcnow()
    mine = Run(held_by=leases.new_holder(), held_until=now + timedelta(seconds=1))
    assert leases.is_held(mine, now)
    assert not leases.is_held(mine, now + timedelta(seconds=2))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        child = process.pid
    host = leases.new_holder().split(":")[0]
    assert not leases.is_held(Run(held_by=f"{host}:{child}:x", held_until=now + timedelta(hours=1)), now)
    assert leases.is_held(Run(held_by=f"elsewhere:{child}:x", held_until=now + timedelta(hours=1)), now)


def test_a_block_is_stored_in_as_many_statements_whatever_its_size(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    report = full_run(sessions, settings)
    versions = {str(row_id): 1 for row_id in library.values()}
    counts = []
    for needs in (["N0"], ["N0", "N1", "N2"]):
        with writing(sessions) as session:
            run = session.get_one(Run, report.run_id)
            statements: list[str] = []
            event.listen(session.get_bind(), "before_cursor_execute", lambda *a: statements.append(a[2]))  # noqa: B023
            store_block(session, run, [Found(str(library[ref]), [], "nothing_in_common") for ref in needs], versions)
            counts.append(len(statements))
    assert counts[0] == 3


@ON_POSTGRESQL
def test_a_run_taken_by_another_process_after_it_was_looked_at_is_under_way(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        full_run(sessions, settings, stop_after(1, KeyboardInterrupt), block=1)

    def looked_at_then_taken(session: Session) -> Run | None:
        found = latest_run(session)
        with writing(sessions) as other:
            other.execute(update(Run).values(held_by="elsewhere:1:token", held_until=utcnow() + timedelta(hours=1)))
        return found

    monkeypatch.setattr(runs, "latest_run", looked_at_then_taken)
    with pytest.raises(RunUnderWayError):
        full_run(sessions, settings)
    assert the_run(sessions).held_by == "elsewhere:1:token"


@ON_POSTGRESQL
def test_of_two_first_runs_at_once_one_is_told_of_the_other(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    both, told = threading.Barrier(2), threading.Event()
    ends: list[RunReport | Exception] = []

    def see_no_run(session: Session) -> Run | None:
        found = latest_run(session)
        both.wait(30)
        return found

    def pause(_done: int, _total: int) -> None:
        told.wait(30)

    def run() -> None:
        try:
            ends.append(full_run(sessions, settings, pause))
        except Exception as error:  # whatever it is, the test looks at it
            ends.append(error)
            told.set()

    monkeypatch.setattr(runs, "latest_run", see_no_run)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(end) for end in ends] == [RunUnderWayError, RunReport]
    assert the_run(sessions).status is RunStatus.FINISHED


def test_the_engine_of_a_run_is_kept_once(
    sessions: sessionmaker[Session], settings: Settings, library: dict[str, UUID]
) -> None:
    for _ in range(2):
        full_run(sessions, settings, force=True)
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Engine)) == 1


def test_an_empty_library_makes_an_empty_run(sessions: sessionmaker[Session], settings: Settings) -> None:
    report = full_run(sessions, settings)
    assert (report.needs, report.products, report.matches) == (0, 0, 0)


def assert_whole(sessions: sessionmaker[Session], report: RunReport) -> None:
    """What is stored is what one undisturbed run stores."""
    with reading(sessions) as session:
        run = session.get_one(Run, report.run_id)
        assert run.status is RunStatus.FINISHED
        assert session.scalar(select(func.count()).select_from(Shortlist)) == run.needs_total == 4
    interrupted = stored(sessions)
    full_run(sessions, Settings(database_url="sqlite:///unused", embeddings="off"), force=True)
    assert stored(sessions) == interrupted
    assert run.matches_stored == len(interrupted)
    assert runs.BLOCK > 1
