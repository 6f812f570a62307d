"""Reads of scenarios."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Scenario


def by_code(session: Session, code: str) -> Scenario | None:
    """The scenario with this code."""
    return session.scalars(select(Scenario).where(Scenario.code == code)).one_or_none()
