"""Reads of staff."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matcher.errors import NotFoundError
from matcher.models import Staff, StaffToken


def normalise_email(email: str) -> str:
    """The address as kept: lower case, so that one mailbox has one login."""
    return email.strip().lower()


def by_email(session: Session, email: str) -> Staff | None:
    """The member of staff with this address, in whatever case it is written."""
    return session.scalars(select(Staff).where(Staff.email == normalise_email(email))).one_or_none()


def get_staff(session: Session, key: UUID) -> Staff:
    """The member of staff with this id. Raises NotFoundError."""
    if member := session.get(Staff, key):
        return member
    raise NotFoundError("staff", str(key))


def list_staff(session: Session) -> list[Staff]:
    """All of them, by address."""
    return list(session.scalars(select(Staff).order_by(Staff.email)))


def any_staff(session: Session) -> bool:
    """Whether anybody can log in at all."""
    return session.scalars(select(Staff.id).limit(1)).first() is not None


def list_tokens(session: Session) -> list[StaffToken]:
    """All tokens with their holders, newest first."""
    return list(
        session.scalars(select(StaffToken).options(joinedload(StaffToken.staff)).order_by(StaffToken.id.desc()))
    )
