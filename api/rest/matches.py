"""Decisions on matches."""

from typing import Any
from uuid import UUID

from api import auth
from api.decision_input import DecisionInputSchema
from api.rest.openapi import Blueprint
from api.rest.present import match_item
from api.rest.schemas import MatchSchema
from api.session import database_session
from api.views import view_matches
from matcher.actions.decisions import decide as decide_on
from matcher.queries import matches as match_queries

EXAMPLES = {
    "approve": {"summary": "通过", "value": {"kind": "approve", "version": 1}},
    "reject": {
        "summary": "驳回",
        "value": {"kind": "reject", "reason": "coverage", "comment": "缺县级数据", "version": 1},
    },
}

blueprint = Blueprint("matches_api", __name__, description="Matches 匹配: rulings of the exchange's staff")


@blueprint.route("/matches/<uuid:match_id>/decision", methods=["POST"])
@blueprint.arguments(DecisionInputSchema, examples=EXAMPLES)
@blueprint.response(200, MatchSchema)
@blueprint.problems(400, 404, 409, 413, 415, 422)
def decide(body: dict[str, Any], match_id: UUID) -> dict[str, Any]:
    """Approve or reject a match

    Needs the role reviewer. Give the `version` that you saw: 409 then tells that the match has changed meanwhile.
    """
    session, caller = database_session(), auth.caller()
    match = match_queries.get_match(session, match_id)
    decide_on(
        session,
        match,
        caller.staff,
        body["kind"],
        body["reason"],
        body["comment"],
        body["version"],
        actor=caller.actor,
    )
    [view] = view_matches(session, [match])
    return match_item(view)
