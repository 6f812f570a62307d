"""Which weights are at work."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matcher.database import utcnow
from matcher.meaning import remark_text
from matcher.messages import LANGUAGES
from matcher.models import Promotion
from matcher.queries.promotions import active_weights, list_promotions, read_active, state_of
from scoring.weights import Weights


def promoted(session: Session, weights: dict[str, Any], **fields: Any) -> Promotion:
    promotion = Promotion(weights=weights, figures={}, actor="command:learn", **fields)
    session.add(promotion)
    session.flush()
    return promotion


def test_without_a_promotion_the_packages_weights_are_at_work(session: Session) -> None:
    active = read_active(session)
    assert (active.weights, active.promotion, active.remarks) == (Weights(), None, [])


def test_the_newest_promotion_that_nobody_rolled_back_is_at_work(session: Session) -> None:
    first, second, third = (
        promoted(session, Weights(trust=trust).to_json(), rolled_back_at=ended, rolled_back_by=ended and "x")
        for trust, ended in ((0.1, None), (0.2, None), (0.3, utcnow()))
    )
    active = read_active(session)
    assert active_weights(session) == active.weights == Weights(trust=0.2)
    assert list_promotions(session) == [third, second, first]
    states = [state_of(promotion, active) for promotion in (third, second, first)]
    assert states == ["rolled_back", "active", "superseded"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"of a later version": 1}, "of a later version"),
        ({"tags": None}, "tags"),
        ({"tags": 7}, "tags"),
        ({"facets": {"sector": 0.1}}, "facets"),
        ({"facets": 1}, "facets"),
    ],
)
def test_a_promotion_that_cannot_be_read_gives_way_to_the_defaults_and_is_remarked_on(
    session: Session, change: dict[str, Any], named: str
) -> None:
    promotion = promoted(session, Weights().to_json() | {"trust": 0.1} | change)
    active = read_active(session)
    assert (active.weights, active.promotion) == (Weights(), promotion)
    assert state_of(promotion, active) == "unreadable"
    (remark,) = active.remarks
    for language in LANGUAGES:
        said = remark_text(remark, language)
        assert str(promotion.id) in said
        assert named in said
        assert "rollback" in said


def test_a_weight_that_is_missing_is_not_made_up(session: Session) -> None:
    stored = Weights(trust=0.1).to_json()
    del stored["meaning"]
    promoted(session, stored)
    assert read_active(session).problem == "meaning: is missing"
