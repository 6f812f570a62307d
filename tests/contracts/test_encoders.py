"""What every encoder keeps, and what a server's failures come to."""

import random
import time
from typing import Any

import numpy as np
import pytest

from matcher.patience import Patience
from matcher.remote import RemoteEncoder
from scoring.errors import EncoderUnavailableError
from scoring.semantic import E5Encoder, Embedder, Encoder, JointEncoder, UseEncoder
from tests.contracts.model_server import (
    Fault,
    HashEncoder,
    ModelServer,
    altered,
    as_json,
    cut_off,
    dripping,
    slow,
    status,
    truncated,
)

HASTY = Patience(attempts=3, pause=0.01, budget=5, connect=1, read=0.3)
USE, E5 = UseEncoder(), E5Encoder()
"""Each loads its model once for all tests."""

TEXTS = ["高速公路收费站通行流量", "医保药品处方统计", "Toll station traffic, hourly", "气象灾害预警📈", "a"]


@pytest.fixture(params=["fake", "use", "e5", "joint", "remote"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    match request.param:
        case "use":
            return USE
        case "e5":
            return E5
        case "joint":
            return JointEncoder([(USE, 0.2), (E5, 0.8)])
        case "remote":
            return RemoteEncoder(request.getfixturevalue("server").embeddings, "hash", patience=HASTY)
    return HashEncoder()


@pytest.fixture
def remote(server: ModelServer) -> RemoteEncoder:
    return RemoteEncoder(server.embeddings, "hash", "s3cret", HASTY)


def test_every_text_gets_a_row_of_finite_numbers(encoder: Encoder) -> None:
    rows = encoder.encode(TEXTS)
    assert rows.shape[0] == len(TEXTS)
    assert rows.shape[1] > 1
    assert np.isfinite(rows).all()
    assert (np.linalg.norm(rows, axis=1) > 0).all()


def test_a_vector_does_not_depend_on_the_company(encoder: Encoder) -> None:
    together = Embedder(encoder).vectors(TEXTS)
    alone = [Embedder(encoder).vectors([text])[0] for text in TEXTS]
    backwards = Embedder(encoder).vectors(TEXTS[::-1])[::-1]
    assert together.tobytes() == np.stack(alone).tobytes() == backwards.tobytes()


def test_a_very_long_text_takes_no_longer_than_a_long_one(encoder: Encoder) -> None:
    began = time.monotonic()
    assert np.isfinite(encoder.encode(["高速公路" * 250_000, "高速公路"])).all()
    assert time.monotonic() - began < 20


def test_text_that_is_no_unicode_is_taken(encoder: Encoder) -> None:
    assert np.isfinite(encoder.encode(["坏\ud800字", "\x00"])).all()


def test_the_name_fits_the_column(encoder: Encoder) -> None:
    assert 0 < len(encoder.name) <= 200


def test_a_server_is_asked_in_blocks_and_gives_the_models_vectors(server: ModelServer, remote: RemoteEncoder) -> None:
    texts = [f"第{number}条" for number in range(150)]
    assert np.allclose(remote.encode(texts), HashEncoder().encode(texts))
    assert [len(body["input"]) for body in server.asked] == [64, 64, 22]
    assert {body["model"] for body in server.asked} == {"hash"}
    assert set(server.keys) == {"Bearer s3cret"}


def test_a_server_that_takes_fewer_at_once_gets_fewer(server: ModelServer, remote: RemoteEncoder) -> None:
    server.most = 10
    texts = [f"第{number}条" for number in range(40)]
    assert np.allclose(remote.encode(texts), HashEncoder().encode(texts))
    assert np.allclose(remote.encode(texts), HashEncoder().encode(texts))
    assert [len(body["input"]) for body in server.asked] == [40, 20, *[10] * 4, *[10] * 4]


def shuffled(entries: list[Any]) -> list[Any]:
    random.Random(1).shuffle(entries)  # noqa: S311
    return entries


@pytest.mark.parametrize(
    "fault",
    [status(429), status(500), status(503, Retry_After="0"), cut_off, slow(0.6), altered(shuffled)],
    ids=["busy", "broken", "retry-at-once", "cut-off", "slow", "shuffled"],
)
def test_what_passes_is_outlasted(server: ModelServer, remote: RemoteEncoder, fault: Fault) -> None:
    server.faults = [fault]
    assert np.allclose(remote.encode(TEXTS), HashEncoder().encode(TEXTS))


def test_the_server_says_when_to_come_again(server: ModelServer, remote: RemoteEncoder) -> None:
    server.faults = [status(429, Retry_After="1")]
    began = time.monotonic()
    remote.encode(TEXTS)
    assert 1 <= time.monotonic() - began < 3


def test_a_server_that_asks_for_more_patience_than_there_is_is_given_up(
    server: ModelServer, remote: RemoteEncoder
) -> None:
    server.faults = [status(429, Retry_After="3600")]
    began = time.monotonic()
    with pytest.raises(EncoderUnavailableError, match="HTTP 429"):
        remote.encode(TEXTS)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (status(401, "bad key s3cret"), r"HTTP 401: .*bad key \*{8}"),
        (status(404), "HTTP 404"),
        (status(307, Location="http://127.0.0.1:1/"), "HTTP 307"),
        (truncated, "no JSON"),
        (lambda _: as_json([]), "not one embedding"),
        (lambda _: as_json({"data": None}), "not one embedding"),
        (altered(lambda entries: entries[:-1]), "not one embedding for each of 5 texts"),
        (altered(lambda entries: entries + entries[:1]), "not one embedding"),
        (altered(lambda entries: [*entries[:-1], entries[0]]), "not one embedding"),
        (altered(lambda entries: [e | {"index": True} for e in entries]), "not one embedding"),
        (altered(lambda entries: [e | {"embedding": None} for e in entries]), "embeddings"),
        (altered(lambda entries: [e | {"embedding": []} for e in entries]), "empty"),
        (altered(lambda entries: [e | {"embedding": [float("nan")] * 16} for e in entries]), "no finite"),
        (altered(lambda entries: [e | {"embedding": [1e39] * 16} for e in entries]), "no finite"),
        (altered(lambda entries: [e | {"embedding": [10**400] * 16} for e in entries]), "not of numbers"),
        (altered(lambda entries: [e | {"embedding": "AAAA"} for e in entries]), "not of numbers"),
        (altered(lambda entries: [e | {"embedding": [0.5] * (e["index"] + 1)} for e in entries]), "different lengths"),
    ],
)
def test_an_answer_that_cannot_be_used_is_no_answer(
    server: ModelServer, remote: RemoteEncoder, fault: Fault, said: str
) -> None:
    server.faults = [fault]
    with pytest.raises(EncoderUnavailableError, match=said) as failed:
        remote.encode(TEXTS)
    assert len(server.asked) == 1
    assert "s3cret" not in str(failed.value)


