"""Scenarios and needs: demand."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.database import Amount, Base, Versioned, enum_column
from matcher.models.organisation import Organisation
from matcher.states import NeedOutcome, NeedStatus, UpdateFrequency


class Scenario(Versioned, Base):
    """An official demand pattern 应用场景: a template that needs start from. ``elements`` as in Need."""

    __tablename__ = "scenarios"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    domain: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(500))
    purpose: Mapped[str] = mapped_column(Text)
    elements: Mapped[list[Any]] = mapped_column(default=list)
    tags: Mapped[list[str]] = mapped_column(default=list)
    source_hash: Mapped[str | None] = mapped_column(String(64))


class Need(Versioned, Base):
    """A data need 数据需求 as posted. ``None``, ``[]`` and ``""`` mean unknown or no preference.

    ``elements``: ``[{"name": str, "items": [str], "must": bool}]``. ``delivery_modes`` and ``deal_modes`` are welcome
    ones, the ``excluded_*`` lists are refused outright. ``budget`` is the most the buyer pays, in yuan.
    """

    __tablename__ = "needs"
    __table_args__ = (UniqueConstraint("organisation_id", "external_ref"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    scenario_id: Mapped[UUID | None] = mapped_column(ForeignKey("scenarios.id", ondelete="SET NULL"), index=True)
    external_ref: Mapped[str] = mapped_column(String(120), index=True)
    status: Mapped[NeedStatus] = mapped_column(enum_column(NeedStatus), default=NeedStatus.OPEN, index=True)
    outcome: Mapped[NeedOutcome | None] = mapped_column(enum_column(NeedOutcome))
    title: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    elements: Mapped[list[Any]] = mapped_column(default=list)
    tags: Mapped[list[str]] = mapped_column(default=list)
    sectors: Mapped[list[str]] = mapped_column(default=list)
    sector_text: Mapped[str | None] = mapped_column(String(300))
    regions: Mapped[list[str]] = mapped_column(default=list)
    region_text: Mapped[str | None] = mapped_column(String(500))
    coverage_start: Mapped[date | None]
    coverage_end: Mapped[date | None]
    update_frequency: Mapped[UpdateFrequency | None] = mapped_column(enum_column(UpdateFrequency))
    frequency_text: Mapped[str | None] = mapped_column(String(200))
    delivery_modes: Mapped[list[str]] = mapped_column(default=list)
    excluded_delivery_modes: Mapped[list[str]] = mapped_column(default=list)
    deal_modes: Mapped[list[str]] = mapped_column(default=list)
    excluded_deal_modes: Mapped[list[str]] = mapped_column(default=list)
    budget: Mapped[Decimal | None] = mapped_column(Amount)
    requires_certificate: Mapped[bool] = mapped_column(default=False)
    fresh_since: Mapped[date | None]
    deadline_on: Mapped[date | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source_hash: Mapped[str | None] = mapped_column(String(64))

    organisation: Mapped[Organisation] = relationship()
    scenario: Mapped[Scenario | None] = relationship()
