"""Every failure of the API is a problem document (RFC 9457) in the language asked for."""

import json
import sqlite3
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.test import TestResponse

from matcher.states import StaffRole
from tests.api.conftest import Web

MEMBERS = {"type", "title", "status", "detail", "instance", "errors"}
CHINESE = range(0x4E00, 0x9FFF)


def check(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem in ``response``, after a look at its shape."""
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem: dict[str, Any] = response.get_json()
    assert set(problem) == MEMBERS
    assert problem["status"] == status
    assert problem["type"] == f"urn:exchange-matcher:problem:{code}"
    assert problem["instance"] == response.request.path
    assert problem["title"]
    assert problem["detail"]
    assert all(set(error) == {"field", "message", "code"} and error["message"] for error in problem["errors"])
    return problem


@pytest.fixture
def reviewer(web: Web) -> FlaskClient:
    """A script of a reviewer."""
    client = web.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = web.bearer(StaffRole.REVIEWER)["Authorization"]
    return client


def test_nobody_signed_in(web: Web) -> None:
    response = web.client().get("/api/v1/needs")
    check(response, 401, "not-signed-in")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_role_that_is_too_low(web: Web) -> None:
    path = f"/api/v1/matches/{web.match.id}/decision"
    check(web.client().post(path, json={"kind": "approve"}, headers=web.bearer(StaffRole.VIEWER)), 403, "forbidden")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/needs/none",
        "/api/v1/needs/00000000-0000-7000-8000-000000000000/matches",
        "/api/v1/products/none/matches",
        "/api/v1/needs/a%00b",
        "/api/v1/needs/%ff",
        "/api/v1/needs/" + "x" * 500,
        "/api/v1/nothing",
        "/api/v2/needs",
        "/health/other",
    ],
)
def test_nothing_there(reviewer: FlaskClient, path: str) -> None:
    check(reviewer.get(path), 404, "not-found")


def test_another_method(reviewer: FlaskClient) -> None:
    response = reviewer.put("/api/v1/needs")
    check(response, 405, "method-not-allowed")
    assert "GET" in response.headers["Allow"]


def test_a_body_over_a_megabyte(web: Web, reviewer: FlaskClient) -> None:
    body = {"kind": "approve", "comment": "长" * 1024 * 1024}
    check(reviewer.post(f"/api/v1/matches/{web.match.id}/decision", json=body), 413, "too-large")


def test_a_body_that_is_not_json(web: Web, reviewer: FlaskClient) -> None:
    path = f"/api/v1/matches/{web.match.id}/decision"
    check(reviewer.post(path, data={"kind": "approve"}), 415, "unsupported-media-type")
    problem = check(reviewer.post(path, data="{", content_type="application/json"), 400, "bad-request")
    assert problem["errors"] == [{"field": "body", "message": "不是有效的 JSON。", "code": "invalid-json"}]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"kind": "required"}),
        ({"kind": "maybe"}, {"kind": "invalid-choice"}),
        ({"kind": None}, {"kind": "null"}),
        ({"kind": {"a": 1}}, {"kind": "invalid-choice"}),
        ({"kind": "reject"}, {"reason": "reason-missing"}),
        ({"kind": "reject", "reason": "taste"}, {"reason": "invalid-choice"}),
        ({"kind": "approve", "reason": "price"}, {"reason": "reason-not-allowed"}),
        ({"kind": "approve", "comment": "x" * 2001}, {"comment": "too-long"}),
        ({"kind": "approve", "comment": "a\x00b"}, {"comment": "control-characters"}),
        ({"kind": "approve", "comment": "a\ud800b"}, {"comment": "control-characters"}),
        ({"kind": "approve", "comment": 7}, {"comment": "invalid-string"}),
        ({"kind": "approve", "version": "1"}, {"version": "invalid-integer"}),
        ({"kind": "approve", "version": 1.5}, {"version": "invalid-integer"}),
        ({"kind": "approve", "surprise": 1}, {"surprise": "unknown-field"}),
        ({"kind": "approve", "half \ud800": 1}, {"half ?": "unknown-field"}),
        ({"kind": "maybe", "version": []}, {"kind": "invalid-choice", "version": "invalid-integer"}),
        ([], {"_schema": "invalid"}),
    ],
)
def test_a_decision_that_is_not_right(web: Web, reviewer: FlaskClient, body: Any, fields: dict[str, str]) -> None:
    sent = json.dumps(body)
    response = reviewer.post(f"/api/v1/matches/{web.match.id}/decision", data=sent, content_type="application/json")
    problem = check(response, 422, "invalid-input")
    assert {error["field"]: error["code"] for error in problem["errors"]} == fields


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("limit=0", "limit", "out-of-range"),
        ("limit=101", "limit", "out-of-range"),
        ("limit=x", "limit", "invalid-integer"),
        ("cursor=x", "cursor", "invalid-cursor"),
        ("cursor=WyJhIiwiYiJd", "cursor", "invalid-cursor"),
        ("status=mine", "status", "invalid-choice"),
        ("order=newest", "order", "invalid-choice"),
        ("q=%00", "q", "control-characters"),
        ("q=" + "x" * 201, "q", "too-long"),
    ],
)
def test_a_query_that_is_not_right(reviewer: FlaskClient, query: str, field: str, code: str) -> None:
    problem = check(reviewer.get(f"/api/v1/needs?{query}"), 422, "invalid-input")
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]


def test_a_choice_that_does_not_exist_is_answered_with_those_that_do(reviewer: FlaskClient) -> None:
    problem = reviewer.get("/api/v1/products?status=mine").get_json()
    assert problem["errors"][0]["message"] == "不在可选值之中：draft, listed, paused, withdrawn。"


def test_a_version_that_is_no_longer_the_present_one(web: Web, reviewer: FlaskClient) -> None:
    path = f"/api/v1/matches/{web.match.id}/decision"
    assert reviewer.post(path, json={"kind": "approve", "version": 1}).status_code == 200
    body = {"kind": "reject", "reason": "price", "version": 1}
    check(reviewer.post(path, json=body), 409, "stale-version")


def test_a_ruling_that_stands_already(web: Web, reviewer: FlaskClient) -> None:
    path = f"/api/v1/matches/{web.match.id}/decision"
    reviewer.post(path, json={"kind": "approve"})
    problem = check(reviewer.post(path, json={"kind": "approve"}), 409, "illegal-move")
    assert problem["detail"] == "当前为“已通过”，不能变为“已通过”。"


def test_a_fault_of_ours_tells_nothing_but_that(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("matcher.queries.needs.list_needs", fail)
    response = web.client().get("/api/v1/needs", headers=web.bearer(StaffRole.VIEWER))
    check(response, 500, "internal-error")
    assert "hunter2" not in response.text
    page = web.client(StaffRole.VIEWER).get("/needs")
    assert page.status_code == 500
    assert "hunter2" not in page.text
    assert "系统出错了" in page.text


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked")),
        PoolTimeoutError("QueuePool limit of size 5 overflow 10 reached"),
    ],
)
def test_a_database_that_is_away_is_no_fault_of_the_caller(
    web: Web, monkeypatch: pytest.MonkeyPatch, failure: SQLAlchemyError
) -> None:
    headers = web.bearer(StaffRole.VIEWER)

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise failure

    monkeypatch.setattr("matcher.queries.needs.list_needs", fail)
    response = web.client().get("/api/v1/needs", headers=headers)
    check(response, 503, "database-unavailable")
    assert response.headers["Retry-After"]


@pytest.mark.parametrize(
    ("asked", "chinese"),
    [
        (None, True),
        ("zh-CN,zh;q=0.9,en;q=0.8", True),
        ("zh-Hant-TW", True),
        ("en-GB,zh;q=0.5", False),
        ("fr,en;q=0.5,zh;q=0.1", False),
        ("fr", True),
        ("en;q=0,zh", True),
        ("*", True),
        ("%%%", True),
    ],
)
def test_a_problem_speaks_the_language_asked_for(web: Web, asked: str | None, chinese: bool) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    problem = web.client().get("/api/v1/needs", headers=headers).get_json()
    assert any(ord(character) in CHINESE for character in problem["title"] + problem["detail"]) is chinese


def test_the_console_shows_failures_as_pages(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    page = client.get("/needs/none")
    assert page.status_code == 404
    assert page.mimetype == "text/html"
    assert "没有找到需求“none”。" in page.text
    assert "测试viewer" in client.get("/nothing").text
    client.get("/language/en")
    assert "There is no need none." in client.get("/needs/none").text
