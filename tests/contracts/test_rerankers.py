"""What every reranker keeps, in both shapes that servers speak, and what a server's failures come to."""

from typing import Any

import pytest

from matcher.patience import Patience
from matcher.remote import RemoteReranker
from scoring.errors import RerankerUnavailableError
from scoring.semantic import Reranker
from tests.contracts.model_server import (
    Fault,
    ModelServer,
    OverlapReranker,
    altered,
    as_json,
    cut_off,
    slow,
    status,
    truncated,
)

HASTY = Patience(attempts=3, pause=0.01, budget=5, connect=1, read=0.3)
SHAPES = {"documents": "/v1/rerank", "texts": "/rerank"}
QUERY = "高速公路收费站"
TEXTS = ["收费站通行流量", "医保药品处方统计", "高速公路收费站", "公路"]
EXPECTED = [0.4286, 0.0, 1.0, 0.2857]
"""Of the query's seven different characters 收费站, none, all, 公路 stand in the texts: 3/7, 0, 7/7, 2/7."""


@pytest.fixture(params=["fake", *SHAPES])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    if request.param == "fake":
        return OverlapReranker()
    server: ModelServer = request.getfixturevalue("server")
    return RemoteReranker(server.base + SHAPES[request.param], "overlap", patience=HASTY)


@pytest.fixture(params=SHAPES)
def remote(request: pytest.FixtureRequest, server: ModelServer) -> RemoteReranker:
    return RemoteReranker(server.base + SHAPES[request.param], "overlap", "s3cret", HASTY)


def test_every_text_is_judged_in_the_order_given(reranker: Reranker) -> None:
    assert reranker.rerank(QUERY, TEXTS).tolist() == EXPECTED
    assert reranker.rerank(QUERY, TEXTS[::-1]).tolist() == EXPECTED[::-1]


def test_blank_texts_and_no_texts_are_nothing_to_judge(reranker: Reranker) -> None:
    assert reranker.rerank(QUERY, ["", *TEXTS[:1], " \n"]).tolist() == [0.0, EXPECTED[0], 0.0]
    assert reranker.rerank(QUERY, []).shape == (0,)


def test_many_texts_go_in_blocks(server: ModelServer, remote: RemoteReranker) -> None:
    texts = TEXTS * 40
    assert remote.rerank(QUERY, texts).tolist() == EXPECTED * 40
    assert [body["top_n"] for body in server.asked][-3:] == [64, 64, 32]
    assert {body["model"] for body in server.asked} == {"overlap"}
    assert set(server.keys) == {"Bearer s3cret"}


def test_the_name_of_the_field_is_found_out_once(server: ModelServer) -> None:
    reranker = RemoteReranker(server.base + "/rerank", None, patience=HASTY)
    for _ in range(3):
        reranker.rerank(QUERY, TEXTS)
    assert ["documents" in body for body in server.asked] == [True, False, False, False]
    assert not any("model" in body for body in server.asked)


def test_logits_become_chances(server: ModelServer, remote: RemoteReranker) -> None:
    logits = [2.0, -4.0, 0.0, 0.5]
    server.faults = [altered(lambda entries: [_scored(entry, logits[entry["index"]]) for entry in entries])]
    assert remote.rerank(QUERY, TEXTS).tolist() == [0.8808, 0.018, 0.5, 0.6225]  # 1 / (1 + e^-2) = 0.8808, …


def _scored(entry: dict[str, Any], score: Any) -> dict[str, Any]:
    return {name: value if name == "index" else score for name, value in entry.items()}


@pytest.mark.parametrize("fault", [status(429), status(502), cut_off, slow(0.6)], ids=["busy", "bad", "cut", "slow"])
def test_what_passes_is_outlasted(server: ModelServer, remote: RemoteReranker, fault: Fault) -> None:
    server.faults = [fault]
    assert remote.rerank(QUERY, TEXTS).tolist() == EXPECTED


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (status(401, "bad key s3cret"), r"HTTP 401: .*bad key \*{8}"),
        (truncated, "no JSON"),
        (lambda _: as_json({"results": None}), "not one finite score"),
        (lambda _: as_json("fine"), "not one finite score"),
        (altered(lambda entries: entries[:-1]), "not one finite score for each of 4 texts"),
        (altered(lambda entries: [*entries[:-1], entries[0]]), "not one finite score"),
        (altered(lambda entries: [_scored(entry, float("nan")) for entry in entries]), "not one finite score"),
        (altered(lambda entries: [_scored(entry, "high") for entry in entries]), "not one finite score"),
        (altered(lambda entries: [_scored(entry, 10**400) for entry in entries]), "not one finite score"),
        (altered(lambda entries: [{"index": entry["index"]} for entry in entries]), "not one finite score"),
        (altered(lambda entries: [None, *entries[1:]]), "not one finite score"),
    ],
)
def test_an_answer_that_cannot_be_used_is_no_answer(
    server: ModelServer, remote: RemoteReranker, fault: Fault, said: str
) -> None:
    server.faults = [fault]
    with pytest.raises(RerankerUnavailableError, match=said) as failed:
        remote.rerank(QUERY, TEXTS)
    assert "s3cret" not in str(failed.value)


def test_a_server_that_refuses_both_names_is_given_up(server: ModelServer, remote: RemoteReranker) -> None:
    server.most = 0
    with pytest.raises(RerankerUnavailableError, match="HTTP 4"):
        remote.rerank(QUERY, TEXTS)
    assert len(server.asked) == 2


def test_nobody_there_is_said() -> None:
    with pytest.raises(RerankerUnavailableError, match=r"127\.0\.0\.1:1/rerank: ConnectError"):
        RemoteReranker("http://127.0.0.1:1/rerank", None, patience=HASTY).rerank(QUERY, TEXTS)
