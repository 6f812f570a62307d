"""Alembic's environment: the models' metadata, one transaction, batch mode on SQLite."""

from alembic import context
from sqlalchemy import Connection

import matcher.models
from matcher.database import Base, make_engine
from matcher.settings import Settings
from migrations.lock import migrating

assert matcher.models, "imported so that Base.metadata knows every table"  # noqa: S101


def run(connection: Connection) -> None:
    """Run the command that Alembic was asked for on ``connection``, inside the transaction it is in."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with migrating(make_engine(Settings.from_environment().database_url)) as own:
        run(own)
