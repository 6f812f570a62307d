"""Embeddings and reranking by a server: any OpenAI-compatible ``/v1/embeddings``, any ``/rerank`` in the shape of Jina,
TEI, vLLM or Xinference. An answer is checked before it is used; a server that does not give one ends in an error.
"""

import json
import logging
import math
import random
import time
import weakref
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt

from matcher.messages import printable
from matcher.patience import Patience
from matcher.settings import MASK
from scoring.errors import EncoderUnavailableError, RerankerUnavailableError, ScoringError

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address in full, keys in queries too

MOST_TEXTS = 64
"""Texts in one request, less where the server refuses so many."""

MOST_CHARACTERS = 2_000
"""Of a longer text only the beginning is sent, as to the local model."""

MOST_BYTES = 1 << 26
"""An answer longer than this is not read on."""

_PASSING = (408, 425, 429, 500, 502, 503, 504, 529)
"""Statuses that may be gone in a moment."""

_REFUSING = (400, 413, 422)
"""Statuses of a server that wants fewer texts at once, or other names of the fields."""

MOST = 1e30
"""A number as large as this comes from no model."""

LONGEST_NAME = 200
"""What the column ``vectors.encoder`` holds."""


class _StatusError(Exception):
    """The server answered with a status other than 200."""

    def __init__(self, status: int, said: str, wait: float | None) -> None:
        self.status, self.wait = status, wait
        super().__init__(f"HTTP {status}: {said}" if said else f"HTTP {status}")


