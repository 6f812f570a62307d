"""Vectors of meaning in a file of the user's cache folder, for the commands that work on files."""

import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from matcher.remarks import Remark
from scoring.semantic import Vectors, packed, unpacked

CHUNK = 500
"""Digests named in one statement: SQLite takes at most 999 values, in old builds."""

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that writes."""

T = TypeVar("T")

_FORMAT = 2

_TABLE = (
    "CREATE TABLE IF NOT EXISTS vectors (encoder TEXT NOT NULL, digest BLOB NOT NULL, checksum INTEGER NOT NULL, "
    '"values" BLOB NOT NULL, PRIMARY KEY (encoder, digest))'
)
"""With rows of their own: inside the key's tree a vector spills over into a page of its own, which takes three times as
long to read and twice the room."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""Primary result codes; SQLITE_ERROR means another table than ours, as our statements are right."""


class _DamagedError(Exception):
    """The cache file holds something that was not written here."""


class FileVectors:
    """A ``scoring.semantic.VectorStore`` in one SQLite file, made with its folder where there is none.

    A cache may never be in the way: a damaged file is remarked on and begun anew, one that cannot be read or written is
    remarked on once and left alone from then on. Several processes may use it at the same time, and a kill loses at
    most the block being written. Nothing is ever dropped from it (1 to 2 kB a text); it may be deleted at any time.
    """

    def __init__(self, folder: Path, remark: Callable[[Remark], None]) -> None:
        """``remark`` is told what is wrong with the file, if anything is."""
        self.path = folder / f"vectors-{_FORMAT}.db"
        self._remark = remark
        self._usable = True

    def get(self, encoder: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Those that are there; none where the file cannot be read."""

        def read(connection: sqlite3.Connection) -> dict[bytes, Vectors]:
            found: dict[bytes, Vectors] = {}
            for start in range(0, len(digests), CHUNK):
                found |= _rows(connection, encoder, digests[start : start + CHUNK])
            return found

        return self._attempt(read) or {}

    def put(self, encoder: str, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep these if the file can be written."""
        kept = [(digest, packed(row)) for digest, row in vectors.items()]
        rows = [(encoder, digest, zlib.crc32(values), values) for digest, values in kept]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows)

        self._attempt(write)

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do ``work`` on a connection of its own, a second time if the file turns out to be damaged; None where it
        cannot be done."""
        for _ in range(2):
            if not self._usable:
                break
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self.path, timeout=BUSY_TIMEOUT)) as connection:
                    connection.isolation_level = None
                    connection.execute(_TABLE)
                    return work(connection)
            except (OSError, sqlite3.Error, _DamagedError) as error:
                self._recover(error)
        return None

    def _recover(self, error: Exception) -> None:
        """Delete a damaged file, for the next attempt to make it anew; give up on one that cannot be used."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        try:
            if isinstance(error, OSError) or code not in _DAMAGED:
                raise error
            for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
                path.unlink(missing_ok=True)
        except (OSError, sqlite3.Error) as reason:
            self._usable = False
            self._remark({"code": "vector-cache-unusable", "detail": f"{self.path}: {reason}"})
        else:
            self._remark({"code": "vector-cache-rebuilt", "detail": f"{self.path}: {error}"})


def _rows(connection: sqlite3.Connection, encoder: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
    marks = ", ".join("?" * len(digests))
    question = f'SELECT digest, checksum, "values" FROM vectors WHERE encoder = ? AND digest IN ({marks})'  # noqa: S608
    rows = connection.execute(question, (encoder, *digests)).fetchall()
    if any(type(values) is not bytes or zlib.crc32(values) != checksum for _, checksum, values in rows):
        raise _DamagedError("a checksum is wrong")
    return {digest: unpacked(values) for digest, _, values in rows}
