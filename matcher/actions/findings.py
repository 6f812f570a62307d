"""Findings: raised by rules, looked at by staff, settled when the reason has gone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.database import utcnow
from matcher.models import Finding
from matcher.states import FindingSeverity, FindingStatus


@dataclass(frozen=True, slots=True)
class Remark:
    """How grave a finding is, and what the rule saw."""

    severity: FindingSeverity
    details: Mapping[str, Any] = field(default_factory=dict)


def raise_finding(
    session: Session, subject_kind: str, subject_id: UUID, rule: str, remark: Remark, *, key: str = ""
) -> Finding:
    """Raise the finding, or bring the present one up to date: the same remark twice is one finding.

    One that staff has resolved stays resolved as long as the rule sees the same; when it sees something new, it opens.
    """
    present = session.scalars(
        select(Finding).where(
            Finding.subject_kind == subject_kind,
            Finding.subject_id == subject_id,
            Finding.rule == rule,
            Finding.key == key,
        )
    ).one_or_none()
    if present is None:
        present = Finding(
            subject_kind=subject_kind, subject_id=subject_id, rule=rule, key=key, severity=remark.severity
        )
        present.details = dict(remark.details)
        session.add(present)
        session.flush()
    elif present.details != remark.details or (_resolved(present) and present.resolved_by is None):
        present.severity, present.details = remark.severity, dict(remark.details)
        present.status, present.resolved_at, present.resolved_by = FindingStatus.OPEN, None, None
    return present


def replace(
    session: Session,
    subject_kind: str,
    subject_id: UUID,
    rules: Collection[str],
    wanted: Mapping[tuple[str, str], Remark],
    *,
    keys: Collection[str] | None = None,
) -> None:
    """Make ``wanted`` (by rule and key) all that ``rules`` have to say about the row: raise it, settle the rest.

    With ``keys`` only findings with those keys are settled.
    """
    for (rule, key), remark in sorted(wanted.items()):
        raise_finding(session, subject_kind, subject_id, rule, remark, key=key)
    for finding in session.scalars(_open(subject_kind, subject_id, rules)):
        if (finding.rule, finding.key) not in wanted and (keys is None or finding.key in keys):
            finding.status, finding.resolved_at = FindingStatus.RESOLVED, utcnow()


def keys_of(session: Session, subject_kind: str, subject_id: UUID, rules: Collection[str]) -> list[tuple[str, str]]:
    """Rule and key of each open finding on the row."""
    return [(finding.rule, finding.key) for finding in session.scalars(_open(subject_kind, subject_id, rules))]


def _resolved(finding: Finding) -> bool:
    return finding.status is FindingStatus.RESOLVED


def _open(subject_kind: str, subject_id: UUID, rules: Collection[str]) -> Any:
    return (
        select(Finding)
        .where(
            Finding.subject_kind == subject_kind,
            Finding.subject_id == subject_id,
            Finding.rule.in_(rules),
            Finding.status == FindingStatus.OPEN,
        )
        .order_by(Finding.rule, Finding.key)
    )
