"""Runs and the engines they used."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from matcher.database import Base, Identified, enum_column, utcnow
from matcher.states import RunStatus


class Engine(Base):
    """One state of the engine, kept so that any stored match can be replayed.

    ``fingerprint`` 引擎指纹 is the hash over ``weights`` and ``term_statistics`` (the IDF snapshot, compressed).
    """

    __tablename__ = "engines"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    weights: Mapped[dict[str, Any]]
    term_statistics: Mapped[bytes] = mapped_column(LargeBinary)


class Run(Identified, Base):
    """One scoring pass 匹配批次 over all open needs and listed products.

    ``library_hash`` is the hash over all that went in: every profile with its row's version, and the shortlist's size.
    Where it and the fingerprint are equal, so is the result. At most one run is running, which the database enforces.
    ``position`` is the last need that was stored, in order of id: a rerun of an unfinished pass goes on behind it.
    ``held_by`` names the process at work (``host:pid:token``) and ``held_until`` when its lease runs out; every block
    of needs is stored under a check of the holder, so a process that lost its lease cannot write.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "uq_runs_running",
            "status",
            unique=True,
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
    )

    status: Mapped[RunStatus] = mapped_column(enum_column(RunStatus), default=RunStatus.RUNNING, index=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("engines.fingerprint"), index=True)
    library_hash: Mapped[str] = mapped_column(String(64))
    needs_total: Mapped[int] = mapped_column(default=0)
    needs_done: Mapped[int] = mapped_column(default=0)
    products_total: Mapped[int] = mapped_column(default=0)
    matches_stored: Mapped[int] = mapped_column(default=0)
    position: Mapped[UUID | None]
    started_at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    held_by: Mapped[str | None] = mapped_column(String(200))
    held_until: Mapped[datetime | None]
