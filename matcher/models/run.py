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

    ``library_hash`` is the hash over all that went in: every profile with its row's version, and the settings that
    shape the result. Where it and the fingerprint are equal, so is the result. At most one run is running, which the
    database enforces.
    ``position`` is the last need that was stored, in order of id: a rerun of an unfinished pass goes on behind it.
    ``held_by`` names the process at work (``host:pid:token``) and ``held_until`` when its lease runs out; every block
    of needs is stored under a check of the holder, so a process that lost its lease cannot write.
    ``embedded`` and ``vectors_reused`` count the texts whose vectors were made for this pass and found ready.
    ``remarks``: what did not go as set up, ``[{"code": str, …}]``, such as an embedding service that did not answer.
    ``gaps`` 供给缺口: needs that supply does not serve, clustered; see scoring.gap.
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
    embedded: Mapped[int] = mapped_column(default=0)
    vectors_reused: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    gaps: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    error: Mapped[str | None] = mapped_column(Text)
    held_by: Mapped[str | None] = mapped_column(String(200))
    held_until: Mapped[datetime | None]


class Promotion(Identified, Base):
    """Weights that were put to work 启用权重: the newest promotion that nobody rolled back is the engine's; without one
    the package's defaults are.

    ``figures``: what old and new reached on held-out needs when the choice was made. ``actor``: who or what promoted.
    """

    __tablename__ = "promotions"

    weights: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(200))
    rolled_back_at: Mapped[datetime | None]
    rolled_back_by: Mapped[str | None] = mapped_column(String(200))
