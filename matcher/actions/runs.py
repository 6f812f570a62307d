"""Runs: score the whole library and store every need's shortlist.

The run and its lease begin before the library is embedded, which may take minutes: a second process is told at once.
Vectors are kept as they are made. Each block of needs is stored in a transaction of its own that also checks the
lease, so a kill at any point leaves whole blocks, and a process that lost its lease writes nothing more. A rerun goes
on behind the last stored block.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions import audit
from matcher.actions.leases import LEASE, is_held, kept_alive, new_holder
from matcher.actions.shortlists import drop_stale, store_block
from matcher.database import dialect_insert, new_id, utcnow
from matcher.engine import Library, Scorer, load_library
from matcher.errors import LostLeaseError, RunUnderWayError
from matcher.events import EventType, emit
from matcher.gaps import find_gaps
from matcher.meaning import RERANKER_LEFT, remarks_on_reranking
from matcher.models import Engine, Run
from matcher.queries.runs import latest_run, list_runs
from matcher.remarks import Remark
from matcher.settings import Settings
from matcher.states import RunStatus, move
from matcher.todays_engine import Embedding, embed_library, open_todays_engine
from matcher.transaction import reading, writing
from scoring.diversity import Diversity

BLOCK = 256
"""Needs per transaction: large enough for the engine's matrix work, small enough to be stored in a second or two."""

RERANKED_BLOCK = 16
"""The same where a reranker reads the pairs of each need, which takes it a second or more."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did. ``skipped``: nothing had changed since ``run_id``. ``resumed_at``: needs found stored already.

    ``embedded``, ``vectors_reused`` and ``remarks`` as in the run's record. ``reranked``: pairs that the reranker read
    for this process.
    """

    run_id: UUID
    fingerprint: str
    needs: int
    products: int
    matches: int
    seconds: float
    embedded: int
    vectors_reused: int
    remarks: Sequence[Remark] = field(default_factory=list)
    reranked: int = 0
    skipped: bool = False
    resumed_at: int = 0


def no_progress(_done: int, _total: int) -> None:
    """For callers that show none."""


def full_run(
    sessions: sessionmaker[Session],
    settings: Settings,
    progress: Progress = no_progress,
    *,
    embedding_progress: Progress = no_progress,
    force: bool = False,
    block: int | None = None,
) -> RunReport:
    """Score every open need against every listed product; ``progress`` is told needs done and in all,
    ``embedding_progress`` before that texts embedded and in all. ``block``: needs per transaction.

    Skipped where neither library nor engine has changed since the last finished run, unless ``force`` or a reranker had
    left that run and answers now. Raises RunUnderWayError while another process is at it, and LostLeaseError where
    another took this run over.
    """
    started = time.monotonic()
    with reading(sessions) as session:
        library = load_library(session)
        last = latest_run(session)
    scorer, remarks = open_todays_engine(sessions, settings, library)
    digest = library_hash(library, settings)
    anew = bool(last and was_left(last) and scorer.reranking and scorer.reranking.answers())
    with writing(sessions) as session:
        last = latest_run(session)
        if last and not (force or anew) and _has_led_to(last, digest, scorer.fingerprint):
            return _report(last, started, skipped=True)
        run = _begin(session, library, scorer, digest, remarks, anew=anew)
    try:
        with kept_alive(sessions, run):
            scorer, embedding = embed_library(scorer, library, embedding_progress)
        run = _embedded(sessions, run, library, scorer, embedding, force=force)
        if run.status is RunStatus.FINISHED:
            return _report(run, started, skipped=True)
        resumed_at = run.needs_done
        with kept_alive(sessions, run):
            _score(sessions, run, library, scorer, settings, block, progress)
            with reading(sessions) as session:
                gaps = find_gaps(session, run, library, scorer, settings.floor)
            _finish(sessions, run, gaps)
    except LostLeaseError:
        raise
    except Exception as error:
        _let_go(sessions, run, status=RunStatus.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    except BaseException:
        _let_go(sessions, run)
        raise
    return _report(run, started, reranked=scorer.reranking.pairs if scorer.reranking else 0, resumed_at=resumed_at)


def library_hash(library: Library, settings: Settings) -> str:
    """SHA-256 (hex) over all that decides the result besides the engine."""
    decisive = (settings.shortlist_size, settings.collapse_alike, settings.seller_cap, settings.floor)
    digest = hashlib.sha256(repr(decisive).encode())
    for side in (library.needs, library.products):
        for profile in sorted(side, key=lambda profile: profile.id):
            digest.update(f"\n{library.versions[profile.id]} {profile!r}".encode())
    return digest.hexdigest()


def was_left(run: Run) -> bool:
    """Whether a reranker was not there for all of the run's needs: it is worth another run once it is."""
    return any(remark["code"] == RERANKER_LEFT for remark in run.remarks)


def _begin(
    session: Session, library: Library, scorer: Scorer, digest: str, remarks: list[Remark], *, anew: bool
) -> Run:
    """The run to work on, held by this process: the last one if it was left unfinished, else, or if ``anew``, a new
    one."""
    now = utcnow()
    # Read anew: the row that the session knows already may be from before another process took it.
    newest = select(Run).order_by(Run.id.desc()).limit(1).with_for_update().execution_options(populate_existing=True)
    last = session.scalars(newest).one_or_none()
    if last and last.status is RunStatus.RUNNING and is_held(last, now):
        raise RunUnderWayError(
            f"a run has been under way since {last.started_at:%Y-%m-%d %H:%M:%S} UTC "
            f"({last.needs_done} of {last.needs_total} needs, process {last.held_by}); wait for it to finish"
        )
    if last and last.status is not RunStatus.FINISHED and _leads_to(last, digest, scorer.fingerprint) and not anew:
        run = last
        if run.status is RunStatus.FAILED:
            run.status, run.error = move(run.status, RunStatus.RUNNING), None
    else:
        _give_up(session, last)
        run = _new_run(session, library, scorer, digest)
    run.remarks = [*remarks, *(remark for remark in run.remarks if remark["code"] == RERANKER_LEFT)]
    run.held_by, run.held_until = new_holder(), now + LEASE
    try:
        session.flush()
    except IntegrityError as error:
        raise RunUnderWayError("another run began at the same moment; wait for it to finish") from error
    return run


def _leads_to(run: Run, digest: str, fingerprint: str) -> bool:
    """Whether ``run`` stores, or has stored, what a run of today would."""
    return (run.library_hash, run.fingerprint) == (digest, fingerprint)


def _has_led_to(run: Run, digest: str, fingerprint: str) -> bool:
    return run.status is RunStatus.FINISHED and _leads_to(run, digest, fingerprint)


def _give_up(session: Session, last: Run | None) -> None:
    """An interrupted run that nobody goes on with ends here."""
    if last and last.status is RunStatus.RUNNING:
        last.status = move(last.status, RunStatus.FAILED)
        last.error, last.held_by, last.held_until = "interrupted; begun anew after that", None, None
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
        embedded=0,
        vectors_reused=0,
        remarks=[],
    )
    session.add(run)
    return run


