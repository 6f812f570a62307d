"""Fixtures: a migrated database of either kind, fresh for each test, a real Redis, and no network but the loopback."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import hypothesis
import psycopg
import pytest
import redis
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from matcher.database import make_engine, make_sessions
from matcher.settings import Settings
from matcher.transaction import writing
from migrations import apply
from tests.program import environment, matcher
from tests.services import MissingServiceError, postgresql, redis_server
from tests.vectors import shipped_vectors

__all__ = ["environment", "matcher", "shipped_vectors"]
"""Fixtures made elsewhere: tests.program has those for the command line."""

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("unhurried")

TEST_KEY = "only-for-tests-only-for-tests-only-for-tests"
LOOPBACK = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")  # noqa: S104
DATABASES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgresql", marks=pytest.mark.postgresql)]


def unavailable(reason: str) -> NoReturn:
    """Skip with a reason; on CI a missing part is a failure, or nobody would notice that it is never tested."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Connections leave this machine for the services named in the environment only."""
    named = [os.environ.get(name) for name in ("MATCHER_TEST_POSTGRESQL_URL", "MATCHER_TEST_REDIS_URL")]
    allowed = {*LOOPBACK, *(make_url(url).host for url in named if url)}
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in allowed and not str(address[0]).startswith("127."):
            raise OSError(f"tests may not connect to {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The session's PostgreSQL server; databases are made in it by the fixtures below."""
    try:
        with postgresql() as url:
            yield url
    except MissingServiceError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def _redis_url() -> Iterator[str]:
    try:
        with redis_server() as url:
            yield url
    except MissingServiceError as error:
        unavailable(str(error))


@pytest.fixture
def redis_url(_redis_url: str) -> str:
    """A real Redis, empty."""
    with redis.Redis.from_url(_redis_url) as client:
        client.flushdb()
    return _redis_url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: a migration per test would cost far more than a copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    apply.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to copy."""
    name = f"template_{uuid4().hex}"
    _administer(postgresql_url, f"CREATE DATABASE {name}")
    engine = make_engine(_database(postgresql_url, name))
    apply.upgrade(engine)
    engine.dispose()
    yield name
    _administer(postgresql_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of this test's own: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "matcher.db")
        yield f"sqlite:///{tmp_path}/matcher.db"
    else:
        template = request.getfixturevalue("postgresql_template")
        yield from _fresh_postgresql(request.getfixturevalue("postgresql_url"), f"TEMPLATE {template}")


@pytest.fixture(params=DATABASES)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, of both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bare.db"
    else:
        yield from _fresh_postgresql(request.getfixturevalue("postgresql_url"), "")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database: for tests to which the database does not matter."""
    shutil.copyfile(sqlite_template, tmp_path / "matcher.db")
    return f"sqlite:///{tmp_path}/matcher.db"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on ``database_url``."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on ``database_url``, for ``writing`` and ``reading``."""
    return make_sessions(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One transaction that may write, as an action gets it; it is rolled back."""

    class _RollbackError(Exception):
        pass

    with suppress(_RollbackError), writing(sessions) as session:
        yield session
        raise _RollbackError


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings on ``database_url`` with a data folder of the test's own, without the model, whose loading would
    take longer than the tests."""
    return Settings(embeddings="off", database_url=database_url, data_dir=tmp_path, secret_key_given=TEST_KEY)


def _fresh_postgresql(server: str, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _administer(server, f"CREATE DATABASE {name} {template}")
    yield _database(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _administer(server: str, statement: str) -> None:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())
