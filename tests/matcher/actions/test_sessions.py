"""Signing out."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.sessions import end_sessions
from matcher.models import AuditEntry
from tests import factories


def test_signing_out_raises_the_epoch_and_is_written_down(session: Session) -> None:
    member = factories.make_staff(session)
    end_sessions(session, member, actor=f"staff:{member.id}")
    session.flush()
    assert member.session_epoch == 2
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "staff.signed_out")).one()
    assert entry.subject_id == member.id
