"""Reads of runs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Run
from matcher.states import RunStatus


def latest_run(session: Session, status: RunStatus | None = None) -> Run | None:
    """The run that started last, of all or of those with ``status``."""
    return next(iter(list_runs(session, status=status, limit=1)), None)


def list_runs(session: Session, *, status: RunStatus | None = None, limit: int = 50) -> list[Run]:
    """Runs, newest first."""
    statement = select(Run).order_by(Run.id.desc()).limit(limit)
    return list(session.scalars(statement.where(Run.status == status) if status else statement))
