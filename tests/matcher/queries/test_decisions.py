"""The last ruling of many matches at once."""

from sqlalchemy.orm import Session

from matcher.actions.decisions import decide
from matcher.queries.decisions import latest_decisions
from matcher.states import DecisionKind, RejectReason
from tests import factories


def test_each_match_has_its_last_ruling_and_an_undecided_one_has_none(session: Session) -> None:
    member = factories.make_staff(session)
    twice, once, never = (factories.make_match(session) for _ in range(3))
    decide(session, twice, member, DecisionKind.APPROVE)
    last = decide(session, twice, member, DecisionKind.REJECT, RejectReason.PRICE)
    only = decide(session, once, member, DecisionKind.APPROVE)
    found = latest_decisions(session, [twice.id, once.id, never.id])
    assert found == {twice.id: last, once.id: only}
    assert found[twice.id].staff.name == member.name


def test_no_matches_have_no_rulings(session: Session) -> None:
    assert latest_decisions(session, []) == {}
