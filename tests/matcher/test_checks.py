"""Checks: what is wrong is found in the order in which to mend it."""

import os
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matcher import checks
from matcher.actions.runs import full_run
from matcher.checks import Check, State, run_checks
from matcher.models import Need
from matcher.queries.needs import get_need
from matcher.settings import Settings
from matcher.transaction import writing
from migrations.checks import check_migrations
from scoring.errors import EncoderUnavailableError
from tests.contracts.model_server import running
from tests.factories import make_need, make_product, make_run, make_staff


def states(settings: Settings) -> dict[str, tuple[State, str]]:
    return {check.name: (check.state, check.code) for check in run_checks(settings)}


def test_a_missing_database_is_found_and_not_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/none.db")
    assert states(settings)["database"] == (State.WRONG, "database-missing")
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_database_is_found() -> None:
    settings = Settings(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    check = checks.check_database(settings)
    assert (check.code, check.ends) == ("database-unreachable", True)
    assert "refused" in str(check.values["reason"])


def test_a_database_without_tables_is_found(bare_database_url: str) -> None:
    settings = Settings(database_url=bare_database_url)
    check = check_migrations(settings)
    assert (check.state, check.values) == (State.WRONG, {"current": "-", "head": "0002"})


def test_what_is_wrong_is_found_step_by_step(sessions: sessionmaker[Session], settings: Settings) -> None:
    found = states(settings)
    assert found["migrations"][0] is State.OK
    assert found["staff"] == (State.WRONG, "staff-none")
    assert found["library"] == (State.WRONG, "library-empty")
    assert "engine" not in found
    with writing(sessions) as session:
        make_staff(session)
        make_product(session, external_ref="P")
        make_need(session, external_ref="N")
    assert states(settings)["engine"] == (State.WRONG, "engine-never")
    full_run(sessions, settings)
    assert {state for state, _ in states(settings).values()} <= {State.OK, State.NOTE}
    with writing(sessions) as session:
        session.get_one(Need, get_need(session, "N").id).text = "别的需求"
    assert states(settings)["engine"] == (State.WRONG, "engine-stale")
    with writing(sessions) as session:
        make_run(session, status="running")
    assert states(settings)["engine"] == (State.WRONG, "engine-unfinished")


def test_redis_is_optional_but_where_named_it_must_answer(redis_url: str, tmp_path: Path) -> None:
    answers = [
        checks.check_redis(Settings(redis_url=url)).code
        for url in (None, redis_url, f"unix://{tmp_path}/none.sock", "redis://127.0.0.1:1/0")
    ]
    assert answers == ["redis-unset", "redis-ok", "redis-unreachable", "redis-unreachable"]


def test_slips_of_the_pen_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "MATCHER_PROT", "1")
    assert checks.check_settings(Settings()) == Check(
        "settings", State.NOTE, "settings-unknown", {"names": "MATCHER_PROT"}
    )


def test_the_encoder_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    check = checks.check_embeddings(Settings())
    assert (check.state, check.code) == (State.OK, "embeddings-ok")
    assert "use-multilingual-3" in str(check.values["name"])
    assert checks.check_embeddings(Settings(embeddings="off")) == Check("embeddings", State.NOTE, "embeddings-off")

    def missing() -> NoReturn:
        raise EncoderUnavailableError("none")

    monkeypatch.setattr("matcher.meaning.local_encoder", missing)
    assert checks.check_embeddings(Settings()).code == "embeddings-missing"


def test_configured_models_elsewhere_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with running() as server:
        here = Settings(embeddings=server.embeddings, embeddings_model="m", rerank_url=f"{server.base}/rerank")
        found = checks.check_embeddings(here)
        assert (found.code, found.values["dimensions"]) == ("embeddings-ok", 16)
        assert checks.check_rerank(here).code == "rerank-ok"
    away = Settings(embeddings="http://127.0.0.1:1/v1/embeddings", rerank_url="http://127.0.0.1:1/rerank")
    assert [(check.state, check.code) for check in (checks.check_embeddings(away), checks.check_rerank(away))] == [
        (State.WRONG, "embeddings-unavailable"),
        (State.WRONG, "rerank-unavailable"),
    ]
    assert "ConnectError" in str(checks.check_rerank(away).values["reason"])
    assert checks.check_rerank(Settings()).code == "rerank-unset"
