"""Decisions: staff's rulings on matches."""

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from matcher.actions import audit
from matcher.errors import ConflictError, FieldProblem, ForbiddenError, InvalidInputError, StaleVersionError
from matcher.events import EventType, emit
from matcher.models import Decision, Match, Staff
from matcher.states import (
    DecisionKind,
    MatchStatus,
    NeedStatus,
    ProductStatus,
    RejectReason,
    StaffRole,
    move,
)

MAY_DECIDE = frozenset({StaffRole.ADMIN, StaffRole.REVIEWER})
LONGEST_COMMENT = 2_000
TARGETS = {DecisionKind.APPROVE: MatchStatus.APPROVED, DecisionKind.REJECT: MatchStatus.REJECTED}
EVENTS = {DecisionKind.APPROVE: EventType.MATCH_APPROVED, DecisionKind.REJECT: EventType.MATCH_REJECTED}


def decide(
    session: Session,
    match: Match,
    staff: Staff,
    kind: DecisionKind,
    reason: RejectReason | None = None,
    comment: str | None = None,
    expected_version: int | None = None,
    *,
    actor: str | None = None,
) -> Decision:
    """Approve or reject a match, with an audit entry and an event.

    ``expected_version`` is the version that the reviewer looked at. ``actor`` is for staff acting through a token.
    Raises ForbiddenError, InvalidInputError (a reject without reason), StaleVersionError, IllegalMoveError (ruled so
    already) and ConflictError (approved, but need or product is no longer on offer).
    """
    if staff.role not in MAY_DECIDE:
        raise ForbiddenError(f"the role {staff.role} may not decide on matches")
    _check_words(kind, reason, comment)
    _lock(session, match)
    if expected_version is not None and expected_version != match.version:
        raise StaleVersionError("match", expected_version, match.version)
    if kind is DecisionKind.APPROVE:
        _check_on_offer(match)
    match.status = move(match.status, TARGETS[kind])
    decision = Decision(
        match=match,
        staff=staff,
        kind=kind,
        reason=reason,
        comment=comment or None,
        score=match.score,
        fingerprint=match.fingerprint,
    )
    session.add(decision)
    session.flush()
    audit.record(session, actor or f"staff:{staff.id}", f"match.{match.status}", match.id, decision=str(decision.id))
    emit(session, EVENTS[kind], match.id, _payload(match, decision))
    return decision


def _lock(session: Session, match: Match) -> None:
    try:
        session.refresh(match, with_for_update={"of": Match})
    except InvalidRequestError as error:
        raise ConflictError("the match is gone: a run has just taken it off the shortlist") from error


def _check_words(kind: DecisionKind, reason: RejectReason | None, comment: str | None) -> None:
    problems = []
    if kind is DecisionKind.REJECT and reason is None:
        problems.append(FieldProblem("reason", f"a reject needs one of {', '.join(RejectReason)}", "required"))
    if kind is DecisionKind.APPROVE and reason is not None:
        problems.append(FieldProblem("reason", "only a reject has a reason", "not-allowed"))
    if comment and len(comment) > LONGEST_COMMENT:
        problems.append(FieldProblem("comment", f"at most {LONGEST_COMMENT} characters", "too-long"))
    if problems:
        raise InvalidInputError(problems)


def _check_on_offer(match: Match) -> None:
    if match.need.status is not NeedStatus.OPEN:
        raise ConflictError(f"the need is {match.need.status}; only an open one can be served")
    if match.product.status is not ProductStatus.LISTED:
        raise ConflictError(f"the product is {match.product.status}; only a listed one can be recommended")


def _payload(match: Match, decision: Decision) -> dict[str, object]:
    return {
        "decision": str(decision.id),
        "need": {"id": str(match.need_id), "external_ref": match.need.external_ref},
        "product": {"id": str(match.product_id), "external_ref": match.product.external_ref},
        "score": match.score,
        "fingerprint": match.fingerprint,
        "reason": decision.reason,
    }
