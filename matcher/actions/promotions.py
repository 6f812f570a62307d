"""Promotions: learnt weights are put to work, and taken back."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from matcher.actions import audit
from matcher.database import new_id, utcnow
from matcher.errors import NothingPromotedError, WeightsChangedError
from matcher.models import Promotion
from matcher.queries.promotions import active_promotion
from scoring.comparison import Comparison


def promote(session: Session, comparison: Comparison, seen: UUID | None, *, actor: str) -> Promotion:
    """Put the learnt weights to work, with an audit entry; the next run scores with them.

    ``seen``: the promotion whose weights were compared against, None for the package's defaults. Raises
    LearningRefusedError (scoring.comparison), and WeightsChangedError where others are at work by now.
    """
    comparison.check()
    _lock(session)
    _check_seen(session, seen)
    promotion = Promotion(id=new_id(), weights=comparison.learnt.to_json(), figures=comparison.to_json(), actor=actor)
    session.add(promotion)
    session.flush()
    figures = {name: promotion.figures[name] for name in ("needs", "ndcg@10", "gain", "least_gain")}
    audit.record(session, actor, "promotion.made", promotion.id, instead_of=_name(seen), figures=figures)
    return promotion


def roll_back(session: Session, seen: UUID | None = None, *, actor: str) -> Promotion:
    """Take the newest promotion back, with an audit entry; the next run scores with the weights before it.

    ``seen``: the one that the caller means. Raises NothingPromotedError, and WeightsChangedError where another is at
    work.
    """
    _lock(session)
    promotion = active_promotion(session)
    if promotion is None:
        raise NothingPromotedError("the package's default weights are at work: there is nothing to roll back")
    if seen is not None:
        _check_seen(session, seen)
    promotion.rolled_back_at, promotion.rolled_back_by = utcnow(), actor
    session.flush()
    audit.record(session, actor, "promotion.rolled_back", promotion.id, back_to=_name(_present(session)))
    return promotion


def _lock(session: Session) -> None:
    """Two people at once: the second waits and then sees what the first has done. On SQLite the transaction has the
    write lock already; elsewhere no row stands for "none", so the table is locked, against writers only."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE promotions IN SHARE ROW EXCLUSIVE MODE"))


def _check_seen(session: Session, seen: UUID | None) -> None:
    if (present := _present(session)) != seen:
        raise WeightsChangedError(_name(seen), _name(present))


def _present(session: Session) -> UUID | None:
    promotion = active_promotion(session)
    return promotion.id if promotion else None


def _name(promotion: UUID | None) -> str | None:
    return str(promotion) if promotion else None
