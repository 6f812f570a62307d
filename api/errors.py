"""The one table from failures to statuses, and the two ways to show one: problem+json (RFC 9457) and a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from flask import Flask, Response, json, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from api import problem_texts
from api.language import current_language
from matcher.errors import (
    AmbiguousReferenceError,
    ConflictError,
    FieldProblem,
    ForbiddenError,
    IllegalMoveError,
    InvalidInputError,
    MatcherError,
    NotFoundError,
    StaleVersionError,
)
from matcher.messages import Message

TYPE_PREFIX = "urn:exchange-matcher:problem:"
MEDIA_TYPE = "application/problem+json"

logger = structlog.get_logger(__name__)


class NotSignedInError(MatcherError):
    """Nobody is signed in, or the session or token no longer counts."""

    code = "not-signed-in"


class TooManyGuessesError(MatcherError):
    """Sign-in is slowed down for this address and account."""

    code = "too-many-guesses"

    def __init__(self, wait_s: float) -> None:
        self.wait_s = max(1, round(wait_s))
        super().__init__(f"wait {self.wait_s} s")


STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (NotSignedInError, 401, "not-signed-in"),
    (TooManyGuessesError, 429, "too-many-guesses"),
    (InvalidInputError, 422, "invalid-input"),
    (NotFoundError, 404, "not-found"),
    (AmbiguousReferenceError, 409, "ambiguous-reference"),
    (StaleVersionError, 409, "stale-version"),
    (IllegalMoveError, 409, "illegal-move"),
    (ConflictError, 409, "conflict"),
    (StaleDataError, 409, "stale-version"),
    (ForbiddenError, 403, "forbidden"),
    (CSRFError, 400, "csrf-failed"),
    (OperationalError, 503, "database-unavailable"),
    (PoolTimeoutError, 503, "database-unavailable"),
)
"""The first row that an exception is an instance of decides. Anything else is a fault of ours: 500."""

HTTP_CODES = {
    400: "bad-request",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid-input",
    429: "too-many-guesses",
    500: "internal-error",
    503: "database-unavailable",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure as told to the outside."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The problem document; ``errors`` is always there, so that clients need no check for it."""
        return {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": request.path,
            "errors": [{"field": e.field, "message": e.message, "code": e.code} for e in self.errors],
        }


def install(app: Flask) -> None:
    """Answer every failure of ``app`` from the table."""
    app.register_error_handler(Exception, handle)


def handle(error: Exception) -> WerkzeugResponse:
    """The response for ``error`` in the caller's language and form."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()
    problem = describe(error)
    if problem.status >= 500:
        logger.error("request failed", path=request.path, method=request.method, exc_info=error)
    if wants_problem():
        # The name of an unknown field is the caller's: it may hold half a character, which has no UTF-8.
        body = json.dumps(problem.to_json(), ensure_ascii=False).encode("utf-8", "replace")
        response = Response(body, problem.status, mimetype=MEDIA_TYPE)
    elif isinstance(error, NotSignedInError):
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("login.show", next=target))
    else:
        response = Response(render_template("error.html", problem=problem), problem.status)
    for name, value in _headers(error):
        response.headers[name] = value
    return response


def wants_problem() -> bool:
    """Whether the caller is a program: everything under /api/ and /health/ speaks JSON."""
    return request.path.startswith(("/api/", "/health/"))


def describe(error: Exception) -> Problem:
    """``error`` by the table, in the current language."""
    for kind, status, code in STATUSES:
        if isinstance(error, kind):
            errors = tuple(map(_worded, error.problems)) if isinstance(error, InvalidInputError) else ()
            return Problem(status, code, problem_texts.title(code), problem_texts.detail(code, error), errors)
    if isinstance(error, HTTPException):
        status = error.code or 500
        code = HTTP_CODES.get(status, "bad-request" if status < 500 else "internal-error")
        fields = tuple(_field_problems(getattr(error, "data", None) or {}))
        return Problem(status, code, problem_texts.title(code), problem_texts.detail(code, error), fields)
    return Problem(500, "internal-error", problem_texts.title("internal-error"), problem_texts.detail("internal-error"))


def _worded(problem: FieldProblem) -> FieldProblem:
    """``problem`` in the current language, where its message can be said in several."""
    if isinstance(problem.message, Message):
        return replace(problem, message=problem.message.in_language(current_language()))
    return problem


def _field_problems(data: Mapping[str, Any]) -> Iterable[FieldProblem]:
    """webargs' messages, ``{location: {field: [code, …]}}``, flat. Schemas of this API give codes as messages."""
    messages = data.get("messages")
    if not isinstance(messages, Mapping):
        return
    for location in messages.values():
        yield from _flatten("", location)


def _flatten(path: str, messages: Any) -> Iterable[FieldProblem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flatten(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(messages, list):
        for code in messages:
            yield FieldProblem(
                path or "body", problem_texts.field_message(str(code)), problem_texts.field_code(str(code))
            )


def _headers(error: Exception) -> list[tuple[str, str]]:
    if isinstance(error, NotSignedInError):
        return [("WWW-Authenticate", 'Bearer realm="exchange-matcher"')]
    if isinstance(error, TooManyGuessesError):
        return [("Retry-After", str(error.wait_s))]
    if isinstance(error, OperationalError | PoolTimeoutError):
        return [("Retry-After", "5")]
    if isinstance(error, HTTPException):
        return [(name, value) for name, value in error.get_headers() if name.lower() == "allow"]
    return []
