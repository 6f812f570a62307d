"""Any need and product explained, with the engine that scored the rest."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.runs import full_run
from matcher.models import Engine
from matcher.pair import Pair, explain_pair
from matcher.queries.needs import get_need
from matcher.queries.products import get_product
from matcher.settings import Settings
from matcher.states import ProductStatus
from matcher.transaction import reading, writing
from scoring.errors import EncoderUnavailableError
from scoring.meaning import Meaning
from scoring.reranking import Reranking
from scoring.semantic import Embedder
from tests.scoring.encoders import ShareReranker, letter_meaning

FLOOR = 9_900


@pytest.fixture
def settings(library: sessionmaker[Session], sqlite_url: str) -> Settings:
    return Settings(database_url=sqlite_url, embeddings="off")


def explained(
    session: Session, product: str = "P0", meaning: Meaning | None = None, reranking: Reranking | None = None
) -> Pair:
    return explain_pair(session, get_need(session, "N0"), get_product(session, product), FLOOR, meaning, reranking)


def test_without_a_run_todays_library_is_the_engine(library: sessionmaker[Session]) -> None:
    with reading(library) as session:
        pair = explained(session)
    assert not pair.stored
    assert pair.explanation.excluded is None
    assert pair.near_miss is not None
    assert pair.near_miss.score_before == pair.explanation.breakdown["score"]
    assert pair.near_miss.missing == ("气象观测",)


def test_after_a_run_its_breakdown_and_its_engine_stand(
    library: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = full_run(library, settings)
    monkeypatch.setattr("matcher.pair.load_library", _no_library)
    with reading(library) as session:
        stored, other = explained(session), explained(session, "P1")
    assert (stored.stored, other.stored) == (True, False)
    for pair in (stored, other):
        assert pair.explanation.breakdown["fingerprint"] == report.fingerprint
        assert pair.near_miss is not None
        assert pair.near_miss.score_before == pair.explanation.breakdown["score"]


def test_a_changed_side_is_scored_anew_and_a_rule_is_named(library: sessionmaker[Session], settings: Settings) -> None:
    full_run(library, settings)
    with writing(library) as session:
        product = get_product(session, "P0")
        product.status = ProductStatus.WITHDRAWN
    with reading(library) as session:
        pair = explained(session)
    assert (pair.stored, pair.explanation.excluded) == (False, "not_listed")
    assert pair.near_miss is not None
    assert "listed" in [change.kind for change in pair.near_miss.changes]


@pytest.mark.parametrize("damage", [{"term_statistics": b"no snapshot"}, {"weights": {"of a later version": 1}}])
def test_an_engine_that_cannot_be_read_gives_way_to_todays_library(
    library: sessionmaker[Session], settings: Settings, damage: dict[str, Any]
) -> None:
    full_run(library, settings)
    with writing(library) as session:
        session.execute(update(Engine).values(**damage))
    with reading(library) as session:
        assert explained(session, "P1").explanation.breakdown["score"] >= 0


def test_an_encoder_that_fails_costs_the_part_and_not_the_answer(library: sessionmaker[Session]) -> None:
    class Broken:
        name = "broken"

        def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
            raise EncoderUnavailableError("out of order")

    with reading(library) as session:
        without, broken = explained(session), explained(session, meaning=Meaning(Embedder(Broken())))
        with_meaning = explained(session, meaning=letter_meaning())
    assert broken.explanation == without.explanation
    assert ([remark["code"] for remark in broken.remarks], without.remarks) == (["embeddings-unavailable"], [])
    known = {part["part"]: part["known"] for part in with_meaning.explanation.breakdown["parts"]}
    assert known["meaning"]


def test_a_pair_explained_anew_is_read_once_by_the_reranker(library: sessionmaker[Session]) -> None:
    reranker = ShareReranker()
    with reading(library) as session:
        without, pair = explained(session), explained(session, reranking=Reranking(reranker))
    assert [len(texts) for _need, texts in reranker.asked] == [1]
    assert meaning_part(without) == {"known": False, "reranked": None}
    assert meaning_part(pair)["known"]
    assert 0 < meaning_part(pair)["reranked"] <= 1
    assert pair.remarks == []
    assert pair.near_miss is not None
    assert pair.near_miss.score_before == pair.explanation.breakdown["score"]


def test_a_reranker_that_fails_costs_what_it_would_have_said_and_that_is_told(library: sessionmaker[Session]) -> None:
    with reading(library) as session:
        without, pair = explained(session), explained(session, reranking=Reranking(ShareReranker(fails_at=0)))
    assert pair.explanation.breakdown["score"] == without.explanation.breakdown["score"]
    assert pair.remarks == [{"code": "pair-not-reranked", "detail": "out of order"}]


def test_a_stored_match_shows_what_the_reranker_said_then(
    library: sessionmaker[Session], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.meaning.open_reranker", lambda _settings, _patience: ShareReranker())
    report = full_run(library, settings)
    reranker = ShareReranker()
    with reading(library) as session:
        pair = explained(session, reranking=Reranking(reranker))
    assert (pair.stored, reranker.asked) == (True, [])
    assert pair.explanation.breakdown["fingerprint"] == report.fingerprint
    assert meaning_part(pair)["reranked"] > 0
    assert pair.near_miss is not None
    assert pair.near_miss.score_before == pair.explanation.breakdown["score"]


def meaning_part(pair: Pair) -> dict[str, Any]:
    (part,) = [part for part in pair.explanation.breakdown["parts"] if part["part"] == "meaning"]
    return {"known": part["known"], "reranked": part["reranked"]}


def _no_library(_session: Session) -> Any:
    raise AssertionError("the whole library was read")
