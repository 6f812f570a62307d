"""The web application on a small library of its own, and clients signed in as each role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from api.application import create_app
from matcher.actions.passwords import hash_password
from matcher.actions.staff import issue_token
from matcher.database import make_engine, make_sessions
from matcher.models import Certificate, Match, Need, Product, Staff
from matcher.settings import Settings
from matcher.states import StaffRole
from matcher.transaction import writing
from tests import factories
from tests.conftest import TEST_KEY

CSRF_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')
FLOOR = 3500


@dataclass
class Clock:
    """Time that tests move."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Web:
    """The application, its database and what stands in it."""

    settings: Settings
    app: Flask
    sessions: sessionmaker[Session]
    clock: Clock
    staff: dict[StaffRole, Staff]
    need: Need
    product: Product
    match: Match
    other_match: Match
    empty_need: Need
    tokens: dict[StaffRole, str] = field(default_factory=dict)

    def client(self, role: StaffRole | None = None) -> FlaskClient:
        """A browser, signed in as the member of staff with ``role``."""
        client = self.app.test_client()
        if role is not None:
            member = self.staff[role]
            now = int(self.clock.now)
            with client.session_transaction() as cookie:
                cookie.update(staff=str(member.id), epoch=member.session_epoch, began=now, used=now)
        return client

    def bearer(self, role: StaffRole) -> dict[str, str]:
        """The header of a script that works for the member of staff with ``role``."""
        if role not in self.tokens:
            with writing(self.sessions) as session:
                member = session.get_one(Staff, self.staff[role].id)
                self.tokens[role] = issue_token(session, member, "test", actor="command:test")[1]
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def add(self, *rows: Any) -> None:
        """Store rows."""
        with writing(self.sessions) as session:
            session.add_all(rows)


def csrf_token(client: FlaskClient, path: str = "/needs") -> str:
    """The token that a page of ``client``'s session carries."""
    found = CSRF_FIELD.search(client.get(path).text)
    assert found, "the page has a form"
    return found[1]


@cache
def password_hash() -> str:
    """The hash of factories.PASSWORD; made once, for argon2 is slow on purpose."""
    return hash_password(factories.PASSWORD)


def full_breakdown() -> dict[str, Any]:
    """Every kind of reason: 2000 + 1500 + 1000 + 500 + 300 = 5300 hundredths."""
    parts = [
        {
            "part": "text",
            "weight": 0.4,
            "known": True,
            "value": 0.5,
            "points": 2000,
            "terms": [{"term": "隧道", "points": 1200}, {"term": "车流", "points": 600}],
            "other": 200,
        },
        {
            "part": "tags",
            "weight": 0.2,
            "known": True,
            "value": 0.75,
            "points": 1500,
            "pairs": [{"need": "智慧旅游", "product": "智慧文旅", "similarity": 0.75}],
            "need_only": ["应急响应"],
            "product_only": ["数字孪生"],
        },
        {
            "part": "elements",
            "weight": 0.2,
            "known": True,
            "value": 0.5,
            "points": 1000,
            "covered": [{"element": "交通流数据", "by": "车流数据", "share": 1.0, "must": True}],
            "partly": [{"element": "气象数据", "by": "能见度数据", "share": 0.5, "must": False}],
            "missing": [{"element": "路面数据", "must": False}],
        },
        {
            "part": "facets",
            "weight": 0.1,
            "known": True,
            "value": 0.5,
            "points": 500,
            "facets": [
                {"facet": "sector", "state": "agree", "value": 1.0, "need": ["transport"], "product": ["transport"]},
                {"facet": "region", "state": "partly", "value": 0.5, "need": ["520000"], "product": ["520100"]},
                {"facet": "deal", "state": "disagree", "value": 0.0, "need": ["trade"], "product": ["pledge"]},
                {"facet": "price", "state": "unknown", "value": None, "need": None, "product": None},
            ],
        },
        {
            "part": "trust",
            "weight": 0.1,
            "known": True,
            "value": 0.3,
            "points": 300,
            "facts": [{"fact": "certificate", "value": True}, {"fact": "completeness", "value": 0.6}],
        },
    ]
    return {"score": 5300, "fingerprint": factories.FINGERPRINT, "parts": parts}


def fill(session: Session) -> dict[str, Any]:
    """A need with two matches and one with none; staff of every role."""
    staff = {
        role: Staff(email=f"{role}@example.org", name=f"测试{role}", role=role, password_hash=password_hash())
        for role in StaffRole
    }
    session.add_all(staff.values())
    buyer = factories.make_organisation(session, name="演示采购方", roles=["buyer"], demonstration=True)
    need = factories.make_need(
        session, buyer, external_ref="SC-07", title="隧道安全", sectors=["transport"], regions=["520000"], tags=["隧道"]
    )
    number = Certificate(number="SZ2025120003445.6", recognised=True, valid_number=True)
    product = factories.make_product(
        session, external_ref="GZ-01", title="隧道孪生模型", sectors=["transport"], certificates=[number]
    )
    match = factories.make_match(session, need, product, score=5300, breakdown=full_breakdown())
    other = factories.make_match(session, need, score=1200, rank=2, run_id=match.run_id)
    empty = factories.make_need(session, buyer, external_ref="SC-08")
    return {
        "staff": staff,
        "need": need,
        "product": product,
        "match": match,
        "other_match": other,
        "empty_need": empty,
    }


def make_web(settings: Settings) -> Iterator[Web]:
    """The application on the database of ``settings``, filled."""
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
    with writing(sessions) as session:
        rows = fill(session)
    clock = Clock()
    app = create_app(settings, sessions, clock=clock)
    yield Web(settings=settings, app=app, sessions=sessions, clock=clock, **rows)
    engine.dispose()


@pytest.fixture
def web(sqlite_url: str, tmp_path: Path) -> Iterator[Web]:
    """The application on SQLite, for tests to which the database does not matter."""
    settings = Settings(database_url=sqlite_url, data_dir=tmp_path, secret_key_given=TEST_KEY, embeddings="off")
    yield from make_web(settings)


@pytest.fixture
def web_everywhere(settings: Settings) -> Iterator[Web]:
    """The application once on SQLite and once on PostgreSQL."""
    yield from make_web(settings)
