"""Reads of promotions: which weights are at work, and which have been."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.models import Promotion
from matcher.remarks import Remark
from scoring.errors import WeightsError
from scoring.weights import Weights


@dataclass(frozen=True, slots=True)
class Active:
    """The weights at work and the promotion that they come from, None where they are the package's defaults.

    ``problem``: why this version of the program cannot read the promotion. The defaults are at work then: a nightly run
    must not fail because the program was renewed, and they are what this version was measured with.
    """

    weights: Weights
    promotion: Promotion | None = None
    problem: str | None = None

    @classmethod
    def defaults(cls) -> Self:
        """Those of the package, where there is no database to ask."""
        return cls(Weights())

    @property
    def remarks(self) -> list[Remark]:
        """What a run has to say about them."""
        if self.promotion is None or self.problem is None:
            return []
        return [{"code": "promotion-unreadable", "detail": f"{self.promotion.id}: {self.problem}"}]


def active_promotion(session: Session) -> Promotion | None:
    """The newest promotion that nobody has rolled back."""
    standing = select(Promotion).where(Promotion.rolled_back_at.is_(None))
    return session.scalars(standing.order_by(Promotion.id.desc()).limit(1)).one_or_none()


def read_active(session: Session) -> Active:
    """The weights at work, where they come from, and what is wrong with them."""
    promotion = active_promotion(session)
    if promotion is None:
        return Active.defaults()
    try:
        return Active(_weights_of(promotion), promotion)
    except (WeightsError, TypeError) as error:
        return Active(Weights(), promotion, str(error))


def active_weights(session: Session) -> Weights:
    """The weights at work."""
    return read_active(session).weights


def list_promotions(session: Session) -> list[Promotion]:
    """All that there have been, newest first."""
    return list(session.scalars(select(Promotion).order_by(Promotion.id.desc())))


def state_of(promotion: Promotion, active: Active) -> str:
    """``active``, ``unreadable`` (it would be, and the defaults are), ``superseded`` or ``rolled_back``."""
    if promotion.rolled_back_at:
        return "rolled_back"
    if active.promotion is None or promotion.id != active.promotion.id:
        return "superseded"
    return "unreadable" if active.problem else "active"


def _weights_of(promotion: Promotion) -> Weights:
    """A weight that is missing is as bad as one too many: filled up with a default, they would make an engine that
    nobody has measured. Raises WeightsError."""
    if missing := sorted(set(Weights().to_json()) - set(promotion.weights)):
        raise WeightsError(f"{missing[0]}: is missing")
    return Weights.from_json(promotion.weights)
