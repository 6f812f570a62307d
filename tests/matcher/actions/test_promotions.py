"""Promotions: by the rules, one at a time, felt by the next run, and taken back."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.promotions import promote, roll_back
from matcher.actions.runs import full_run
from matcher.checks import State, check_engine, check_weights
from matcher.database import new_id
from matcher.errors import NothingPromotedError, WeightsChangedError
from matcher.models import AuditEntry, Match, Need, Product, Promotion, Run
from matcher.pair import explain_pair
from matcher.queries.promotions import active_weights
from matcher.settings import Settings
from matcher.transaction import reading, writing
from scoring.errors import LearningRefusedError
from scoring.weights import Weights
from tests.factories import make_need, make_organisation, make_product
from tests.scoring.judged_samples import comparison

ACTOR = "command:test"
LEARNT = Weights(text=0.3, meaning=0.7, tags=0.09)


def test_what_is_better_is_put_to_work_with_its_figures_and_an_audit_entry(session: Session) -> None:
    promotion = promote(session, comparison(), None, actor=ACTOR)
    assert active_weights(session) == LEARNT
    assert promotion.figures["ndcg@10"] == {"old": 0.6, "new": 0.7, "fitted": 0.7}
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject_id) == (ACTOR, "promotion.made", promotion.id)
    assert entry.details["instead_of"] is None
    assert entry.details["figures"]["gain"] == 0.1


def test_what_is_not_better_is_refused_and_leaves_nothing(session: Session) -> None:
    with pytest.raises(LearningRefusedError, match="no-gain"):
        promote(session, comparison(error=0.5), None, actor=ACTOR)
    assert session.scalar(select(func.count()).select_from(Promotion)) == 0
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_promotions_are_taken_back_one_by_one_down_to_the_packages_weights(session: Session) -> None:
    first = promote(session, comparison(), None, actor=ACTOR)
    second = promote(session, comparison(learnt=Weights(trust=0.3)), first.id, actor=ACTOR)
    assert roll_back(session, actor="command:other").id == second.id
    assert active_weights(session) == LEARNT
    assert (second.rolled_back_by, second.rolled_back_at is None) == ("command:other", False)
    assert roll_back(session, first.id, actor=ACTOR).id == first.id
    assert active_weights(session) == Weights()
    with pytest.raises(NothingPromotedError):
        roll_back(session, actor=ACTOR)
    session.flush()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["promotion.made"] * 2 + ["promotion.rolled_back"] * 2
    assert [entry.details["back_to"] for entry in entries[2:]] == [str(first.id), None]


def test_weights_that_were_compared_with_others_than_those_at_work_are_not_promoted(session: Session) -> None:
    first = promote(session, comparison(), None, actor=ACTOR)
    for seen in (None, new_id()):
        with pytest.raises(WeightsChangedError) as refused:
            promote(session, comparison(), seen, actor=ACTOR)
        assert refused.value.present == str(first.id)
    with pytest.raises(WeightsChangedError):
        roll_back(session, new_id(), actor=ACTOR)


@pytest.mark.parametrize("takes_back", [False, True], ids=["promoting", "taking back"])
def test_of_two_people_at_once_one_is_told(sessions: sessionmaker[Session], takes_back: bool) -> None:
    with writing(sessions) as session:
        seen = promote(session, comparison(), None, actor=ACTOR).id if takes_back else None
    both = threading.Barrier(2)
    ends: list[str] = []

    def act(change: Callable[[Session], Promotion]) -> None:
        with reading(sessions) as session:
            active_weights(session)
        both.wait(30)
        try:
            with writing(sessions) as session:
                change(session)
            ends.append("done")
        except (WeightsChangedError, NothingPromotedError):
            ends.append("told")

    def change(session: Session) -> Promotion:
        return (
            roll_back(session, seen, actor=ACTOR) if takes_back else promote(session, comparison(), seen, actor=ACTOR)
        )

    threads = [threading.Thread(target=act, args=(change,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "told"]
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Promotion)) == 1


@pytest.fixture
def need(sessions: sessionmaker[Session]) -> UUID:
    """A need that one of two products meets."""
    with writing(sessions) as session:
        seller, buyer = make_organisation(session), make_organisation(session)
        make_product(session, seller, title="高速公路收费站通行流量数据", tags=["通行"])
        make_product(session, seller, title="医保药品处方统计数据")
        return make_need(session, buyer, title="", text="需要高速公路通行流量", tags=["流量"]).id


def test_the_next_run_scores_with_promoted_weights_and_after_a_rollback_with_the_old_ones(
    sessions: sessionmaker[Session], settings: Settings, need: UUID
) -> None:
    def scores() -> list[int]:
        with reading(sessions) as session:
            return list(session.scalars(select(Match.score).order_by(Match.product_id)))

    before = full_run(sessions, settings)
    first = scores()
    with writing(sessions) as session:
        promote(session, comparison(), None, actor=ACTOR)
    assert check_engine(settings).code == "engine-stale"
    promoted = full_run(sessions, settings)
    assert not promoted.skipped
    assert promoted.fingerprint != before.fingerprint
    assert scores() != first
    assert full_run(sessions, settings).skipped
    assert check_engine(settings).code == "engine-ok"
    with writing(sessions) as session:
        roll_back(session, actor=ACTOR)
    back = full_run(sessions, settings)
    assert (back.skipped, back.fingerprint, scores()) == (False, before.fingerprint, first)


def test_a_pair_is_explained_by_the_last_runs_engine_and_without_a_run_with_the_weights_at_work(
    sessions: sessionmaker[Session], settings: Settings, need: UUID
) -> None:
    def fingerprint() -> str:
        with reading(sessions) as session:
            wanted = session.get_one(Need, need)
            wanted.text = "高速公路"  # not what a run has scored
            offered = session.scalars(select(Product).order_by(Product.id).limit(1)).one()
            return str(explain_pair(session, wanted, offered, 0).explanation.breakdown["fingerprint"])

    by_default = fingerprint()
    with writing(sessions) as session:
        promote(session, comparison(), None, actor=ACTOR)
    promoted = fingerprint()
    assert promoted != by_default
    assert full_run(sessions, settings).fingerprint == promoted
    with writing(sessions) as session:
        roll_back(session, actor=ACTOR)
    assert fingerprint() == promoted
    assert full_run(sessions, settings).fingerprint == by_default == fingerprint()


def test_a_promotion_that_this_version_cannot_read_does_not_stop_the_run(
    sessions: sessionmaker[Session], settings: Settings, need: UUID
) -> None:
    plain = full_run(sessions, settings)
    assert check_weights(settings).code == "weights-by-default"
    with writing(sessions) as session:
        promote(session, comparison(), None, actor=ACTOR)
    assert check_weights(settings).code == "weights-promoted"
    odd: dict[str, Any] = LEARNT.to_json() | {"mood": 1}
    with writing(sessions) as session:
        session.execute(update(Promotion).values(weights=odd))
    check = check_weights(settings)
    assert (check.state, check.code) == (State.WRONG, "weights-unreadable")
    assert "mood" in str(check.values["reason"])
    report = full_run(sessions, settings, force=True)
    assert report.fingerprint == plain.fingerprint
    with reading(sessions) as session:
        last = session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()
    assert [remark["code"] for remark in last.remarks] == ["promotion-unreadable"]
    with writing(sessions) as session:
        roll_back(session, actor=ACTOR)
    assert check_weights(settings).code == "weights-by-default"
