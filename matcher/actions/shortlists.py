"""Storing what the engine found: one block of needs in a few statements, however many matches it has."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, update
from sqlalchemy.orm import Session

from matcher.database import dialect_insert, new_id, utcnow
from matcher.engine import Shortlist as Found
from matcher.models import Match, Run, Shortlist
from matcher.states import MatchStatus


def store_block(session: Session, run: Run, found: Sequence[Found], versions: Mapping[str, int]) -> int:
    """Make ``found`` the shortlists of their needs; returns how many matches were stored.

    Present pairs are scored anew but keep their status; undecided pairs that left a shortlist are deleted, decided ones
    lose their rank. ``versions`` tells which version of each need and product was scored.
    """
    now = utcnow()
    matches = [
        _match_values(run, shortlist.need, rank, scored, versions, now)
        for shortlist in found
        for rank, scored in enumerate(shortlist.matches, 1)
    ]
    if matches:
        session.execute(_upsert_matches(session), matches)
    needs = [UUID(shortlist.need) for shortlist in found]
    _drop_left(session, run, Match.need_id.in_(needs))
    if found:
        session.execute(_upsert_shortlists(session), [_shortlist_values(run, s, versions, now) for s in found])
    return len(matches)


def drop_stale(session: Session, run: Run) -> None:
    """After the last block: what no block touched belongs to needs that are no longer open."""
    _drop_left(session, run, Match.run_id != run.id)
    session.execute(delete(Shortlist).where(Shortlist.run_id != run.id))


def _drop_left(session: Session, run: Run, condition: Any) -> None:
    elsewhere = (condition, Match.run_id != run.id)
    undecided = Match.status == MatchStatus.PROPOSED
    session.execute(delete(Match).where(*elsewhere, undecided), execution_options={"synchronize_session": False})
    session.execute(
        update(Match)
        .where(*elsewhere, ~undecided, Match.rank.is_not(None))
        .values(rank=None, alike=[], updated_at=utcnow()),
        execution_options={"synchronize_session": False},
    )


def _match_values(
    run: Run, need: str, rank: int, scored: Any, versions: Mapping[str, int], now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "need_id": UUID(need),
        "product_id": UUID(scored.product),
        "run_id": run.id,
        "status": MatchStatus.PROPOSED,
        "score": scored.score,
        "rank": rank,
        "breakdown": scored.breakdown,
        "alike": scored.alike,
        "fingerprint": run.fingerprint,
        "need_version": versions[need],
        "product_version": versions[scored.product],
        "scored_at": now,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def _shortlist_values(run: Run, found: Found, versions: Mapping[str, int], now: datetime) -> dict[str, Any]:
    return {
        "need_id": UUID(found.need),
        "run_id": run.id,
        "need_version": versions[found.need],
        "size": len(found.matches),
        "best_score": found.matches[0].score if found.matches else None,
        "reason": found.reason,
        "bundles": found.bundles,
        "scored_at": now,
    }


def _upsert_matches(session: Session) -> Any:
    """The version, which guards reviewers, rises only where what they look at changed: score, engine, need, product."""
    insert = dialect_insert(session, Match)
    new = insert.excluded
    seen = ("score", "fingerprint", "need_version", "product_version")
    same = and_(*(getattr(Match, name) == new[name] for name in seen))
    refreshed = ("run_id", "rank", "breakdown", "alike", *seen, "scored_at")
    return insert.on_conflict_do_update(
        index_elements=[Match.need_id, Match.product_id],
        set_={name: new[name] for name in refreshed}
        | {
            "version": case((same, Match.version), else_=Match.version + 1),
            "updated_at": case((same, Match.updated_at), else_=new.updated_at),
        },
    )


def _upsert_shortlists(session: Session) -> Any:
    insert = dialect_insert(session, Shortlist)
    refreshed = ("run_id", "need_version", "size", "best_score", "reason", "bundles", "scored_at")
    return insert.on_conflict_do_update(
        index_elements=[Shortlist.need_id], set_={name: insert.excluded[name] for name in refreshed}
    )
