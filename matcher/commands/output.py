"""What commands print: tables that are whole wherever they go, and JSON for programs."""

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

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
