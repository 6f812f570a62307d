"""The API's description: OpenAPI 3 at /api/v1/openapi.json, made from the schemas that also check and dump."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
from flask import Flask, request
from marshmallow import Schema
from werkzeug.exceptions import UnsupportedMediaType

from api import problem_texts
from api.errors import HTTP_CODES, MEDIA_TYPE, TYPE_PREFIX
from api.inputs import KeyConverter
from api.rest.schemas import ProblemSchema
from api.session import SAFE_METHODS

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])

SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
DESCRIPTION = """Needs, products and their scored matches for the staff of a data exchange.

Send a staff token (`matcher staff token`) as `Authorization: Bearer …`, or use the console's session; with a session,
changes need the header `X-CSRFToken`. Scores run from 0 to 100 and have two decimals, and so have the `points` inside a
breakdown: to the last decimal they add up to its `score` (add them as decimals, or round the sum of floats). Lists are
read page by page with `cursor`. Errors are RFC 9457 problem documents; they and the `sentence` of a match are in the
language of `Accept-Language` (zh-Hans by default, en). Null and empty lists mean unknown, never "no"."""


class Documented(flask_smorest.Api):  # type: ignore[misc]  # it ships no types
    """flask-smorest with this application's problem documents in place of its own errors."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            if status not in HTTP_CODES and status != HTTPStatus.CONFLICT:
                continue
            with self._app.app_context():
                content = {"schema": ProblemSchema, "example": example(status)}
            response = {"description": status.phrase, "content": {MEDIA_TYPE: content}}
            self.spec.components.response(status.name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        """None: ``api.errors`` answers for the whole application."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # it ships no types
    """A part of the API under /api/v1; a body that is not JSON is refused before anybody looks into it."""

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, **options)
        self.before_request(_want_json)

    # The base class has no types; these say what its decorators do, that the views keep theirs.

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Serve the view at ``rule`` and document it."""
        decorate: Callable[[View], View] = super().route(rule, **options)
        return decorate

    def arguments(self, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        """Check the request by ``schema`` and give the view what it loads."""
        decorate: Callable[[View], View] = super().arguments(schema, **options)
        return decorate

    def response(self, status_code: int, schema: type[Schema], **options: Any) -> Callable[[View], View]:
        """Dump what the view returns by ``schema``."""
        decorate: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorate

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Document the problems of a view: those named and the ones that every view has."""

        def decorate(view: View) -> View:
            for status in (*statuses, 401, 403, 500):
                view = self.alt_response(status, response=HTTPStatus(status).name)(view)
            return view

        return decorate


def make_api(app: Flask) -> flask_smorest.Api:
    """The API of ``app``, serving its own description."""
    app.config.update(
        API_TITLE="Exchange Matcher 供需撮合引擎",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION, "license": {"name": "Apache-2.0"}},
            "security": SECURITY,
            "components": {
                "securitySchemes": {
                    "token": {"type": "http", "scheme": "bearer", "description": "A staff token, xm_staff_…"},
                    "session": {
                        "type": "apiKey",
                        "in": "cookie",
                        "name": app.config["SESSION_COOKIE_NAME"],
                        "description": "The console's session; changes need X-CSRFToken too.",
                    },
                }
            },
        },
    )
    api = Documented(app)
    api.register_converter(KeyConverter, lambda _converter: {"type": "string", "description": "Id or external_ref."})
    return api


def example(status: int) -> dict[str, Any]:
    """A problem document of ``status`` as it would be."""
    code = "conflict" if status == HTTPStatus.CONFLICT else HTTP_CODES[status]
    fields = []
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        fields = [
            {"field": "reason", "message": problem_texts.field_message("reason-missing"), "code": "reason-missing"}
        ]
    return {
        "type": TYPE_PREFIX + code,
        "title": problem_texts.title(code),
        "status": int(status),
        "detail": problem_texts.detail(code),
        "instance": f"{PREFIX}/needs/SC-01",
        "errors": fields,
    }


def _want_json() -> None:
    if request.method not in SAFE_METHODS and not request.is_json:
        raise UnsupportedMediaType
