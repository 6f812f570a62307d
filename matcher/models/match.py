"""Matches and the decisions on them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matcher.database import Base, Identified, Versioned, enum_column
from matcher.models.need import Need
from matcher.models.product import Product
from matcher.models.staff import Staff
from matcher.states import DecisionKind, MatchStatus, RejectReason


class Match(Versioned, Base):
    """A scored pair 匹配. ``score`` counts hundredths of a point, 0–10000, and equals the breakdown's sum.

    ``rank`` is the place in the need's shortlist, from 1; ``None`` for a decided match that has left it. With
    ``fingerprint`` and both versions the score can be replayed. ``alike``: ids of the products that say the same and
    stand behind this one.
    """

    __tablename__ = "matches"
    __table_args__ = (
        UniqueConstraint("need_id", "product_id"),
        Index("ix_matches_status_score", "status", "score"),
        Index("ix_matches_need_id_rank", "need_id", "rank"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), index=True)
    status: Mapped[MatchStatus] = mapped_column(enum_column(MatchStatus), default=MatchStatus.PROPOSED)
    score: Mapped[int]
    rank: Mapped[int | None]
    breakdown: Mapped[dict[str, Any]]
    alike: Mapped[list[str]] = mapped_column(default=list)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("engines.fingerprint"))
    need_version: Mapped[int]
    product_version: Mapped[int]
    scored_at: Mapped[datetime]

    need: Mapped[Need] = relationship()
    product: Mapped[Product] = relationship()


class Shortlist(Base):
    """What the latest pass found for a need 候选清单; its matches carry the ranks.

    ``best_score`` counts hundredths of a point, None where ``size`` is 0; ``reason`` then says why nothing was found:
    ``stop_words_only``, ``nothing_in_common``, ``no_products`` or ``all_excluded``. ``bundles`` 组合: products that
    cover the need together; see scoring.bundle.
    """

    __tablename__ = "shortlists"

    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), index=True)
    need_version: Mapped[int]
    size: Mapped[int]
    best_score: Mapped[int | None] = mapped_column(index=True)
    reason: Mapped[str | None] = mapped_column(String(40))
    bundles: Mapped[list[Any]] = mapped_column(default=list)
    scored_at: Mapped[datetime]


class Decision(Identified, Base):
    """A ruling 审核意见 on a match, with the score that the reviewer saw. Decisions are added, never changed."""

    __tablename__ = "decisions"

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(enum_column(DecisionKind))
    reason: Mapped[RejectReason | None] = mapped_column(enum_column(RejectReason))
    comment: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))

    match: Mapped[Match] = relationship()
    staff: Mapped[Staff] = relationship()
