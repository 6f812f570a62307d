"""The audit trail: each write leaves who did what to which row."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from matcher.models import AuditEntry


def record(
    session: Session,
    actor: str,
    action: str,
    subject_id: UUID | None,
    *,
    before: str | None = None,
    after: str | None = None,
    **details: Any,
) -> None:
    """Add one entry. ``action`` is ``kind.verb`` in the past tense; ``before`` and ``after`` are content hashes.

    ``actor`` names who acted: ``staff:<id>``, ``token:<id>`` or ``command:<name>``.
    """
    session.add(
        AuditEntry(
            actor=actor,
            action=action,
            subject_kind=action.split(".")[0],
            subject_id=subject_id,
            before_hash=before,
            after_hash=after,
            details=details,
        )
    )
