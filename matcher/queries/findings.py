"""Reads of findings."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from matcher.models import Finding
from matcher.states import FindingSeverity, FindingStatus

GRAVEST_FIRST = case({severity: place for place, severity in enumerate(FindingSeverity)}, value=Finding.severity)


def open_findings(
    session: Session,
    subject_kind: str | None = None,
    subject_ids: Collection[UUID] | None = None,
    limit: int | None = None,
) -> list[Finding]:
    """What staff should look at, gravest first, then oldest; of all rows or of some."""
    conditions = [
        Finding.status == FindingStatus.OPEN,
        Finding.subject_kind == subject_kind if subject_kind else None,
        Finding.subject_id.in_(subject_ids) if subject_ids is not None else None,
    ]
    statement = select(Finding).where(*[condition for condition in conditions if condition is not None])
    return list(session.scalars(statement.order_by(GRAVEST_FIRST, Finding.id).limit(limit)))


def count_open(session: Session) -> int:
    """How many findings are open."""
    statement = select(func.count()).select_from(Finding).where(Finding.status == FindingStatus.OPEN)
    return session.execute(statement).scalar_one()
