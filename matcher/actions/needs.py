"""Needs: create and update."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.upsert import Outcome, put
from matcher.events import EventType, emit
from matcher.models import Need, Organisation

EVENTS = {Outcome.CREATED: EventType.NEED_CREATED, Outcome.UPDATED: EventType.NEED_UPDATED}


def put_need(
    session: Session, organisation: Organisation, fields: Mapping[str, Any], *, actor: str, overwrite: bool = False
) -> Outcome:
    """Create or update the organisation's need with ``fields["external_ref"]``; ``fields`` are names of its columns.

    A row that people have edited is left alone (``Outcome.EDITED``) unless ``overwrite``. Raises InvalidInputError.
    """
    ref = fields["external_ref"]
    present = session.scalars(
        select(Need).where(Need.organisation_id == organisation.id, Need.external_ref == ref)
    ).one_or_none()
    identity = {"organisation_id": organisation.id, "external_ref": ref}
    outcome, need = put(session, Need, present, identity, fields, actor=actor, overwrite=overwrite)
    if event := EVENTS.get(outcome):
        emit(session, event, need.id, {"external_ref": ref, "organisation": organisation.external_ref})
    return outcome
