"""Every model, so that Alembic and the mappers see them all."""

from matcher.models.audit import AuditEntry
from matcher.models.finding import Finding
from matcher.models.match import Decision, Match, Shortlist
from matcher.models.need import Need, Scenario
from matcher.models.organisation import Organisation
from matcher.models.outbox import Event
from matcher.models.product import Certificate, Product
from matcher.models.run import Engine, Run
from matcher.models.staff import Staff, StaffToken

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
    "Run",
    "Scenario",
    "Shortlist",
    "Staff",
    "StaffToken",
]
