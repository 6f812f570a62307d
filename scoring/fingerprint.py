"""The engine's fingerprint 引擎指纹: one hash over everything that decides a score besides the two texts."""

import hashlib
import json

from scoring.meaning import Meaning
from scoring.synonyms import synonyms
from scoring.tfidf import TermStatistics
from scoring.tokens import stop_words
from scoring.weights import Weights

ENGINE_VERSION = 3
"""Raised whenever the code, jieba or OpenCC scores differently with the same weights and statistics."""


def fingerprint(
    weights: Weights, statistics: TermStatistics, meaning: Meaning | None = None, reranker: str | None = None
) -> str:
    """SHA-256 in hexadecimal over the engine's version, weights, stop words, synonyms, encoder, reranker (its name) and
    the IDF snapshot."""
    digest = hashlib.sha256()
    head = {
        "engine": ENGINE_VERSION,
        "weights": weights.to_json(),
        "stop_words": stop_words(),
        "synonyms": synonyms(),
        "encoder": [meaning.name, *meaning.scale] if meaning else None,
        "reranker": reranker,
        "documents": statistics.documents,
    }
    digest.update(json.dumps(head, sort_keys=True).encode())
    digest.update(statistics.keys.astype("<i8").tobytes())
    digest.update(statistics.document_frequency.astype("<i4").tobytes())
    return digest.hexdigest()
