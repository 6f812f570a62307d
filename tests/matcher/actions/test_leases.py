"""Leases: kept while their holder works, however long one step takes, and lost with it."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions import leases
from matcher.actions.leases import is_held, kept_alive, new_holder
from matcher.database import utcnow
from matcher.models import Run
from matcher.states import RunStatus
from matcher.transaction import reading, writing
from tests.factories import make_run


@pytest.fixture
def run(sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose lease would end in a moment, and a quick heart."""
    monkeypatch.setattr(leases, "BEAT", timedelta(milliseconds=20))
    with writing(sessions) as session:
        held_until = utcnow() + timedelta(milliseconds=10)
        return make_run(session, status=RunStatus.RUNNING, held_by=new_holder(), held_until=held_until)


def stored(sessions: sessionmaker[Session], run: Run) -> Run:
    with reading(sessions) as session:
        return session.get_one(Run, run.id)


def test_a_lease_is_renewed_until_the_block_ends(sessions: sessionmaker[Session], run: Run) -> None:
    with kept_alive(sessions, run):
        wait_until(lambda: is_held(stored(sessions, run), utcnow() + timedelta(seconds=60)))
    ended = stored(sessions, run).held_until
    threading.Event().wait(0.1)
    assert stored(sessions, run).held_until == ended
    assert "lease" not in [thread.name for thread in threading.enumerate()]


def test_who_lost_a_lease_does_not_get_it_back(sessions: sessionmaker[Session], run: Run) -> None:
    taken = utcnow() + timedelta(seconds=1)
    with writing(sessions) as session:
        session.execute(update(Run).values(held_by="elsewhere:1:token", held_until=taken))
    with kept_alive(sessions, run):
        threading.Event().wait(0.2)
    assert (stored(sessions, run).held_by, stored(sessions, run).held_until) == ("elsewhere:1:token", taken)


def test_a_database_that_is_away_for_a_moment_costs_no_lease(
    sessions: sessionmaker[Session], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def away_at_first(sessions: sessionmaker[Session]):  # type: ignore[no-untyped-def]  # as writing is
        tried.append(1)
        if len(tried) < 3:
            raise OperationalError("away", None, Exception())
        return writing(sessions)

    monkeypatch.setattr(leases, "writing", away_at_first)
    with kept_alive(sessions, run):
        wait_until(lambda: is_held(stored(sessions, run), utcnow() + timedelta(seconds=60)))
    assert len(tried) >= 3


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        threading.Event().wait(0.02)
    pytest.fail("it did not become true")
