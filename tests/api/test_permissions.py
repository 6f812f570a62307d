"""Every route against every kind of caller."""

from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.application import create_app
from api.permissions import PERMISSIONS
from matcher.settings import Settings
from matcher.states import StaffRole
from tests.api.conftest import Web, csrf_token
from tests.conftest import TEST_KEY

ANYBODY, VIEWER, REVIEWER = "anybody", "viewer", "reviewer"
ROUTES: dict[tuple[str, str], tuple[str, int]] = {
    ("GET", "/health/live"): (ANYBODY, 200),
    ("GET", "/health/ready"): (ANYBODY, 200),
    ("GET", "/login"): (ANYBODY, 200),
    ("GET", "/language/en"): (ANYBODY, 302),
    ("GET", "/static/console.css"): (ANYBODY, 200),
    ("GET", "/bootstrap/static/css/bootstrap.min.css"): (ANYBODY, 200),
    ("GET", "/api/v1/openapi.json"): (ANYBODY, 200),
    ("GET", "/"): (VIEWER, 302),
    ("GET", "/needs"): (VIEWER, 200),
    ("GET", "/needs/SC-07"): (VIEWER, 200),
    ("GET", "/needs/SC-07/products/GZ-01"): (VIEWER, 200),
    ("GET", "/products"): (VIEWER, 200),
    ("GET", "/products/GZ-01"): (VIEWER, 200),
    ("GET", "/gaps"): (VIEWER, 200),
    ("GET", "/exposure"): (VIEWER, 200),
    ("POST", "/matches/{match}/decision"): (REVIEWER, 303),
    ("GET", "/api/v1/needs"): (VIEWER, 200),
    ("GET", "/api/v1/needs/SC-07"): (VIEWER, 200),
    ("GET", "/api/v1/needs/SC-07/matches"): (VIEWER, 200),
    ("GET", "/api/v1/needs/SC-07/products/GZ-01/explanation"): (VIEWER, 200),
    ("GET", "/api/v1/products"): (VIEWER, 200),
    ("GET", "/api/v1/products/GZ-01"): (VIEWER, 200),
    ("GET", "/api/v1/products/GZ-01/matches"): (VIEWER, 200),
    ("GET", "/api/v1/gaps"): (VIEWER, 200),
    ("GET", "/api/v1/exposure"): (VIEWER, 200),
    ("POST", "/api/v1/matches/{match}/decision"): (REVIEWER, 200),
    ("POST", "/logout"): (VIEWER, 302),
}
"""Path to the least caller and what that caller gets; ``POST /login`` has tests of its own."""

RANKS = {None: 0, StaffRole.VIEWER: 1, StaffRole.REVIEWER: 2, StaffRole.ADMIN: 3}
NEEDED = {ANYBODY: 0, VIEWER: 1, REVIEWER: 2}


@pytest.mark.parametrize("role", [None, *StaffRole], ids=str)
def test_a_route_opens_to_its_least_role_and_those_above(web: Web, role: StaffRole | None) -> None:
    client = web.client(role)
    token = csrf_token(web.client(), "/login") if role is None else csrf_token(client)
    answers, expected = {}, {}
    for (method, path), (least, status) in ROUTES.items():
        api = path.startswith("/api/")
        if RANKS[role] >= NEEDED[least]:
            expected[path] = 302 if path == "/login" and role is not None else status
        elif role is None and method == "POST":
            expected[path] = 400  # no session, so the token of another one is no token
        else:
            expected[path] = 403 if role is not None else (401 if api else 302)
        with _call(web, client, method, path, {"X-CSRFToken": token}) as response:
            answers[path] = response.status_code
    assert answers == expected


@pytest.mark.parametrize("role", StaffRole)
def test_a_token_has_its_holders_role_and_needs_no_csrf_token(web: Web, role: StaffRole) -> None:
    answers, expected = {}, {}
    for (method, path), (least, status) in ROUTES.items():
        if path.startswith("/api/"):
            expected[path] = status if RANKS[role] >= NEEDED[least] else 403
            answers[path] = _call(web, web.client(), method, path, web.bearer(role)).status_code
    assert answers == expected


def _call(web: Web, client: FlaskClient, method: str, path: str, headers: dict[str, str]) -> TestResponse:
    body = {"kind": "approve"} if method == "POST" else None
    if path.startswith("/api/"):
        address = path.format(match=web.other_match.id)
        return client.open(address, method=method, headers=headers, json=body)
    return client.open(path.format(match=web.match.id), method=method, headers=headers, data=body)


def test_a_token_opens_the_api_only(web: Web) -> None:
    response = web.client().get("/needs", headers=web.bearer(StaffRole.ADMIN))
    assert response.status_code == 302


@pytest.mark.parametrize("header", ["Bearer xm_staff_wrong", "Bearer ", "Basic dXNlcjpwYXNz", "", "Bearer é"])
def test_a_wrong_token_is_refused_even_with_a_good_session(web: Web, header: str) -> None:
    response = web.client(StaffRole.ADMIN).get("/api/v1/needs", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_endpoint_has_an_entry_and_every_entry_an_endpoint(web: Web) -> None:
    assert {rule.endpoint for rule in web.app.url_map.iter_rules()} == set(PERMISSIONS)


def test_every_route_is_tested_above(web: Web) -> None:
    adapter = web.app.url_map.bind("localhost")
    tested = {adapter.match(path.format(match=uuid4()), method=method)[0] for method, path in ROUTES}
    assert tested | {"login.sign_in"} == set(PERMISSIONS)


def test_a_route_without_an_entry_is_refused_to_everybody(web: Web, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, secret_key_given=TEST_KEY), web.sessions)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    response = app.test_client().get("/forgotten")
    assert response.status_code == 403
    assert "secret" not in response.text
