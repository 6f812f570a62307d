"""Bring a database to a revision, and tell which one it has: from a checkout or an installed wheel alike."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from migrations.lock import migrating


def head() -> str:
    """The newest revision of this version of the program."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "there is at least one revision"  # noqa: S101
    return revision


def current(engine: Engine) -> str | None:
    """The database's revision, None before the first migration."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the tables that this version of the program expects."""
    return current(engine) == head()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate up to ``revision``. Calls at the same time wait for each other; done already, it changes nothing."""
    with migrating(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Migrate down to ``revision``, ``base`` for an empty database."""
    with migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: Connection | None = None) -> Config:
    config = Config(Path(__file__).with_name("alembic.ini"))
    config.attributes["connection"] = connection
    return config
