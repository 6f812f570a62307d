"""Reads of staff."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Staff, StaffToken


def normalise_email(email: str) -> str:
    """The address as kept: lower case, so that one mailbox has one login."""
    return email.strip().lower()


def by_email(session: Session, email: str) -> Staff | None:
    """The member of staff with this address, in whatever case it is written."""
    return session.scalars(select(Staff).where(Staff.email == normalise_email(email))).one_or_none()


def list_staff(session: Session) -> list[Staff]:
    """All of them, by address."""
    return list(session.scalars(select(Staff).order_by(Staff.email)))


def any_staff(session: Session) -> bool:
    """Whether anybody can log in at all."""
    return session.scalars(select(Staff.id).limit(1)).first() is not None


def list_tokens(session: Session, member: Staff, name: str | None = None) -> list[StaffToken]:
    """The member's tokens, newest first; of all names or of one."""
    held = select(StaffToken).where(StaffToken.staff_id == member.id).order_by(StaffToken.id.desc())
    return list(session.scalars(held.where(StaffToken.name == name) if name is not None else held))
