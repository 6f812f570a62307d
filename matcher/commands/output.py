"""What commands print: tables that are whole wherever they go, and JSON for programs."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.table import Table

from matcher.messages import message

UNBOUNDED = 100_000
"""Columns of a console that is no terminal: a table in a file or a pipe is never cut or wrapped."""


def console() -> Console:
    """A console on standard output, as wide as the terminal, or unbounded where there is none."""
    return Console(width=None if sys.stdout.isatty() else UNBOUNDED, highlight=False, markup=False, emoji=False)


def new_table(*headings: str, right: tuple[int, ...] = (), title: str | None = None) -> Table:
    """An empty table; the columns numbered in ``right`` hold numbers. On a narrow terminal cells wrap, whole."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", overflow="fold")
    return table


def print_json(value: Any) -> None:
    """JSON on standard output, Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def points(hundredths: int | None) -> str:
    """A score as people read it, 73.25; a dash where there is none."""
    return "—" if hundredths is None else f"{hundredths / 100:.2f}"


def check_writable(path: Path, inputs: Sequence[Path], option: str, language: str) -> None:
    """Refuse a result that could not be written, before the work and not after it. Raises BadParameter."""
    problem = (
        "out-is-directory"
        if path.is_dir()
        else "out-folder"
        if not path.parent.is_dir()
        else "out-is-input"
        if any(_same_file(path, given) for given in inputs)
        else None
    )
    if problem:
        named = path.parent if problem == "out-folder" else path
        raise click.BadParameter(message(problem, language, path=named), param_hint=option)


def _same_file(path: Path, other: Path) -> bool:
    return path.samefile(other) if path.exists() and other.exists() else path.resolve() == other.resolve()


@contextmanager
def replacing(path: Path, *, encoding: str = "utf-8", errors: str = "strict") -> Iterator[IO[str]]:
    """A new file that takes the place of ``path`` once the block has ended well."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding=encoding, errors=errors, newline="\n") as stream:
            yield stream
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
