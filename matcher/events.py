"""Past-tense facts for the outbox: written in the transaction that made them true, told to the world later."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from matcher.models import Event


class EventType(StrEnum):
    """Every fact that the world may be told; the names are part of the webhooks' contract."""

    PRODUCT_CREATED = "product.created"
    PRODUCT_UPDATED = "product.updated"
    NEED_CREATED = "need.created"
    NEED_UPDATED = "need.updated"
    MATCH_APPROVED = "match.approved"
    MATCH_REJECTED = "match.rejected"
    RUN_FINISHED = "run.finished"


def emit(session: Session, kind: EventType, entity_id: UUID, payload: Mapping[str, Any] | None = None) -> Event:
    """Add the fact to the session's transaction; the entity's kind is the type's first word."""
    event = Event(type=kind, entity_kind=kind.split(".")[0], entity_id=entity_id, payload=dict(payload or {}))
    session.add(event)
    return event
