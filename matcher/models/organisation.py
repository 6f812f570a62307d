"""Organisations: who sells and who buys."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.database import Base, Versioned


class Organisation(Versioned, Base):
    """A participant 参与方. ``roles`` holds OrganisationRole values; one organisation may have several.

    ``demonstration`` marks invented contact details (and, for buyers, an invented organisation): nothing shown or sent
    may hide it. ``credit_code`` is the 统一社会信用代码 (GB 32100-2015), unique where known.
    """

    __tablename__ = "organisations"

    external_ref: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(300), index=True)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    roles: Mapped[list[str]] = mapped_column(default=list)
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(320))
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(16), default="zh_Hans")
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    demonstration: Mapped[bool] = mapped_column(default=False)
    source_hash: Mapped[str | None] = mapped_column(String(64))
