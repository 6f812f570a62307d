"""Decisions: who may rule, on what, and what the ruling leaves behind."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.decisions import LONGEST_COMMENT, decide
from matcher.errors import ConflictError, ForbiddenError, IllegalMoveError, InvalidInputError, StaleVersionError
from matcher.events import EventType
from matcher.models import AuditEntry, Decision, Event, Match
from matcher.states import DecisionKind, MatchStatus, NeedStatus, ProductStatus, RejectReason, StaffRole
from matcher.transaction import writing
from tests.factories import make_match, make_staff

APPROVE, REJECT = DecisionKind.APPROVE, DecisionKind.REJECT


def test_an_approval_leaves_a_decision_an_audit_entry_and_an_event(session: Session) -> None:
    match, staff = make_match(session, score=4321), make_staff(session)
    decision = decide(session, match, staff, APPROVE, comment="合适", expected_version=1)
    session.flush()
    assert match.status is MatchStatus.APPROVED
    assert (decision.score, decision.fingerprint, decision.comment) == (4321, match.fingerprint, "合适")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject_id) == (f"staff:{staff.id}", "match.approved", match.id)
    event = session.scalars(select(Event)).one()
    assert (event.type, event.entity_id) == (EventType.MATCH_APPROVED, match.id)
    assert event.payload["need"]["external_ref"] == match.need.external_ref
    assert event.payload["score"] == 4321


def test_a_reject_needs_a_reason(session: Session) -> None:
    match, staff = make_match(session), make_staff(session)
    with pytest.raises(InvalidInputError, match="reason: a reject needs one of irrelevant, coverage"):
        decide(session, match, staff, REJECT)
    decide(session, match, staff, REJECT, RejectReason.PRICE)
    assert match.status is MatchStatus.REJECTED


def test_an_approval_has_no_reason(session: Session) -> None:
    with pytest.raises(InvalidInputError, match="only a reject has a reason"):
        decide(session, make_match(session), make_staff(session), APPROVE, RejectReason.PRICE)


def test_a_comment_has_a_limit(session: Session) -> None:
    with pytest.raises(InvalidInputError, match="comment"):
        decide(session, make_match(session), make_staff(session), APPROVE, comment="x" * (LONGEST_COMMENT + 1))


def test_the_same_ruling_twice_is_an_illegal_move(session: Session) -> None:
    match, staff = make_match(session), make_staff(session)
    decide(session, match, staff, APPROVE)
    with pytest.raises(IllegalMoveError):
        decide(session, match, staff, APPROVE)


def test_a_ruling_may_be_turned_round_and_both_are_kept(session: Session) -> None:
    match, staff = make_match(session), make_staff(session)
    decide(session, match, staff, APPROVE)
    decide(session, match, staff, REJECT, RejectReason.COMPLIANCE)
    kept = session.scalars(select(Decision.kind).where(Decision.match_id == match.id).order_by(Decision.id))
    assert list(kept) == [APPROVE, REJECT]


def test_a_viewer_may_not_decide(session: Session) -> None:
    with pytest.raises(ForbiddenError):
        decide(session, make_match(session), make_staff(session, role=StaffRole.VIEWER), APPROVE)


def test_a_reviewer_who_saw_an_older_score_is_told(session: Session) -> None:
    match, staff = make_match(session), make_staff(session)
    match.score = 1
    session.flush()
    with pytest.raises(StaleVersionError):
        decide(session, match, staff, APPROVE, expected_version=1)
    decide(session, match, staff, APPROVE, expected_version=2)


def test_what_is_no_longer_on_offer_cannot_be_approved_but_rejected(session: Session) -> None:
    staff = make_staff(session)
    closed, withdrawn = make_match(session), make_match(session)
    closed.need.status, withdrawn.product.status = NeedStatus.CLOSED, ProductStatus.WITHDRAWN
    session.flush()
    for match in (closed, withdrawn):
        with pytest.raises(ConflictError):
            decide(session, match, staff, APPROVE)
        decide(session, match, staff, REJECT, RejectReason.OTHER)


def test_a_match_that_a_run_took_away_is_a_conflict(session: Session) -> None:
    match, staff = make_match(session), make_staff(session)
    session.execute(delete(Match).where(Match.id == match.id), execution_options={"synchronize_session": False})
    with pytest.raises(ConflictError, match="the match is gone"):
        decide(session, match, staff, APPROVE)


def test_of_two_reviewers_with_the_same_page_one_is_told(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        match_id, staff_id = make_match(session).id, make_staff(session).id
    for kind, reason in ((APPROVE, None), (REJECT, RejectReason.PRICE)):
        with writing(sessions) as session:
            match = session.get_one(Match, match_id)
            staff = make_staff(session)
            if kind is APPROVE:
                decide(session, match, staff, kind, reason, expected_version=1)
            else:
                with pytest.raises(StaleVersionError):
                    decide(session, match, staff, kind, reason, expected_version=1)
    with writing(sessions) as session:
        assert len(session.scalars(select(Decision)).all()) == 1
        session.execute(update(Match).values(version=1))
    assert staff_id