def test_a_refusal_of_a_single_text_is_final(server: ModelServer, remote: RemoteEncoder) -> None:
    server.faults = [status(400, f"no such model {number}") for number in range(3)]
    with pytest.raises(EncoderUnavailableError, match=r"HTTP 400: .*no such model 2"):
        remote.encode(TEXTS)
    assert [len(body["input"]) for body in server.asked] == [5, 2, 1]


def test_a_server_that_stays_broken_is_given_up_after_some_attempts(server: ModelServer, remote: RemoteEncoder) -> None:
    server.faults = [status(500)] * 9
    with pytest.raises(EncoderUnavailableError, match="HTTP 500"):
        remote.encode(TEXTS)
    assert len(server.asked) == 3


def test_a_server_that_drips_does_not_outlast_the_budget(server: ModelServer) -> None:
    server.faults = [dripping(0.05)] * 9
    encoder = RemoteEncoder(server.embeddings, "hash", patience=Patience(budget=1, read=0.5, pause=0.01))
    began = time.monotonic()
    with pytest.raises(EncoderUnavailableError, match="too long"):
        encoder.encode(TEXTS)
    assert time.monotonic() - began < 2


def test_an_answer_without_end_is_not_read_on(remote: RemoteEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.remote.MOST_BYTES", 100)
    with pytest.raises(EncoderUnavailableError, match="the answer is too long"):
        remote.encode(TEXTS)


def test_nobody_there_is_said() -> None:
    encoder = RemoteEncoder("http://127.0.0.1:1/v1/embeddings?key=s3cret", None, patience=HASTY)
    with pytest.raises(EncoderUnavailableError, match=r"127\.0\.0\.1:1/v1/embeddings: ConnectError") as failed:
        encoder.encode(TEXTS)
    assert "s3cret" not in str(failed.value) + encoder.name
