"""Every model, so that Alembic and the mappers see them all."""

from matcher.models.audit import AuditEntry
from matcher.models.finding import Finding
from matcher.models.match import Decision, Match, Shortlist
from matcher.models.need import Need, Scenario
from matcher.models.organisation import Organisation
from matcher.models.outbox import Event
from matcher.models.product import Certificate, Product
from matcher.models.run import Engine, Promotion, Run
from matcher.models.staff import Staff, StaffToken
from matcher.models.vector import Vector

__all__ = [
    "AuditEntry",
    "Certificate",
    "Decision",
    "Engine",
    "Event",
    "Finding",
    "Match",
    "Need",
    "Organisation",
    "Product",
    "Promotion",
    "Run",
    "Scenario",
    "Shortlist",
    "Staff",
    "StaffToken",
    "Vector",
]
