"""Runs: score the whole library and store every need's shortlist.

Each block of needs is stored in a transaction of its own that also checks the lease, so a kill at any point leaves
whole blocks, and a process that lost its lease writes nothing more. A rerun goes on behind the last stored block.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions import audit
from matcher.actions.leases import LEASE, is_held, new_holder
from matcher.actions.shortlists import dialect_insert, drop_stale, store_block
from matcher.database import new_id, utcnow
from matcher.engine import Library, Scorer, load_library
from matcher.errors import LostLeaseError, RunUnderWayError
from matcher.events import EventType, emit
from matcher.models import Engine, Run
from matcher.queries.runs import latest_run
from matcher.settings import Settings
from matcher.states import RunStatus, move
from matcher.transaction import reading, writing

BLOCK = 256
"""Needs per transaction: large enough for the engine's matrix work, small enough to be stored in a second or two."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did. ``skipped``: nothing had changed since ``run_id``. ``resumed_at``: needs found stored already."""

    run_id: UUID
    fingerprint: str
    needs: int
    products: int
    matches: int
    seconds: float
    skipped: bool = False
    resumed_at: int = 0


def no_progress(_done: int, _total: int) -> None:
    """For callers that show none."""


def full_run(
    sessions: sessionmaker[Session],
    settings: Settings,
    progress: Progress = no_progress,
    *,
    force: bool = False,
    block: int = BLOCK,
) -> RunReport:
    """Score every open need against every listed product; ``progress`` is told needs done and in all.

    Skipped where neither library nor engine has changed since the last finished run, unless ``force``. Raises
    RunUnderWayError while another process is at it, and LostLeaseError where another took this run over.
    """
    started = time.monotonic()
    with reading(sessions) as session:
        library = load_library(session)
    scorer = Scorer.for_library(library)
    digest = library_hash(library, settings.shortlist_size)
    with writing(sessions) as session:
        last = latest_run(session)
        if last and last.status is RunStatus.FINISHED and not force and _leads_to(last, digest, scorer.fingerprint):
            return _report(last, started, skipped=True)
        run = _begin(session, library, scorer, digest)
        resumed_at = run.needs_done
    try:
        _score(sessions, run, library, scorer, settings.shortlist_size, block, progress)
        _finish(sessions, run)
    except LostLeaseError:
        raise
    except Exception as error:
        _let_go(sessions, run, status=RunStatus.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    except BaseException:
        _let_go(sessions, run)
        raise
    return _report(run, started, resumed_at=resumed_at)


def library_hash(library: Library, shortlist_size: int) -> str:
    """SHA-256 (hex) over all that decides the result besides the engine."""
    digest = hashlib.sha256(str(shortlist_size).encode())
    for side in (library.needs, library.products):
        for profile in sorted(side, key=lambda profile: profile.id):
            digest.update(f"\n{library.versions[profile.id]} {profile!r}".encode())
    return digest.hexdigest()


def _begin(session: Session, library: Library, scorer: Scorer, digest: str) -> Run:
    """The run to work on, held by this process: the last one if it was left unfinished, else a new one."""
    now = utcnow()
    # Read anew: the row that the session knows already may be from before another process took it.
    newest = select(Run).order_by(Run.id.desc()).limit(1).with_for_update().execution_options(populate_existing=True)
    last = session.scalars(newest).one_or_none()
    if last and last.status is RunStatus.RUNNING and is_held(last, now):
        raise RunUnderWayError(
            f"a run has been under way since {last.started_at:%Y-%m-%d %H:%M:%S} UTC "
            f"({last.needs_done} of {last.needs_total} needs, process {last.held_by}); wait for it to finish"
        )
    if last and last.status is not RunStatus.FINISHED and _leads_to(last, digest, scorer.fingerprint):
        run = last
        if run.status is RunStatus.FAILED:
            run.status, run.error = move(run.status, RunStatus.RUNNING), None
    else:
        _give_up(session, last)
        run = _new_run(session, library, scorer, digest)
    run.held_by, run.held_until = new_holder(), now + LEASE
    try:
        session.flush()
    except IntegrityError as error:
        raise RunUnderWayError("another run began at the same moment; wait for it to finish") from error
    return run


def _leads_to(run: Run, digest: str, fingerprint: str) -> bool:
    """Whether ``run`` stores, or has stored, what a run of today would."""
    return (run.library_hash, run.fingerprint) == (digest, fingerprint)


def _give_up(session: Session, last: Run | None) -> None:
    """An interrupted run that would no longer lead to today's result ends here."""
    if last and last.status is RunStatus.RUNNING:
        last.status = move(last.status, RunStatus.FAILED)
        last.error, last.held_by, last.held_until = "interrupted; then library or engine changed", None, None
        session.flush()


def _new_run(session: Session, library: Library, scorer: Scorer, digest: str) -> Run:
    _keep_engine(session, scorer)
    run = Run(
        id=new_id(),
        status=RunStatus.RUNNING,
        fingerprint=scorer.fingerprint,
        library_hash=digest,
        needs_total=len(library.needs),
        products_total=len(library.products),
        needs_done=0,
        matches_stored=0,
    )
    session.add(run)
    return run


def _keep_engine(session: Session, scorer: Scorer) -> None:
    session.execute(
        dialect_insert(session, Engine)
        .values(fingerprint=scorer.fingerprint, weights=scorer.weights_json, term_statistics=scorer.term_statistics)
        .on_conflict_do_nothing(index_elements=[Engine.fingerprint])
    )


def _score(
    sessions: sessionmaker[Session],
    run: Run,
    library: Library,
    scorer: Scorer,
    top: int,
    block: int,
    progress: Progress,
) -> None:
    needs = sorted(library.needs, key=lambda need: need.id)
    left = [need for need in needs if run.position is None or UUID(need.id) > run.position]
    progress(len(needs) - len(left), len(needs))
    for start in range(0, len(left), block):
        some = left[start : start + block]
        found = scorer.shortlists(some, top)
        with writing(sessions) as session:
            _renew(
                session,
                run,
                needs_done=run.needs_done + len(some),
                position=UUID(some[-1].id),
                matches_stored=run.matches_stored + sum(len(shortlist.matches) for shortlist in found),
            )
            store_block(session, run, found, library.versions)
        progress(run.needs_done, len(needs))


def _renew(session: Session, run: Run, **values: Any) -> None:
    """Move the run on and its lease with it, if this process still holds it. Raises LostLeaseError."""
    values |= {"held_until": utcnow() + LEASE}
    held = session.execute(
        update(Run)
        .where(Run.id == run.id, Run.held_by == run.held_by, Run.status == RunStatus.RUNNING)
        .values(**values)
    )
    if getattr(held, "rowcount", 0) != 1:
        raise LostLeaseError("another process took the run over; nothing more was written here")
    for name, value in values.items():
        setattr(run, name, value)


def _finish(sessions: sessionmaker[Session], run: Run) -> None:
    with writing(sessions) as session:
        _renew(session, run)
        drop_stale(session, run)
        ended = {"status": move(RunStatus.RUNNING, RunStatus.FINISHED), "finished_at": utcnow()}
        session.execute(update(Run).where(Run.id == run.id).values(held_by=None, held_until=None, **ended))
        audit.record(session, "command:run", "run.finished", run.id, needs=run.needs_done, matches=run.matches_stored)
        emit(session, EventType.RUN_FINISHED, run.id, {"needs": run.needs_done, "matches": run.matches_stored})


def _let_go(sessions: sessionmaker[Session], run: Run, **values: Any) -> None:
    """Give the lease up, so that a rerun may begin at once; a run that failed says why."""
    with writing(sessions) as session:
        held = (Run.id == run.id, Run.held_by == run.held_by)
        session.execute(update(Run).where(*held).values(held_by=None, held_until=None, **values))


def _report(run: Run, started: float, *, skipped: bool = False, resumed_at: int = 0) -> RunReport:
    return RunReport(
        run_id=run.id,
        fingerprint=run.fingerprint,
        needs=run.needs_total,
        products=run.products_total,
        matches=run.matches_stored,
        seconds=time.monotonic() - started,
        skipped=skipped,
        resumed_at=resumed_at,
    )
