"""Who is calling, and whether they may: staff sessions, staff bearer tokens, and the check before every view.

A session lives in a signed cookie: who, the account's ``session_epoch``, when it began and when it was last used. It
ends when idle for too long, at its absolute age, when the account is switched off, and when the epoch moves on (a new
password, or signing out). One cookie cannot be taken back without a table of sessions; signing out therefore ends all
sessions of the account, which is also what somebody who leaves a shared computer in a hurry wants.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api import language
from api.errors import NotSignedInError
from api.permissions import PERMISSIONS, Public, allows
from api.session import SAFE_METHODS, after_close, database_session, session_factory
from matcher.actions import staff as staff_actions
from matcher.database import utcnow
from matcher.errors import ForbiddenError
from matcher.models import Staff, StaffToken
from matcher.settings import Settings
from matcher.states import StaffRole
from matcher.transaction import writing

REFRESH_AFTER_S = 60
"""The cookie's time of last use is renewed at most this often: not every response need set a cookie."""

NOTED = "matcher_noted_tokens"
SIGN_IN = "login.sign_in"

csrf = CSRFProtect()
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """The member of staff behind a request and how they proved it."""

    staff: Staff
    by_token: bool

    def may(self, least: StaffRole) -> bool:
        """Whether the caller's role includes ``least``."""
        return allows(self.staff.role, least)

    @property
    def actor(self) -> str:
        """The name in the audit trail."""
        return f"{'token' if self.by_token else 'staff'}:{self.staff.id}"


def install(app: Flask, settings: Settings, clock: Callable[[], float] = time.time) -> None:
    """Check every request of ``app`` before its view."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # The __Host- prefix binds the cookie to this host and to https; browsers refuse it on plain http.
        SESSION_COOKIE_NAME="__Host-matcher" if settings.cookie_secure else "matcher_session",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        # Checked by hand below, after the caller is known: a bearer token needs no CSRF token.
        WTF_CSRF_CHECK_DEFAULT=False,
        # As old as its session may be: a form that was open for two hours still works.
        WTF_CSRF_TIME_LIMIT=None,
        MATCHER_SESSION_S=settings.session_hours * 3600,
        MATCHER_SESSION_IDLE_S=settings.session_idle_minutes * 60,
        MATCHER_CLOCK=clock,
    )
    app.extensions[NOTED] = {}
    csrf.init_app(app)
    app.before_request(check)
    app.context_processor(lambda: {"caller": g.get("caller")})


def check() -> None:
    """Find out who calls, refuse a forged form, and look the endpoint up in the table of permissions."""
    if request.endpoint is None:
        if request.method in SAFE_METHODS and not request.path.startswith("/api/"):
            g.caller = identify()  # the page that says "not found" keeps its head
            language.forget_choice()
        return
    least = PERMISSIONS.get(request.endpoint)
    if least is None:
        raise ForbiddenError(f"endpoint {request.endpoint} has no entry in the table of permissions")
    if isinstance(least, Public) and not _wants_caller(request.endpoint):
        return
    # Whoever signs in counts as nobody yet: looking for them would open the request's transaction, a writing one.
    g.caller = None if request.endpoint == SIGN_IN else identify()
    language.forget_choice()
    if request.method not in SAFE_METHODS and not (g.caller is not None and g.caller.by_token):
        csrf.protect()
    if isinstance(least, Public):
        return
    if g.caller is None:
        raise NotSignedInError("nobody is signed in")
    if not g.caller.may(least):
        raise ForbiddenError(f"{request.endpoint} needs the role {least}")


def _wants_caller(endpoint: str) -> bool:
    return endpoint.startswith("login.")


def caller() -> Caller:
    """The signed-in caller of a protected view."""
    found: Caller | None = g.get("caller")
    if found is None:
        raise NotSignedInError("nobody is signed in")
    return found


def identify() -> Caller | None:
    """The caller by token (API only) or by session; None for nobody. A token that does not count is refused at once."""
    header = request.headers.get("Authorization")
    if header is not None and request.path.startswith("/api/"):
        scheme, _separator, secret = header.partition(" ")
        token = staff_actions.check_token(database_session(), secret.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise NotSignedInError("the token does not count")
        _note_use(token)
        return Caller(token.staff, by_token=True)
    member = _member_of_session()
    return Caller(member, by_token=False) if member is not None else None


def begin_session(member: Staff) -> None:
    """Start a fresh session for ``member``: nothing of the one before survives but the language (no fixation)."""
    chosen = session.get(language.SESSION_KEY)
    session.clear()
    now = int(_now())
    session.update(staff=str(member.id), epoch=member.session_epoch, began=now, used=now)
    if chosen is not None:
        session[language.SESSION_KEY] = chosen


def end_session() -> None:
    """Forget the session but for the language."""
    chosen = session.get(language.SESSION_KEY)
    session.clear()
    if chosen is not None:
        session[language.SESSION_KEY] = chosen


def _note_use(token: StaffToken) -> None:
    """Remember the use of ``token``, after the request and in a transaction of its own: a read's never commits.

    Tried once a minute by each process, however it ends: a busy database must not slow every request of a script down.
    """
    noted: dict[UUID, datetime] = current_app.extensions[NOTED]
    known = [moment for moment in (token.last_used_at, noted.get(token.id)) if moment is not None]
    now = utcnow()
    if known and now - max(known) < staff_actions.TOUCH_EVERY:
        return
    noted[token.id] = now
    after_close(partial(_write_use, session_factory(), token.id))


def _write_use(sessions: sessionmaker[Session], token_id: UUID) -> None:
    try:
        with writing(sessions) as session_:
            token = session_.get(StaffToken, token_id)
            if token is not None:
                staff_actions.note_token_use(token)
    except SQLAlchemyError as error:
        # Left out: it says "in use lately", and a later request brings another.
        logger.warning("the use of a token was not noted", token=str(token_id), error=str(error))


def _member_of_session() -> Staff | None:
    if "staff" not in session:
        return None
    now = _now()
    too_old = now - session["began"] > current_app.config["MATCHER_SESSION_S"]
    idle = now - session["used"] > current_app.config["MATCHER_SESSION_IDLE_S"]
    member = None if too_old or idle else database_session().get(Staff, UUID(session["staff"]))
    if member is None or not member.active or member.session_epoch != session["epoch"]:
        end_session()
        return None
    if now - session["used"] > REFRESH_AFTER_S:
        session["used"] = int(now)
    return member


def _now() -> float:
    clock: Callable[[], float] = current_app.config["MATCHER_CLOCK"]
    return clock()
