"""The one command line, ``matcher``: each package adds its own commands through the entry-point group below.

Exit codes: 0 done, 1 failed, 2 bad usage or bad input, 130 interrupted.
"""

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points, version
from io import TextIOWrapper
from typing import IO, Any, NoReturn

import click

from matcher.commands.words import failure_text, word
from matcher.errors import AmbiguousReferenceError, InvalidInputError, MatcherError, NotFoundError, SettingsError
from matcher.messages import LANGUAGES
from scoring.errors import ScoringError

GROUP = "matcher.commands"
DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
BAD_INPUT_FAILURES = (InvalidInputError, SettingsError, NotFoundError, AmbiguousReferenceError)


class CommandError(click.ClickException):
    """A failure of the domain as the command line tells it: one message on standard error."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it to ``file``, standard error by default."""
        click.echo(f"matcher: {self.message}", file=file, err=True)


class BadInputError(CommandError):
    """A failure that lies in what was given."""

    exit_code = BAD_INPUT


class Program(click.Group):
    """The commands of every installed package in one list. A package is imported only when its commands are wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names, sorted; a package that cannot be imported is named on standard error and left out."""
        names: set[str] = set()
        for point in _points():
            try:
                names |= set(_load(point).commands)
            except click.ClickException as error:
                error.show()
        return sorted(names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, looked for first in the entry point of its own name."""
        for point in sorted(_points(), key=lambda point: point.name != cmd_name):
            if found := _load(point).commands.get(cmd_name):
                return found
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the domain raises becomes a CommandError in the language asked for."""
        language = ctx.params.get("language") or LANGUAGES[0]
        try:
            return super().invoke(ctx)
        except BAD_INPUT_FAILURES as error:
            raise BadInputError(failure_text(error, language)) from error
        except (MatcherError, ScoringError) as error:
            raise CommandError(failure_text(error, language)) from error
        except BrokenPipeError:  # the reader, such as `head`, has seen enough: click ends quietly
            raise
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename}" if error.filename else str(error)) from error
        except _database_errors() as error:
            reason = (str(error.orig).strip().splitlines() or [type(error.orig).__name__])[0]
            raise CommandError(word("database-refused", language, reason=reason)) from error


def _database_errors() -> tuple[type[Any], ...]:
    """SQLAlchemy's errors, where a command has loaded it. Loading it here would cost `rank` half a second for
    nothing."""
    loaded = sys.modules.get("sqlalchemy.exc")
    return (loaded.DBAPIError,) if loaded else ()


@click.command(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
    Examples:
      matcher init && matcher seed && matcher run
      matcher shortlist SC-01
      matcher explain SC-01 GZ-02b
    \b
    Settings are MATCHER_* variables; `matcher doctor` explains each.""",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    envvar="MATCHER_LANGUAGE",
    show_envvar=True,
    help="Language of tables and explanations.  [default: zh_Hans]",
)
@click.version_option(version("exchange-matcher"), package_name="exchange-matcher", prog_name="matcher")
def program(language: str | None) -> None:
    """Exchange Matcher 供需撮合引擎: rank data needs against data products, and say why."""
    del language  # read by matcher.commands.context, from the root context


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and exit. Failures become one message on standard error, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = program.main(arguments, prog_name="matcher", standalone_mode=False)
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return result if isinstance(result, int) else DONE


def _points() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def _load(point: EntryPoint) -> click.Group:
    """The group behind an entry point. Raises ClickException naming what it lacks to be imported."""
    try:
        group = point.load()
    except (ImportError, AttributeError) as error:
        raise click.ClickException(f"the commands of {point.value} cannot be loaded: {error}") from error
    if not isinstance(group, click.Group):
        raise click.ClickException(f"{point.value} is no group of commands")
    return group
