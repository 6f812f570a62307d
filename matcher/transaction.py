"""The commit boundary: whoever opens a transaction commits it; actions never do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker


@contextmanager
def writing(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that commits when the block ends well and rolls back otherwise.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what was read cannot change underneath.
    """
    with sessions() as session:
        session.connection(execution_options={"writes": True})
        try:
            yield session
        except BaseException:
            session.rollback()
            raise
        session.commit()


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session for reads; anything written in it is rolled back.

    Closing it lets go of the rows first: what was loaded stays readable afterwards, which after a plain rollback it
    would not.
    """
    with sessions() as session:
        yield session
