"""``matcher init``: make the database and bring its tables up to date."""

import click
from sqlalchemy.engine import make_url

from matcher.commands.context import load_settings
from matcher.commands.words import word
from matcher.database import make_engine
from migrations import apply


@click.group()
def commands() -> None:
    """Commands on the database's tables."""


@commands.command(
    epilog="""\b
    Examples:
      matcher init
      MATCHER_DATABASE_URL=postgresql://matcher@db/matcher matcher init""",
)
def init() -> None:
    """Make the data folder and the database, and migrate it. Safe to repeat, and from several machines at once."""
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.sqlite_path:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    try:
        apply.upgrade(engine)
        revision = apply.current(engine)
    finally:
        engine.dispose()
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    click.echo(word("init-done", settings.language, url=shown, revision=revision))
