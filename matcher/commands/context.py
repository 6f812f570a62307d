"""What every command starts from: the settings, in the language asked for, and sessions on the database."""

from dataclasses import replace

import click
from sqlalchemy.orm import Session, sessionmaker

from matcher.commands.words import word
from matcher.database import make_engine, make_sessions
from matcher.settings import Settings


def load_settings() -> Settings:
    """The environment's settings; ``matcher --language`` goes before MATCHER_LANGUAGE. Raises SettingsError."""
    settings = Settings.from_environment()
    context = click.get_current_context(silent=True)
    asked = context.find_root().params.get("language") if context else None
    return replace(settings, language=asked) if asked else settings


def open_sessions(settings: Settings) -> sessionmaker[Session]:
    """Sessions on the configured database, which ``matcher init`` has made.

    Raises ClickException where there is no database file: SQLite would make an empty one by looking.
    """
    path = settings.sqlite_path
    if path and not path.exists():
        raise click.ClickException(word("database-absent", settings.language, path=path))
    return make_sessions(make_engine(settings.database_url))
