"""Findings: what staff should look at in a row, raised by rules and never a refusal by themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.database import Base, Identified, enum_column
from matcher.states import FindingSeverity, FindingStatus


class Finding(Identified, Base):
    """One rule's remark on one row. ``rule`` is a stable id such as ``certificate-number-duplicate``.

    ``details`` holds what the rule saw (the number, the other rows' ids); texts are made from it in the reader's
    language.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "rule", "key"),
        Index("ix_findings_status_severity", "status", "severity"),
    )

    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200), default="")
    severity: Mapped[FindingSeverity] = mapped_column(enum_column(FindingSeverity))
    status: Mapped[FindingStatus] = mapped_column(enum_column(FindingStatus), default=FindingStatus.OPEN)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
