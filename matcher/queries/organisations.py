"""Reads of organisations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Organisation


def by_ref(session: Session, external_ref: str) -> Organisation | None:
    """The organisation with this reference, which is unique."""
    return session.scalars(select(Organisation).where(Organisation.external_ref == external_ref)).one_or_none()
