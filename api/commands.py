"""``matcher serve``: the console and the API behind gunicorn."""

from dataclasses import replace
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import Engine

from api.application import create_app
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.words import word
from matcher.settings import Settings
from migrations import apply

THREADS = 8


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn set up by ``options``; each worker process builds its own application, engine and connections."""

    def __init__(self, options: dict[str, Any], settings: Settings) -> None:
        self.options, self.settings = options, settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(self.settings)


@click.group()
def commands() -> None:
    """Commands of the web part."""


@commands.command()
@click.option("--host", help="Address to listen on.  [default: MATCHER_HOST]")
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="PORT", help="Port to listen on.  [default: MATCHER_PORT]"
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="Threads per process.")
@click.option("--access-log", is_flag=True, help="Write a line per request to standard output.")
def serve(host: str | None, port: int | None, workers: int, threads: int, access_log: bool) -> None:
    """Serve the console and the API until interrupted.

    \b
    Examples:
      matcher serve
      matcher serve --host 0.0.0.0 --port 8080 --workers 2
    """
    given = load_settings()
    # Whether cookies need https follows from the address that is bound, so the settings must know the real one.
    settings = replace(given, host=host or given.host, port=port or given.port)
    _check_database(settings)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"Exchange Matcher 供需撮合引擎: http://{shown}:{settings.port}", err=True)
    Server(
        {
            "bind": [f"{shown}:{settings.port}"],
            "workers": workers,
            "worker_class": "gthread",
            "threads": threads,
            "proc_name": "matcher",
            "loglevel": "warning",
            "accesslog": "-" if access_log else None,
            "control_socket_disable": True,
        },
        settings,
    ).run()


def _check_database(settings: Settings) -> None:
    """Say at once what every page would trip over: no database, or one of another version."""
    engine: Engine = open_sessions(settings).kw["bind"]
    try:
        current, head = apply.current(engine), apply.head()
    finally:
        engine.dispose()
    if current != head:
        raise click.ClickException(word("migrations-behind", settings.language, current=current or "-", head=head))
