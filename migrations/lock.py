"""One migration at a time, in one transaction, with limits on how long it may wait and run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

ADVISORY_LOCK = 7_113_520_631
"""Key of the PostgreSQL advisory lock: any number that nothing else in the database uses."""

QUEUE_TIMEOUT = "300s"
"""How long to wait for another migration to finish."""

LOCK_TIMEOUT = "10s"
"""How long to wait for a table: behind a waiting ALTER TABLE all other work on it waits too."""

STATEMENT_TIMEOUT = "600s"


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A connection inside a transaction that no other migration shares; commits when the block ends well."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _unenforced_foreign_keys(connection), connection.begin():
                yield connection
                _check_foreign_keys(connection)
        else:
            with connection.begin():
                _wait_for_turn(connection)
                yield connection


def _wait_for_turn(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL statement_timeout = '{QUEUE_TIMEOUT}'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))


@contextmanager
def _unenforced_foreign_keys(connection: Connection) -> Iterator[None]:
    """Batch mode copies, drops and renames a table: with foreign keys enforced the drop would delete its children.

    The pragma does nothing inside a transaction, so it goes to the driver's connection before one is begun.
    """
    driver: Any = connection.connection.dbapi_connection
    connection.execution_options(writes=True)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise RuntimeError(f"the migration leaves {len(broken)} rows without the row they refer to, in {tables}")
