"""Signing in and out, and when a session ends."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.application import create_app
from matcher.actions.staff import change_password
from matcher.models import Staff
from matcher.settings import Settings
from matcher.states import StaffRole
from matcher.transaction import reading, writing
from tests.api.conftest import Web, csrf_token
from tests.conftest import TEST_KEY
from tests.factories import PASSWORD


def sign_in(
    client: FlaskClient, email: str = "viewer@example.org", password: str = PASSWORD, **more: str
) -> TestResponse:
    """Send the form as a browser would."""
    data = {"csrf_token": csrf_token(client, "/login"), "email": email, "password": password, **more}
    return client.post("/login", data=data)


def test_the_right_password_opens_the_console(web_everywhere: Web) -> None:
    client = web_everywhere.client()
    response = sign_in(client, "Viewer@Example.org ")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/needs").status_code == 200
    with reading(web_everywhere.sessions) as session:
        assert session.get_one(Staff, web_everywhere.staff[StaffRole.VIEWER].id).last_login_at is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [("viewer@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", ""), ("a\x00b@example.org", PASSWORD)],
)
def test_a_wrong_account_and_a_wrong_password_look_alike(web_everywhere: Web, email: str, password: str) -> None:
    response = sign_in(web_everywhere.client(), email, password)
    assert response.status_code == 401
    assert "邮箱或密码不正确" in response.text


def test_an_unknown_account_costs_a_hash_as_well(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str | None] = []

    def holds(known: str | None, _password: str) -> bool:
        hashed.append(known)
        return False

    monkeypatch.setattr("matcher.actions.staff.password_holds", holds)
    sign_in(web.client(), "nobody@example.org")
    assert hashed == [None]


@pytest.mark.parametrize("password", ["wrong", PASSWORD])
@pytest.mark.parametrize("role", [None, StaffRole.ADMIN])
def test_nobody_holds_the_write_lock_while_a_password_is_hashed(
    web: Web, monkeypatch: pytest.MonkeyPatch, password: str, role: StaffRole | None
) -> None:
    others = []

    def holds(_known: str | None, given: str) -> bool:
        with closing(sqlite3.connect(str(web.settings.sqlite_path), timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")  # "database is locked" where the request holds it
        others.append(given)
        return given == PASSWORD

    monkeypatch.setattr("matcher.actions.staff.password_holds", holds)
    client = web.client(role)
    data = {"csrf_token": csrf_token(client, "/login" if role is None else "/needs"), "email": "viewer@example.org"}
    response = client.post("/login", data=data | {"password": password})
    assert (response.status_code, others) == (302 if password == PASSWORD else 401, [password])


def test_a_switched_off_account_cannot_sign_in(web: Web) -> None:
    with writing(web.sessions) as session:
        session.get_one(Staff, web.staff[StaffRole.VIEWER].id).active = False
    assert sign_in(web.client()).status_code == 401


def test_signing_in_starts_a_fresh_session_and_keeps_the_language_only(web: Web) -> None:
    client = web.client()
    client.get("/language/en")
    before = csrf_token(client, "/login")
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        raw_before = cookie["csrf_token"]
    sign_in(client)
    csrf_token(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["csrf_token"] != raw_before
        assert cookie["language"] == "en"
    refused = client.post("/logout", data={"csrf_token": before})
    assert refused.status_code == 400


def test_signing_out_ends_every_session_of_the_account_and_an_old_cookie_is_worth_nothing(web_everywhere: Web) -> None:
    web = web_everywhere
    here, elsewhere, somebody = web.client(StaffRole.VIEWER), web.client(StaffRole.VIEWER), web.client(StaffRole.ADMIN)
    response = here.post("/logout", data={"csrf_token": csrf_token(here)})
    assert response.headers["Location"] == "/login"
    assert here.get("/needs").status_code == 302
    assert elsewhere.get("/needs").status_code == 302
    assert somebody.get("/needs").status_code == 200


def test_a_new_password_ends_the_sessions(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    with writing(web.sessions) as session:
        member = session.get_one(Staff, web.staff[StaffRole.VIEWER].id)
        change_password(session, member, "another-long-passphrase", actor="command:test")
    assert client.get("/needs").status_code == 302


def test_a_session_ends_when_idle(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    web.clock.now += 119 * 60
    assert client.get("/needs").status_code == 200
    web.clock.now += 119 * 60
    assert client.get("/needs").status_code == 200
    web.clock.now += 121 * 60
    assert client.get("/needs").status_code == 302


def test_a_session_ends_at_its_age_however_busy(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    for _ in range(12):
        web.clock.now += 3600 - 1
        assert client.get("/needs").status_code == 200
    web.clock.now += 60
    assert client.get("/needs").status_code == 302


def test_guesses_are_slowed_down_for_the_guesser_and_not_for_the_owner(web: Web) -> None:
    client = web.client()
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 401
    slowed = sign_in(client)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    token = csrf_token(owner := web.client(), "/login")
    data = {"csrf_token": token, "email": "viewer@example.org", "password": PASSWORD}
    assert owner.post("/login", data=data, environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 302


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 302)])
def test_the_address_comes_from_the_proxy_only_where_one_is_trusted(web: Web, proxies: int, status: int) -> None:
    client = create_app(replace(web.settings, trusted_proxies=proxies), web.sessions).test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.1"
    for _ in range(5):
        sign_in(client, password="wrong")
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.1, 192.0.2.2"
    assert sign_in(client).status_code == status


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/products?q=a", "/products?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("needs", "/"),
        ("http:///evil.example", "/"),
        ("//[", "/"),
        ("", "/"),
    ],
)
def test_next_never_leads_off_the_site(web: Web, target: str, location: str) -> None:
    assert sign_in(web.client(), next=target).headers["Location"] == location
    assert web.client(StaffRole.VIEWER).get("/login", query_string={"next": target}).headers["Location"] == location
    assert web.client().get("/language/en", query_string={"next": target}).headers["Location"] == location


def test_a_page_that_wants_a_login_is_gone_back_to(web: Web) -> None:
    response = web.client().get("/needs/SC-07?x=1")
    assert response.headers["Location"] == "/login?next=/needs/SC-07?x%3D1"


def test_a_form_without_its_token_is_refused(web: Web) -> None:
    data = {"email": "viewer@example.org", "password": PASSWORD}
    assert web.client().post("/login", data=data).status_code == 400
    signed_in = web.client(StaffRole.REVIEWER)
    assert signed_in.post("/logout").status_code == 400
    assert signed_in.post(f"/matches/{web.match.id}/decision", data={"kind": "approve"}).status_code == 400
    api = signed_in.post(f"/api/v1/matches/{web.match.id}/decision", json={"kind": "approve"})
    assert api.status_code == 400
    assert api.get_json()["type"].endswith(":csrf-failed")


def test_cookies_are_bound_to_https_where_it_is_served(web: Web, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key_given=TEST_KEY, host="0.0.0.0")  # noqa: S104
    client = create_app(settings, web.sessions).test_client()
    secure = client.get("/login", base_url="https://matcher.example").headers["Set-Cookie"]
    assert secure.startswith("__Host-matcher=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in secure.split(";")}
    assert "Domain" not in secure
    plain = web.client().get("/login").headers["Set-Cookie"]
    assert plain.startswith("matcher_session=")
    assert "Secure" not in plain
    assert "HttpOnly" in plain
