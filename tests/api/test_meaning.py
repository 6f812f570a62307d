"""The encoder and the reranker of the web process: set up once, asked only where a page must be made anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.application import create_app
from api.meaning import current_meaning, current_reranking
from matcher.models import Run
from matcher.settings import Settings
from matcher.states import StaffRole
from matcher.transaction import writing
from scoring.errors import EncoderUnavailableError
from tests import factories
from tests.api.conftest import Web, make_web
from tests.conftest import TEST_KEY
from tests.contracts.model_server import ModelServer, running, status
from tests.scoring.encoders import LetterEncoder

PATH = "/needs/SC-07/products/GZ-99"
REMARK = {"code": "reranker-unavailable", "detail": "models/rerank: HTTP 503", "needs": "12"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with running() as model:
        yield model


@pytest.fixture
def reranked(sqlite_url: str, tmp_path: Path, server: ModelServer) -> Iterator[Web]:
    """The application with a rerank service, and a product that is on no shortlist."""
    settings = Settings(database_url=sqlite_url, data_dir=tmp_path, secret_key_given=TEST_KEY, embeddings="off")
    for web in make_web(replace(settings, rerank_url=f"{server.base}/v1/rerank", rerank_model="overlap")):
        with writing(web.sessions) as session:
            factories.make_product(session, external_ref="GZ-99", title="隧道监测")
        yield web


def explanation(web: Web, **headers: str) -> dict[str, Any]:
    answer = web.client().get(f"/api/v1{PATH}/explanation", headers=web.bearer(StaffRole.VIEWER) | headers)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.get_json()
    return body


def meaning_part(found: dict[str, Any]) -> dict[str, Any]:
    (part,) = [part for part in found["breakdown"]["parts"] if part["part"] == "meaning"]
    return dict(part)


def test_what_is_off_is_none(web: Web) -> None:
    with web.app.app_context():
        assert (current_meaning(), current_reranking()) == (None, None)


def test_the_encoder_is_one_for_the_process_and_keeps_its_vectors_in_the_database(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.meaning.local_encoder", LetterEncoder)
    texts = ["隧道"]
    for expected in ((1, 0), (0, 1)):
        with create_app(replace(web.settings, embeddings="local"), web.sessions).app_context():
            meaning = current_meaning()
            assert meaning is not None
            assert meaning is current_meaning()
            meaning.embedder.vectors(texts)
            assert (meaning.embedder.embedded, meaning.embedder.reused) == expected


def test_a_missing_model_is_no_reason_not_to_start(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise EncoderUnavailableError("no package")

    monkeypatch.setattr("matcher.meaning.local_encoder", missing)
    with create_app(replace(web.settings, embeddings="local"), web.sessions).app_context():
        assert current_meaning() is None


def test_a_reranker_that_cannot_be_set_up_is_logged_and_done_without(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    settings = replace(web.settings, rerank_url="http://127.0.0.1:1/rerank")
    with create_app(settings, web.sessions).app_context():
        assert current_reranking() is None
    assert "explained without reranking" in caplog.text


def test_each_request_asks_a_reranker_again_that_failed_before(reranked: Web, server: ModelServer) -> None:
    server.faults = [status(503)]
    with reranked.app.app_context():
        first, second = current_reranking(), current_reranking()
    assert first
    assert second
    assert first.scores("隧道", ["隧道监测"]) is None
    assert len(server.asked) == 1  # somebody waits for the page
    assert second.scores("隧道", ["隧道监测"]) is not None


def test_a_pair_explained_anew_tells_what_the_reranker_says(reranked: Web, server: ModelServer) -> None:
    found = explanation(reranked)
    part = meaning_part(found)
    assert [len(body["documents"]) for body in server.asked] == [1]
    assert (part["known"], part["similarity"], part["likeness"]) == (True, None, None)
    assert 0 < part["value"] == part["reranked"] <= 1
    assert found["remarks"] == []
    page = reranked.client(StaffRole.VIEWER).get(PATH).text
    assert "由重排服务通读双方文本得出" in page
    assert f"取值 {round(100 * part['value'])}%" in page


def test_both_readings_are_told_where_there_are_two(reranked: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.meaning.local_encoder", LetterEncoder)
    app = create_app(replace(reranked.settings, embeddings="local"), reranked.sessions, clock=reranked.clock)
    web = replace(reranked, app=app)
    part = meaning_part(explanation(web))
    assert part["value"] == pytest.approx((part["likeness"] + part["reranked"]) / 2, abs=2e-4)
    likeness, said = (round(100 * part[name]) for name in ("likeness", "reranked"))
    assert f"两种判断的平均：向量 {likeness}%，重排服务 {said}%" in web.client(StaffRole.VIEWER).get(PATH).text


def test_a_reranker_that_fails_is_told_in_the_readers_language(reranked: Web, server: ModelServer) -> None:
    server.faults = [status(503)] * 3
    found = explanation(reranked)
    assert not meaning_part(found)["known"]
    assert found["remarks"][0].startswith("没有重排：重排服务不可用（127.0.0.1")
    (english,) = explanation(reranked, **{"Accept-Language": "en"})["remarks"]
    assert english.startswith("not reranked: the rerank service cannot be used (127.0.0.1")
    assert "没有重排：重排服务不可用" in reranked.client(StaffRole.VIEWER).get(PATH).text


def test_a_stored_match_asks_nobody(reranked: Web, server: ModelServer) -> None:
    reranked.client(StaffRole.VIEWER).get("/needs/SC-07/products/GZ-01")
    reranked.client(StaffRole.VIEWER).get("/needs/SC-07")
    assert server.asked == []


def test_the_list_of_needs_says_what_the_last_run_went_without(web: Web) -> None:
    client = web.client(StaffRole.VIEWER)
    assert "只重排了" not in client.get("/needs").text
    with writing(web.sessions) as session:
        session.get_one(Run, web.match.run_id).remarks = [REMARK]
    assert "只重排了 12 条需求，其余没有重排：重排服务不可用（models/rerank: HTTP 503）" in client.get("/needs").text
    client.get("/language/en")
    assert "only 12 needs were reranked" in client.get("/needs").text
