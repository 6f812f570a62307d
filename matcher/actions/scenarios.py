"""Scenarios: create and update."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matcher.actions.upsert import Outcome, put
from matcher.models import Scenario
from matcher.queries import scenarios


def put_scenario(session: Session, fields: Mapping[str, Any], *, actor: str, overwrite: bool = False) -> Outcome:
    """Create or update the scenario with ``fields["code"]``; ``fields`` are names of its columns.

    A row that people have edited is left alone (``Outcome.EDITED``) unless ``overwrite``. Raises InvalidInputError.
    """
    code = fields["code"]
    present = scenarios.by_code(session, code)
    outcome, _ = put(session, Scenario, present, {"code": code}, fields, actor=actor, overwrite=overwrite)
    return outcome
