"""Organisations: create and update."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matcher.actions.upsert import Outcome, put
from matcher.models import Organisation
from matcher.queries import organisations


def put_organisation(session: Session, fields: Mapping[str, Any], *, actor: str, overwrite: bool = False) -> Outcome:
    """Create or update the organisation with ``fields["external_ref"]``; ``fields`` are names of its columns.

    A row that people have edited is left alone (``Outcome.EDITED``) unless ``overwrite``. Raises InvalidInputError.
    """
    ref = fields["external_ref"]
    present = organisations.by_ref(session, ref)
    outcome, _ = put(session, Organisation, present, {"external_ref": ref}, fields, actor=actor, overwrite=overwrite)
    return outcome
