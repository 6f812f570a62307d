"""``matcher seed``: the shipped library into the database."""

import click

from matcher.commands.context import load_settings, open_sessions
from matcher.commands.output import print_json
from matcher.messages import message
from matcher.progress import progress
from seeds.load import load


@click.group()
def commands() -> None:
    """Load the shipped library."""


@commands.command(
    epilog="""\b
    Examples:
      matcher seed
      matcher seed --force
      matcher seed --json""",
    short_help="Load the shipped library.",
)
@click.option("--force", is_flag=True, help="Overwrite rows that people have edited, too.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON.")
def seed(force: bool, as_json: bool) -> None:
    """Load 127 real products and 23 scenario needs, with demonstration organisations.

    Repeatable: a second load changes nothing, a changed row is updated, and a row that people have edited is left alone
    and reported (--force overwrites it). Exit codes: 0 loaded, 1 failed, 2 bad usage or bad files.
    """
    settings = load_settings()
    sessions = open_sessions(settings)
    with progress(message("seed", settings.language)) as report_progress:
        report = load(sessions, force=force, progress=report_progress, language=settings.language)
    if as_json:
        print_json(report.to_json())
        return
    counts = report.to_json() | {"edited": len(report.edited)}
    click.echo(message("seed-done", settings.language, **counts))
    for row in report.edited:
        click.echo(message("seed-edited", settings.language, row=row), err=True)
