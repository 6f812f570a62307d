"""The vectors of all that ships, made once for all tests: the local encoder takes most of a minute for them."""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from matcher.database import make_engine, make_sessions
from matcher.file_ranking import embedded, read_sides
from matcher.vector_file import FileVectors
from matcher.vectors import DatabaseVectors
from scoring.meaning import Meaning
from scoring.semantic import Embedder, Vectors, local_encoder, unpacked
from seeds.library import DATA

PATIENCE_SECONDS = 280


@pytest.fixture(scope="session")
def shipped_vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the vectors of the products and needs that ship; pytest-xdist's workers share one."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shipped-vectors"
    folder.mkdir(exist_ok=True)
    with _alone(folder):
        store = FileVectors(folder, lambda remark: pytest.fail(str(remark)))
        sides = read_sides([DATA / "products.jsonl"], [DATA / "scenarios.jsonl", DATA / "dev_needs.json"])
        embedded(*sides, Meaning(Embedder(local_encoder(), store)))
    return folder


def give_vectors(folder: Path, database_url: str) -> None:
    """Put the vectors of a cache folder into a migrated database."""
    by_encoder: defaultdict[str, dict[bytes, Vectors]] = defaultdict(dict)
    store = FileVectors(folder, lambda remark: pytest.fail(str(remark)))
    with closing(sqlite3.connect(store.path)) as connection:
        for encoder, digest, values in connection.execute('SELECT encoder, digest, "values" FROM vectors'):
            by_encoder[encoder][digest] = unpacked(values)
    engine = make_engine(database_url)
    for encoder, vectors in by_encoder.items():
        DatabaseVectors(make_sessions(engine)).put(encoder, vectors)
    engine.dispose()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; a process that dies leaves nothing locked."""
    with closing(sqlite3.connect(folder / "lock.db", timeout=PATIENCE_SECONDS, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
