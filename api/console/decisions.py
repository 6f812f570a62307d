"""Approve and reject, from the shortlist."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from api import auth, problem_texts
from api.decision_input import DecisionInputSchema
from api.language import _
from api.session import database_session
from api.words import label
from matcher.actions.decisions import decide as decide_on
from matcher.errors import ConflictError, IllegalMoveError, NotFoundError, StaleVersionError
from matcher.queries import matches as match_queries
from matcher.states import DecisionKind

FIELDS = ("kind", "reason", "comment", "version")

blueprint = Blueprint("decisions", __name__)


@blueprint.post("/matches/<uuid:match_id>/decision")
def decide(match_id: UUID) -> ResponseReturnValue:
    """Rule on the match and go back to it, saying what happened."""
    session = database_session()
    match = match_queries.get_match(session, match_id)
    back = redirect(url_for("needs.show", key=match.need_id, _anchor=f"match-{match.id}"), 303)
    given = {name: request.form[name] for name in FIELDS if request.form.get(name)}
    try:
        data = DecisionInputSchema().load({**given, **_version(given)})
    except ValidationError as error:
        flash(_refusal(error), "problem")
        return back
    caller = auth.caller()
    title = match.product.title
    try:
        decide_on(
            session,
            match,
            caller.staff,
            data["kind"],
            data["reason"],
            data["comment"],
            data["version"],
            actor=caller.actor,
        )
    except ConflictError as error:
        session.rollback()
        flash(_conflict(error, match_id, title), "problem")
        return back
    if data["kind"] is DecisionKind.APPROVE:
        flash(_("Approved: “%(title)s”. Both sides can now be told.", title=title))
    else:
        flash(_("Rejected: “%(title)s” (%(reason)s).", title=title, reason=label(data["reason"])))
    return back


def _version(given: dict[str, str]) -> dict[str, int | str]:
    """Forms carry text; the schema wants a number, as JSON has them."""
    text = given.get("version", "")
    return {"version": int(text)} if text.isascii() and text.isdigit() and len(text) < 10 else {}


def _refusal(error: ValidationError) -> str:
    messages: dict[str, list[str]] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return " ".join(problem_texts.field_message(code) for codes in messages.values() for code in codes)


def _conflict(error: ConflictError, match_id: UUID, title: str) -> str:
    try:
        match = match_queries.get_match(database_session(), match_id)
    except NotFoundError:
        return _("Nothing was changed: “%(title)s” is no longer a match, a run has taken it off.", title=title)
    if isinstance(error, StaleVersionError | IllegalMoveError):
        return _(
            "Nothing was changed: “%(title)s” has been ruled on or scored again since you opened this page. "
            "It is now “%(status)s”; look at it again, then decide.",
            title=title,
            status=label(match.status),
        )
    return _("Nothing was changed: “%(title)s” cannot be approved, for the need or the product is closed.", title=title)
