"""Exchange staff: logins and access tokens."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from matcher.actions import audit
from matcher.actions.passwords import check_password, hash_password, is_outdated, password_holds
from matcher.database import new_id, utcnow
from matcher.errors import ConflictError, FieldProblem, InvalidInputError
from matcher.models import Staff, StaffToken
from matcher.queries import staff as staff_queries
from matcher.states import StaffRole

TOKEN_PREFIX = "xm_staff_"  # noqa: S105  # lets scanners of leaked secrets find it
TOKEN_BYTES = 32
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
TOUCH_EVERY = timedelta(minutes=1)


def add_staff(session: Session, email: str, name: str, role: StaffRole, password: str, *, actor: str) -> Staff:
    """A new member of staff. Raises InvalidInputError and, where the address is taken, ConflictError."""
    address = staff_queries.normalise_email(email)
    if not EMAIL.fullmatch(address):
        raise InvalidInputError([FieldProblem("email", "not an e-mail address", "email")])
    if not name.strip() or len(name) > 120:
        raise InvalidInputError([FieldProblem("name", "give 1 to 120 characters", "length")])
    check_password(password, email=address)
    if staff_queries.by_email(session, address):
        raise ConflictError(f"there is a member of staff with the address {address} already")
    member = Staff(id=new_id(), email=address, name=name.strip(), role=role, password_hash=hash_password(password))
    session.add(member)
    audit.record(session, actor, "staff.added", member.id, role=role)
    session.flush()
    return member


def verify_password(session: Session, email: str, password: str) -> Staff | None:
    """The active member of staff with this address and password, else None; both take the same time.

    Writes nothing: the slow hash must not be waited for inside a write transaction, which anybody could then hold.
    """
    member = staff_queries.by_email(session, email)
    if not password_holds(member.password_hash if member and member.active else None, password):
        return None
    assert member is not None, "no hash but a member's holds"  # noqa: S101
    return member


def renewed_hash(member: Staff, password: str) -> str | None:
    """A new hash of the verified ``password`` where ``member``'s was made with weaker settings than today's."""
    return hash_password(password) if is_outdated(member.password_hash) else None


def note_login(session: Session, member: Staff, renewed: str | None = None) -> None:
    """Remember that ``member`` has logged in, and keep the ``renewed`` hash unless the password changed meanwhile."""
    # Not through the row: two logins at once would meet in its version, and neither changes what it guards.
    now = utcnow()
    session.execute(update(Staff).where(Staff.id == member.id).values(last_login_at=now, updated_at=now))
    if renewed is not None:
        same = update(Staff).where(Staff.id == member.id, Staff.password_hash == member.password_hash)
        session.execute(same.values(password_hash=renewed))


def change_password(session: Session, member: Staff, password: str, *, actor: str) -> None:
    """Set a new password and end every session of this member. Raises InvalidInputError."""
    check_password(password, email=member.email)
    member.password_hash = hash_password(password)
    member.session_epoch += 1
    audit.record(session, actor, "staff.password_changed", member.id)


def issue_token(
    session: Session, member: Staff, name: str, *, actor: str, expires_at: datetime | None = None
) -> tuple[StaffToken, str]:
    """A bearer token for scripts and its secret, which is shown once and kept nowhere."""
    if not name.strip() or len(name) > 120:
        raise InvalidInputError([FieldProblem("name", "give 1 to 120 characters", "length")])
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = StaffToken(
        id=new_id(), staff_id=member.id, name=name.strip(), secret_hash=_secret_hash(secret), expires_at=expires_at
    )
    session.add(token)
    audit.record(session, actor, "staff.token_issued", member.id, token=str(token.id), name=token.name)
    session.flush()
    return token, secret


def check_token(session: Session, secret: str) -> StaffToken | None:
    """The token with this secret and its ``staff``, if neither has ended; writes nothing."""
    if not secret.startswith(TOKEN_PREFIX):
        return None
    token = session.scalars(
        select(StaffToken).where(StaffToken.secret_hash == _secret_hash(secret)).options(joinedload(StaffToken.staff))
    ).one_or_none()
    if token is None or token.revoked_at or not token.staff.active:
        return None
    return None if token.expires_at and token.expires_at <= utcnow() else token


def note_token_use(token: StaffToken) -> None:
    """Remember that the token is in use, to the minute: not every request shall write."""
    now = utcnow()
    if token.last_used_at is None or now - token.last_used_at >= TOUCH_EVERY:
        token.last_used_at = now


def revoke_token(session: Session, token: StaffToken, *, actor: str) -> None:
    """End the token. Raises ConflictError where it has ended already."""
    if token.revoked_at:
        raise ConflictError("the token is revoked already")
    token.revoked_at = utcnow()
    audit.record(session, actor, "staff.token_revoked", token.staff_id, token=str(token.id))


def _secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
