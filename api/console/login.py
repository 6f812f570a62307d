"""Signing in and out, and the choice of language."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from api import auth
from api.errors import TooManyGuessesError
from api.language import LANGUAGES, SESSION_KEY, _
from api.paging import is_plain
from api.session import database_session, session_factory
from api.throttle import GuessThrottle
from matcher.actions import staff as staff_actions
from matcher.actions.sessions import end_sessions
from matcher.transaction import reading, writing

THROTTLE = "matcher_guess_throttle"

blueprint = Blueprint("login", __name__)


def safe_target(target: str | None) -> str:
    """``target`` where it is a path on this very site, else the first page.

    Browsers read a backslash as a slash and skip control characters, so ``/\\evil.example`` leaves the site too.
    """
    home = url_for("needs.home")
    if not target or any(character < " " or character == "\\" for character in target):
        return home
    try:
        parts = urlsplit(target)
    except ValueError:
        return home
    inside = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    return target if inside else home


@blueprint.get("/login")
def show() -> ResponseReturnValue:
    """The form; whoever is signed in goes on."""
    if g.caller is not None:
        return redirect(safe_target(request.args.get("next")))
    return render_template("login.html", next=request.args.get("next"))


@blueprint.post("/login")
def sign_in() -> ResponseReturnValue:
    """Check the password and start a session. Wrong account and wrong password look alike, and take as long.

    Not in the request's transaction, which on SQLite holds the write lock: anybody may come here, and hashing is slow
    on purpose. Only a login that counts writes.
    """
    email = request.form.get("email", "").strip()
    account, address = email.casefold(), request.remote_addr or ""
    throttle: GuessThrottle = current_app.extensions[THROTTLE]
    if wait := throttle.wait(address, account):
        raise TooManyGuessesError(wait)
    email_known = email if is_plain(email) else ""
    password = request.form.get("password", "")
    with reading(session_factory()) as session_:
        member = staff_actions.verify_password(session_, email_known, password)
    if member is None:
        throttle.failed(address, account)
        problem = _("The e-mail or the password is not right.")
        return render_template("login.html", next=request.form.get("next"), email=email, problem=problem), 401
    throttle.succeeded(address, account)
    renewed = staff_actions.renewed_hash(member, password)
    with writing(session_factory()) as session_:
        staff_actions.note_login(session_, member, renewed)
    auth.begin_session(member)
    return redirect(safe_target(request.form.get("next")))


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End all sessions of the account."""
    caller = auth.caller()
    end_sessions(database_session(), caller.staff, actor=caller.actor)
    auth.end_session()
    g.caller = None
    flash(_("You are signed out."))
    return redirect(url_for("login.show"))


@blueprint.get("/language/<language>")
def choose_language(language: str) -> ResponseReturnValue:
    """Keep the choice in the session and go back. A GET: it changes nothing but the words of one browser."""
    if language not in LANGUAGES:
        raise NotFound
    session[SESSION_KEY] = language
    return redirect(safe_target(request.args.get("next")))
