"""A real HTTP server with a small model: embeddings and both shapes of rerank, and every way to fail."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 16


class HashEncoder:
    """A fake encoder: vectors at random, the same for the same text."""

    name = "hash"

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
        return np.array([self._row(text) for text in texts], np.float32).reshape(-1, DIMENSIONS)

    def _row(self, text: str) -> npt.NDArray[np.float64]:
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
        return np.random.default_rng(seed).normal(size=DIMENSIONS) * 3


class OverlapReranker:
    """A fake reranker: the share of the query's characters that a text holds."""

    name = "overlap"

    def rerank(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        asked = set(query)
        return np.array([round(len(asked & set(text)) / len(asked), 4) for text in texts])


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire. ``promised`` bytes, if given, are announced instead of those sent."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    promised: int | None = None


Fault = Callable[[Any], Reply]
"""Makes a reply out of the right answer."""


@dataclass
class ModelServer:
    """``faults`` spoil the next answers, one each; ``asked`` and ``keys`` record what came in."""

    base: str = ""
    most: int = 1_000
    faults: list[Fault] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    @property
    def embeddings(self) -> str:
        return f"{self.base}/v1/embeddings"

    def reply(self, path: str, body: dict[str, Any]) -> Reply:
        field = {"/v1/embeddings": "input", "/v1/rerank": "documents", "/rerank": "texts"}[path]
        texts = body.get(field)
        if texts is None:
            return as_json({"detail": "Field required"}, 422)
        if len(texts) > self.most:
            return as_json({"error": f"batch size {len(texts)} > maximum {self.most}"}, 413)
        answer: Any
        if path == "/v1/embeddings":
            rows = HashEncoder().encode(texts)
            answer = {"data": [{"index": place, "embedding": row.tolist()} for place, row in enumerate(rows)]}
        else:
            named = "relevance_score" if path == "/v1/rerank" else "score"
            scores = OverlapReranker().rerank(body["query"], texts)
            ranked = np.argsort(-scores, kind="stable").tolist()
            listed = [{"index": place, named: float(scores[place])} for place in ranked]
            answer = {"results": listed} if path == "/v1/rerank" else listed
        return self.faults.pop(0)(answer) if self.faults else as_json(answer)


def as_json(answer: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(json.dumps(answer).encode(), status, {name.replace("_", "-"): said for name, said in headers.items()})


def status(number: int, said: str = "no", **headers: str) -> Fault:
    return lambda _: as_json({"error": said}, number, **headers)


def altered(alter: Callable[[list[dict[str, Any]]], Any]) -> Fault:
    """The right answer with its list of entries changed; ``alter`` works in place or gives another list."""

    def spoil(answer: Any) -> Reply:
        entries = answer if isinstance(answer, list) else answer.get("data") or answer["results"]
        entries[:] = alter(list(entries))
        return as_json(answer)

    return spoil


def slow(seconds: float) -> Fault:
    return lambda answer: Reply(json.dumps(answer).encode(), delay=seconds)


def dripping(seconds: float) -> Fault:
    """A byte at a time, with so many seconds between two."""
    return lambda answer: Reply(json.dumps(answer).encode(), drip=seconds)


def cut_off(answer: Any) -> Reply:
    """Half of the bytes that were promised, as when a proxy dies."""
    whole = json.dumps(answer).encode()
    return Reply(whole[: len(whole) // 2], promised=len(whole))


def truncated(answer: Any) -> Reply:
    """Half of the JSON, sent as if it were all."""
    whole = json.dumps(answer).encode()
    return Reply(whole[: len(whole) // 2])


@contextmanager
def running() -> Iterator[ModelServer]:
    """The server, on a free port of this machine."""
    model = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append(body)
            model.keys.append(self.headers["Authorization"])
            reply = model.reply(self.path, body)
            time.sleep(reply.delay)
            try:
                self._send(reply)
            except OSError:
                self.close_connection = True  # the client has lost patience, as some tests want

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, said in reply.headers.items():
                self.send_header(name, said)
            self.send_header("Content-Length", str(len(reply.body) if reply.promised is None else reply.promised))
            self.end_headers()
            pieces = [reply.body[i : i + 1] for i in range(len(reply.body))] if reply.drip else [reply.body]
            for piece in pieces:
                self.wfile.write(piece)
                time.sleep(reply.drip)
            self.close_connection = reply.promised is not None

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    model.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