class _Service:
    """Posts JSON to one URL until there is an answer or patience ends."""

    def __init__(self, url: str, key: str | None, patience: Patience, error: type[ScoringError]) -> None:
        self._url, self._key, self._patience, self._error = url, key, patience, error
        try:
            self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"} if key else {})
        except (OSError, ValueError, ImportError) as reason:  # a proxy or certificate file that the system names
            raise self.failure(reason) from reason
        weakref.finalize(self, self._client.close)

    def deadline(self) -> float:
        """When a call that begins now has to end."""
        return time.monotonic() + self._patience.budget

    def post(self, body: dict[str, Any], deadline: float) -> Any:
        """The answer as JSON. Raises _StatusError for a refusal (_REFUSING), ``error`` for every other failure."""
        pause = self._patience.pause
        for left in reversed(range(self._patience.attempts)):
            try:
                return self._ask(body, deadline)
            except (httpx.TransportError, _StatusError) as error:
                if isinstance(error, _StatusError) and error.status in _REFUSING:
                    raise
                wait = getattr(error, "wait", None) or pause * random.uniform(0.5, 1)  # noqa: S311
                passing = not isinstance(error, _StatusError) or error.status in _PASSING
                if not (left and passing and time.monotonic() + wait < deadline):
                    raise self.failure(error) from error
                time.sleep(wait)
                pause *= 2
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
                raise self.failure(error) from error
        raise AssertionError("the last attempt returns or raises")

    def failure(self, reason: Exception | str) -> ScoringError:
        """The error to raise, naming the server and never the key, which some servers repeat."""
        said = f"{type(reason).__name__}: {reason}" if isinstance(reason, httpx.HTTPError) else str(reason)
        return self._error(f"{place_of(self._url)}: {printable(self._masked(said), 300)}")

    def _masked(self, text: str) -> str:
        return text.replace(self._key, MASK) if self._key else text

    def _ask(self, body: dict[str, Any], deadline: float) -> Any:
        """One request. Read piece by piece, as a server that drips would outlast every timeout between two bytes."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise ValueError("no time is left")
        silence = httpx.Timeout(min(self._patience.read, left), connect=min(self._patience.connect, left))
        read = bytearray()
        with self._client.stream("POST", self._url, json=body, timeout=silence) as response:
            for piece in response.iter_bytes():
                read += piece
                if len(read) > MOST_BYTES:
                    raise ValueError("the answer is too long")
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer takes too long", request=response.request)
        if response.status_code != httpx.codes.OK:
            wait = _seconds(response.headers.get("Retry-After"))
            said = self._masked(read.decode("utf-8", "replace"))
            raise _StatusError(response.status_code, said[:300], wait)
        try:
            return json.loads(read)
        except ValueError as error:
            raise ValueError(f"the answer is no JSON ({error})") from error


class RemoteEncoder:
    """A ``scoring.semantic.Encoder`` that asks a server."""

    def __init__(self, url: str, model: str | None, key: str | None = None, patience: Patience | None = None) -> None:
        """``url`` is the whole address, such as http://host/v1/embeddings.

        ``name`` is made of model and address and says nothing about what the server has loaded: who changes that
        changes ``model`` with it, or old and new vectors mix.
        """
        self.name = _name(f"{model or 'default'}@{place_of(url)}")
        self._model = {"model": model} if model else {}
        self._service = _Service(url, key, patience or Patience(), EncoderUnavailableError)
        self._most = MOST_TEXTS

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
        """One row for each of ``texts``, at least one: (texts, dimensions). Raises EncoderUnavailableError."""
        deadline = self._service.deadline()
        rows: list[Any] = []
        while len(rows) < len(texts):
            some = [_readable(text) for text in texts[len(rows) : len(rows) + self._most]]
            try:
                answer = self._service.post(self._model | {"input": some}, deadline)
            except _StatusError as error:
                if len(some) == 1:
                    raise self._service.failure(error) from error
                self._most = len(some) // 2  # some servers take 32 texts, some 10
                continue
            rows += self._checked(_entries(answer, "data"), len(some))
        return self._table(rows)

    def _checked(self, entries: list[dict[str, Any]] | None, count: int) -> list[Any]:
        ordered = _in_order(entries, "embedding", count)
        if ordered is None:
            raise self._service.failure(f"not one embedding for each of {count} texts")
        return ordered

    def _table(self, rows: list[Any]) -> npt.NDArray[np.float32]:
        try:
            table = np.asarray(rows, np.float64)
        except (ValueError, TypeError, OverflowError) as error:
            raise self._service.failure("embeddings of different lengths, or not of numbers") from error
        if table.ndim != 2 or not table.shape[1] or not (np.abs(table) < MOST).all():
            raise self._service.failure("embeddings that are empty or hold no finite numbers")
        return table.astype(np.float32)


class RemoteReranker:
    """Asks a server how well each of some texts answers a query."""

    def __init__(self, url: str, model: str | None, key: str | None = None, patience: Patience | None = None) -> None:
        """``url`` is the whole address, such as http://host/v1/rerank."""
        self.name = _name(f"{model or 'default'}@{place_of(url)}")
        self._model = {"model": model} if model else {}
        self._service = _Service(url, key, patience or Patience(budget=60), RerankerUnavailableError)
        self._field = "documents"

    def rerank(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """How well each text answers ``query``: float64 (texts,), 0 to 1 with four decimals, 0 for blank texts.

        Where a score lies outside 0 to 1 the server gives logits, and the logistic function makes them chances. Raises
        RerankerUnavailableError.
        """
        scores = np.zeros(len(texts))
        said = [row for row, text in enumerate(texts) if text.strip()]
        if not (said and query.strip()):
            return scores
        deadline = self._service.deadline()
        given: list[float] = []
        while len(given) < len(said):
            some = [_readable(texts[row]) for row in said[len(given) : len(given) + MOST_TEXTS]]
            given += self._scores(_readable(query), some, deadline)
        found = np.array(given)
        if found.min() < 0 or found.max() > 1:
            found = 1 / (1 + np.exp(-np.clip(found, -700, 700)))
        scores[said] = np.round(found, 4)
        return scores

    def _scores(self, query: str, texts: list[str], deadline: float) -> list[float]:
        answer = self._answer(query, texts, deadline)
        entries = answer if isinstance(answer, list) else _entries(answer, "results")
        named = "relevance_score" if entries and _has(entries, "relevance_score") else "score"
        ordered = _in_order(entries, named, len(texts))
        if ordered is None or not all(_is_finite(score) for score in ordered):
            raise self._service.failure(f"not one finite score for each of {len(texts)} texts")
        return [float(score) for score in ordered]

    def _answer(self, query: str, texts: list[str], deadline: float) -> Any:
        """What the server says. TEI calls ``texts`` what all others call ``documents``: found out once."""
        asked = self._model | {"query": query, "top_n": len(texts)}
        try:
            return self._service.post(asked | {self._field: texts}, deadline)
        except _StatusError as refusal:
            other = "texts" if self._field == "documents" else "documents"
            try:
                answer = self._service.post(asked | {other: texts}, deadline)
            except _StatusError:
                raise self._service.failure(refusal) from refusal
            self._field = other
            return answer


def place_of(url: str) -> str:
    """A URL without what may be secret: credentials and the query."""
    parsed = httpx.URL(url)
    return f"{parsed.netloc.decode('ascii')}{parsed.path}"


def _name(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:135]}…{sha256(name.encode()).hexdigest()}"


def _readable(text: str) -> str:
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode()


def _seconds(header: str | None) -> float | None:
    """The seconds of ``Retry-After``, which may also be a date (RFC 9110, 10.2.3); None where it says neither."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _entries(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None


def _has(entries: Any, name: str) -> bool:
    return isinstance(entries[0], dict) and name in entries[0]


def _in_order(entries: Any, name: str, count: int) -> list[Any] | None:
    """``name`` of each entry by its ``index``, of which each of ``count`` has to be there once; None otherwise."""
    if not (isinstance(entries, list) and len(entries) == count and all(isinstance(entry, dict) for entry in entries)):
        return None
    places = {entry.get("index"): entry.get(name) for entry in entries if type(entry.get("index")) is int}
    return [places[place] for place in range(count)] if places.keys() == set(range(count)) else None


def _is_finite(score: Any) -> bool:
    return type(score) in (int, float) and abs(score) < MOST