def _keep_engine(session: Session, scorer: Scorer) -> None:
    session.execute(
        dialect_insert(session, Engine)
        .values(fingerprint=scorer.fingerprint, weights=scorer.weights_json, term_statistics=scorer.term_statistics)
        .on_conflict_do_nothing(index_elements=[Engine.fingerprint])
    )


def _embedded(
    sessions: sessionmaker[Session],
    run: Run,
    library: Library,
    scorer: Scorer,
    embedding: Embedding,
    *,
    force: bool,
) -> Run:
    """Note how embedding went. Returns the run to go on with, or one that is finished where there is nothing to do.

    Where the encoder failed, the engine has become another, and so ``run`` ends: for the last run if that has ended the
    same way, else for a new one, as nothing that was stored with meaning may stay.
    """
    with writing(sessions) as session:
        counts = {"embedded": run.embedded + embedding.embedded, "vectors_reused": embedding.reused}
        _renew(session, run, **counts, remarks=[*run.remarks, *embedding.remarks])
        if scorer.fingerprint == run.fingerprint:
            return run
        last = next((other for other in list_runs(session, limit=2) if other.id != run.id), None)
        if run.needs_done:
            ended = {"status": move(run.status, RunStatus.FAILED), "error": "the encoder failed; begun anew after that"}
            session.execute(update(Run).where(Run.id == run.id).values(held_by=None, held_until=None, **ended))
        else:
            session.execute(delete(Run).where(Run.id == run.id))
            if last and not force and _has_led_to(last, run.library_hash, scorer.fingerprint):
                return last
        other = _new_run(session, library, scorer, run.library_hash)
        for name in (*counts, "remarks", "held_by", "held_until"):
            setattr(other, name, getattr(run, name))
        return other


def _score(
    sessions: sessionmaker[Session],
    run: Run,
    library: Library,
    scorer: Scorer,
    settings: Settings,
    block: int | None,
    progress: Progress,
) -> None:
    block = block or (RERANKED_BLOCK if scorer.reranking else BLOCK)
    before, remarks, already_left = run.needs_done, list(run.remarks), was_left(run)
    diversity = Diversity(settings.collapse_alike, settings.seller_cap)
    needs = sorted(library.needs, key=lambda need: need.id)
    left = [need for need in needs if run.position is None or UUID(need.id) > run.position]
    progress(len(needs) - len(left), len(needs))
    for start in range(0, len(left), block):
        some = left[start : start + block]
        found = scorer.shortlists(some, settings.shortlist_size, diversity)
        with writing(sessions) as session:
            _renew(
                session,
                run,
                needs_done=run.needs_done + len(some),
                position=UUID(some[-1].id),
                matches_stored=run.matches_stored + sum(len(shortlist.matches) for shortlist in found),
                remarks=remarks if already_left else [*remarks, *remarks_on_reranking(scorer.reranking, before)],
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


def _finish(sessions: sessionmaker[Session], run: Run, gaps: list[dict[str, Any]]) -> None:
    with writing(sessions) as session:
        _renew(session, run, gaps=gaps)
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


def _report(run: Run, started: float, *, reranked: int = 0, skipped: bool = False, resumed_at: int = 0) -> RunReport:
    return RunReport(
        run_id=run.id,
        fingerprint=run.fingerprint,
        needs=run.needs_total,
        products=run.products_total,
        matches=run.matches_stored,
        seconds=time.monotonic() - started,
        embedded=0 if skipped else run.embedded,
        vectors_reused=0 if skipped else run.vectors_reused,
        remarks=list(run.remarks),
        reranked=reranked,
        skipped=skipped,
        resumed_at=resumed_at,
    )
