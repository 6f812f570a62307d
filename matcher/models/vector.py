"""Embedded texts, so that none is embedded twice."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matcher.database import Base, utcnow


class Vector(Base):
    """One text's vector of meaning, by the encoder's name and the SHA-256 of the text.

    ``values``: the rounded row as scoring.semantic.packed makes it.
    """

    __tablename__ = "vectors"

    encoder: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    values: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
