"""Vectors of meaning in the database, so that no text is embedded twice."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matcher.database import dialect_insert, utcnow
from matcher.models import Vector
from matcher.transaction import reading, writing
from matcher.vector_file import CHUNK
from scoring.semantic import Vectors, packed, unpacked


class DatabaseVectors:
    """A ``scoring.semantic.VectorStore`` over the table ``vectors``.

    Every call is a short transaction of its own, so what was made stays even if the pass fails. On SQLite ``put`` must
    therefore not be called inside another writing transaction: it would wait for that one.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def get(self, encoder: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Those that are there."""
        found: dict[bytes, Vectors] = {}
        with reading(self._sessions) as session:
            for start in range(0, len(digests), CHUNK):
                some = Vector.digest.in_(digests[start : start + CHUNK])
                rows = session.execute(select(Vector.digest, Vector.values).where(Vector.encoder == encoder, some))
                found |= {bytes(digest): unpacked(values) for digest, values in rows}
        return found

    def put(self, encoder: str, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep these; of two processes that bring the same text the first counts."""
        now = utcnow()
        rows = [
            {"encoder": encoder, "digest": digest, "values": packed(row), "created_at": now}
            for digest, row in sorted(vectors.items())  # in one order everywhere, or two processes could deadlock
        ]
        if rows:
            with writing(self._sessions) as session:
                session.execute(dialect_insert(session, Vector).on_conflict_do_nothing(), rows)
