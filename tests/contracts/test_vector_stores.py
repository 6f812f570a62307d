"""What every store of vectors keeps: the fake, the database of either kind and the file."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.orm import Session, sessionmaker

from matcher.remarks import Remark
from matcher.vector_file import FileVectors
from matcher.vectors import DatabaseVectors
from scoring.semantic import Embedder, Vectors, VectorStore, digest_of, quantised
from tests.contracts.model_server import HashEncoder


class MemoryVectors:
    """The fake."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, bytes], Vectors] = {}

    def get(self, encoder: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        return {digest: self.kept[encoder, digest] for digest in digests if (encoder, digest) in self.kept}

    def put(self, encoder: str, vectors: Mapping[bytes, Vectors]) -> None:
        for digest, row in vectors.items():
            self.kept.setdefault((encoder, digest), row)


def no_remark(remark: Remark) -> None:
    raise AssertionError(remark)


ROWS = quantised(HashEncoder().encode([str(number) for number in range(1_200)]))
DIGESTS = [digest_of(str(number)) for number in range(1_200)]


class StoreContract:
    """One suite for every store; each class below brings its own."""

    def test_an_empty_store_has_nothing(self, store: VectorStore) -> None:
        assert store.get("hash", DIGESTS[:3]) == {}
        assert store.get("hash", []) == {}

    def test_what_was_put_is_there_to_the_last_bit(self, store: VectorStore) -> None:
        store.put("hash", dict(zip(DIGESTS, ROWS, strict=True)))
        found = store.get("hash", [*DIGESTS, digest_of("none")])
        assert found.keys() == set(DIGESTS)
        assert all(found[digest].tobytes() == row.tobytes() for digest, row in zip(DIGESTS, ROWS, strict=True))
        assert {(row.dtype, row.shape) for row in found.values()} == {(np.dtype(np.float32), ROWS[0].shape)}

    def test_another_encoder_has_its_own(self, store: VectorStore) -> None:
        store.put("hash", {DIGESTS[0]: ROWS[0]})
        store.put("other", {DIGESTS[0]: ROWS[1][:4]})
        assert store.get("hash", DIGESTS)[DIGESTS[0]].tolist() == ROWS[0].tolist()
        assert store.get("other", DIGESTS)[DIGESTS[0]].tolist() == ROWS[1][:4].tolist()
        assert store.get("third", DIGESTS) == {}

    def test_what_is_there_stays(self, store: VectorStore) -> None:
        store.put("hash", {DIGESTS[0]: ROWS[0]})
        store.put("hash", {DIGESTS[0]: ROWS[1], DIGESTS[1]: ROWS[1]})
        store.put("hash", {})
        found = store.get("hash", DIGESTS)
        assert [found[digest].tolist() for digest in DIGESTS[:2]] == ROWS[:2].tolist()

    def test_many_may_put_the_same_at_once(self, store: VectorStore) -> None:
        def put(turn: int) -> None:
            some = range(turn * 50, turn * 50 + 200)
            store.put("hash", {DIGESTS[row]: ROWS[row] for row in (some if turn % 2 else reversed(some))})

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(put, range(8)))
        found = store.get("hash", DIGESTS)
        assert {digest: row.tolist() for digest, row in found.items()} == {
            DIGESTS[row]: ROWS[row].tolist() for row in range(550)
        }

    def test_an_embedder_makes_nothing_twice(self, store: VectorStore) -> None:
        texts = ["甲", "乙", "甲", "", "丙"]
        first, second = Embedder(HashEncoder(), store), Embedder(HashEncoder(), store)
        assert first.vectors(texts).tobytes() == second.vectors(texts).tobytes()
        assert (first.embedded, first.reused, second.embedded, second.reused) == (3, 0, 0, 3)


class TestMemoryVectors(StoreContract):
    """The fake keeps what the real ones keep."""

    @pytest.fixture
    def store(self) -> VectorStore:
        return MemoryVectors()


class TestFileVectors(StoreContract):
    """A file in a folder that does not exist yet."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> VectorStore:
        return FileVectors(tmp_path / "new" / "cache", no_remark)


class TestDatabaseVectors(StoreContract):
    """The table, on SQLite and on PostgreSQL."""

    @pytest.fixture
    def store(self, sessions: sessionmaker[Session]) -> VectorStore:
        return DatabaseVectors(sessions)
