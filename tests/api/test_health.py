"""The probes tell a living process from one that can serve."""

from pathlib import Path

from api.application import create_app
from matcher.settings import Settings
from migrations import apply
from tests.api.conftest import Web
from tests.conftest import TEST_KEY


def test_a_migrated_database_is_ready(web_everywhere: Web) -> None:
    client = web_everywhere.client()
    assert client.get("/health/live").get_json() == {"status": "ok"}
    assert client.get("/health/ready").get_json() == {"status": "ok", "database": "ok"}


def test_a_database_of_another_version_is_not_ready_but_alive(web_everywhere: Web) -> None:
    apply.downgrade(web_everywhere.sessions.kw["bind"], "base")
    client = web_everywhere.client()
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.get_json() == {"status": "unavailable", "database": "not-migrated"}
    assert client.get("/health/live").status_code == 200


def test_a_database_that_is_away_is_not_ready_but_alive(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/none/matcher.db", data_dir=tmp_path, secret_key_given=TEST_KEY
    )
    client = create_app(settings).test_client()
    assert client.get("/health/ready").get_json() == {"status": "unavailable", "database": "unreachable"}
    assert client.get("/health/live").status_code == 200
    assert client.get("/api/v1/needs").status_code == 401
