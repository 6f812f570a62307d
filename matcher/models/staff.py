"""Exchange staff and their access tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.database import Base, Identified, Versioned, enum_column
from matcher.states import StaffRole


class Staff(Versioned, Base):
    """A member of the exchange's staff. ``password_hash`` is argon2id.

    ``session_epoch`` is part of every session: raising it ends them all (a changed password must).
    """

    __tablename__ = "staff"

    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[StaffRole] = mapped_column(enum_column(StaffRole))
    password_hash: Mapped[str] = mapped_column(String(255))
    language: Mapped[str | None] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=1)
    last_login_at: Mapped[datetime | None]


class StaffToken(Identified, Base):
    """A bearer token for scripts. ``secret_hash`` is SHA-256 of 256 random bits: a slow hash protects nothing here."""

    __tablename__ = "staff_tokens"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()
