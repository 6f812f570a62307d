"""The engine's fingerprint."""

import re

import pytest

import scoring.fingerprint
from scoring.fingerprint import fingerprint
from scoring.index import Index
from scoring.tfidf import TermStatistics
from scoring.weights import Weights
from tests.scoring.encoders import letter_meaning
from tests.scoring.samples import PRODUCTS, TUNNEL, product

STATISTICS = Index.build(PRODUCTS).statistics


def test_a_fingerprint_is_a_sha_256_in_hexadecimal() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint(Weights(), STATISTICS))


def test_the_same_engine_has_the_same_fingerprint_whatever_the_order_of_products() -> None:
    again = Index.build(PRODUCTS[::-1]).statistics
    assert fingerprint(Weights(), again) == fingerprint(Weights.from_json(Weights().to_json()), STATISTICS)


def test_statistics_read_back_have_the_same_fingerprint() -> None:
    read = TermStatistics.from_bytes(STATISTICS.to_bytes())
    assert fingerprint(Weights(), read) == fingerprint(Weights(), STATISTICS)


@pytest.mark.parametrize("field", sorted(Weights().to_json()))
def test_every_weight_counts(field: str) -> None:
    old = Weights().to_json()[field]
    new = old | {"price": 0.5} if isinstance(old, dict) else type(old)(old / 2)
    assert fingerprint(Weights.from_json({field: new}), STATISTICS) != fingerprint(Weights(), STATISTICS)


def test_the_synonyms_count(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(Weights(), STATISTICS)
    monkeypatch.setattr(scoring.fingerprint, "synonyms", lambda: (("社保", "社会保险"),))
    assert fingerprint(Weights(), STATISTICS) != before


def test_every_document_counts() -> None:
    for others in (PRODUCTS[:2], (*PRODUCTS, product("p-copy", title=TUNNEL.title)), (*PRODUCTS, product("p-blank"))):
        assert fingerprint(Weights(), Index.build(others).statistics) != fingerprint(Weights(), STATISTICS)


def test_encoder_and_reranker_count_by_their_names() -> None:
    several = [
        fingerprint(Weights(), STATISTICS),
        fingerprint(Weights(), STATISTICS, letter_meaning()),
        fingerprint(Weights(), STATISTICS, letter_meaning(), "bge@models"),
        fingerprint(Weights(), STATISTICS, letter_meaning(), "jina@models"),
        fingerprint(Weights(), STATISTICS, None, "jina@models"),
    ]
    assert len(set(several)) == len(several)


def test_the_version_of_the_code_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(Weights(), STATISTICS)
    monkeypatch.setattr(scoring.fingerprint, "ENGINE_VERSION", scoring.fingerprint.ENGINE_VERSION + 1)
    assert fingerprint(Weights(), STATISTICS) != before
