"""The outbox: facts written in the transaction that made them true, told to the world later."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.database import Base, Identified


class Event(Identified, Base):
    """A past-tense fact about one entity; ``type`` is a name of ``matcher.events``."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_entity_kind_entity_id", "entity_kind", "entity_id"),)

    type: Mapped[str] = mapped_column(String(80), index=True)
    entity_kind: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[UUID]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dispatched_at: Mapped[datetime | None] = mapped_column(index=True)
