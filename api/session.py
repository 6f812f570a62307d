"""One transaction per request: opened at the first use, committed when the view ends well, rolled back otherwise.

A view that raises saves nothing. Reads (GET, HEAD, OPTIONS) never commit, so a stray write in one is lost rather than
half-kept. On SQLite an unsafe method takes the write lock at its first query (``BEGIN IMMEDIATE``).
"""

from collections.abc import Callable

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EXTENSION = "matcher_sessions"


class Application(Flask):
    """Flask with the commit inside dispatch, where a failing commit still meets the error handlers.

    Flask's own ``after_request`` would be too late: what fails there skips the error table and ends as a bare 500.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        result = super().dispatch_request()
        session: Session | None = g.get("database_session")
        if session is not None and request.method not in SAFE_METHODS:
            session.commit()
        return result


def install(app: Flask, sessions: sessionmaker[Session]) -> None:
    """Let ``app`` take its sessions from ``sessions`` and give them back at the end of each request."""
    app.extensions[EXTENSION] = sessions
    app.teardown_appcontext(_close)


def session_factory() -> sessionmaker[Session]:
    """The application's session factory, for what must not happen in the request's own transaction."""
    factory: sessionmaker[Session] = current_app.extensions[EXTENSION]
    return factory


def database_session() -> Session:
    """The request's session; the first call opens its transaction."""
    if "database_session" not in g:
        session = session_factory()()
        g.database_session = session
        if request.method not in SAFE_METHODS:
            session.connection(execution_options={"writes": True})
    session_: Session = g.database_session
    return session_


def after_close(action: Callable[[], None]) -> None:
    """Do ``action`` once the request's session is closed, so that it never holds two connections. It must not fail."""
    g.setdefault("after_close", []).append(action)


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database_session", None)
    if session is not None:
        session.close()
    for action in g.pop("after_close", ()):
        action()
