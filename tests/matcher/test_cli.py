"""The command line: every command answers, failures are one message, exit codes mean what they say."""

import shlex
import signal
import subprocess
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session, sessionmaker

from matcher.cli import GROUP, program
from tests.program import PROGRAM, Run


def walk(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all commands below ``command``."""
    if not isinstance(command, click.Group):
        return [path]
    with click.Context(command) as context:
        names = command.list_commands(context)
        return [found for name in names for found in walk(command.get_command(context, name) or command, (*path, name))]


@pytest.mark.parametrize("path", walk(program), ids=" ".join)
def test_every_command_explains_itself_with_examples(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(program, [*path, "--help"])
    assert result.exit_code == 0
    assert "Examples:" in result.output
    assert "matcher " + " ".join(path) in result.output


def test_every_package_adds_its_commands() -> None:
    names = {path[0] for path in walk(program)}
    assert names >= {"init", "run", "shortlist", "explain", "staff", "doctor", "rank", "evaluate"}
    assert len(entry_points(group=GROUP)) >= 6


@pytest.mark.parametrize("command", [("run",), ("shortlist", "X"), ("explain", "X", "Y"), ("staff", "list")])
def test_without_a_database_every_command_says_what_to_do(
    matcher: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = matcher("--language", "en", *command)
    assert done.returncode == 1
    assert done.stderr == f"Error: there is no database at {tmp_path}/matcher.db yet; `matcher init` makes it\n"
    assert not (tmp_path / "matcher.db").exists()


def test_a_database_without_tables_is_one_message(matcher: Run, tmp_path: Path) -> None:
    (tmp_path / "matcher.db").touch()
    done = matcher("--language", "en", "staff", "list")
    assert done.returncode == 1
    assert "the database refused: no such table" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables", "said"),
    [
        (("frob",), {}, "No such command"),
        (("shortlist",), {}, "Missing argument"),
        (("doctor",), {"MATCHER_PORT": "x"}, "MATCHER_PORT: 'x' is not right; give a whole number"),
        (("--language", "fr", "doctor"), {}, "--language"),
        (("doctor",), {"MATCHER_LANGUAGE": "fr"}, "MATCHER_LANGUAGE"),
    ],
)
def test_bad_usage_and_bad_settings_exit_with_2(
    matcher: Run, arguments: tuple[str, ...], variables: dict[str, str], said: str
) -> None:
    done = matcher(*arguments, **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("language", "said"), [("zh_Hans", "matcher: 没有需求“X”\n"), ("en", "matcher: there is no need “X”\n")]
)
def test_what_is_not_there_is_named(matcher: Run, library: sessionmaker[Session], language: str, said: str) -> None:
    done = matcher("--language", language, "shortlist", "X")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def test_output_is_utf8_whatever_the_locale(environment: dict[str, str], library: sessionmaker[Session]) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*PROGRAM, "run"], capture_output=True, env=environment | plain, check=False, timeout=60)
    assert done.returncode == 0
    assert "名称" in done.stdout.decode()


def test_a_reader_that_has_enough_is_no_error(environment: dict[str, str], library: sessionmaker[Session]) -> None:
    script = f"{shlex.join(PROGRAM)} doctor | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)


def test_ctrl_c_ends_quietly_with_130(matcher: Run, library: sessionmaker[Session], monkeypatch: Any) -> None:
    def interrupted(*_arguments: Any, **_options: Any) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("matcher.commands.library.full_run", interrupted)
    done = matcher("run")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (128 + signal.SIGINT, "", "")
