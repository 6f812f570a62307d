"""The end of staff's sessions."""

from sqlalchemy.orm import Session

from matcher.actions import audit
from matcher.models import Staff


def end_sessions(session: Session, member: Staff, *, actor: str) -> None:
    """End every session of this member, wherever it runs: what signing out does."""
    member.session_epoch += 1
    audit.record(session, actor, "staff.signed_out", member.id)
