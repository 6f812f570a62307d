"""The audit trail: who did what to which row."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.database import Base, Identified


class AuditEntry(Identified, Base):
    """One write by one actor. ``before_hash`` and ``after_hash`` are content hashes, where the row has any."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject_kind_subject_id", "subject_kind", "subject_id"),)

    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID | None]
    before_hash: Mapped[str | None] = mapped_column(String(64))
    after_hash: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
