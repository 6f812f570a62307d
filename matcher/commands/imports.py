"""``matcher import``: what exchanges already list, into the library or into a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import click

from matcher.actions.listings import import_listings
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.language import asked_language
from matcher.commands.output import check_writable, print_json, replacing
from matcher.commands.words import word
from matcher.listing_csv import ListingFile, write_rejects
from matcher.listing_profile import load_profile
from matcher.listings import ListingReader, Refused, accepted, as_json_line, parse_ids
from matcher.progress import progress

MOST_SHOWN = 20
"""Problems told on standard error; the reject file has them all."""

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the results go."""

    to: Path | None
    rejects: Path
    dry_run: bool
    as_json: bool


@click.group()
def commands() -> None:
    """Take in what exchanges already list."""


@commands.group("import", short_help="Take in an exchange's listings.")
def imports() -> None:
    """Take in what exchanges already list."""


@imports.command(
    epilog="""\b
    Examples:
      matcher import listings listings.csv --profile gzdex --dry-run
      matcher import listings listings.csv --profile our-exchange.json --rejects wrong.csv
      matcher import listings listings.csv --profile gzdex --to products.jsonl --ids 'guiyang:{row:04d}'""",
    short_help="Read an exchange's CSV into products.",
)
@click.argument("file", type=_FILE)
@click.option("--profile", required=True, help="gzdex, or the path of a .json file: which column feeds which field.")
@click.option("--to", type=_FILE, help="Write JSON Lines for rank and evaluate, instead of storing the products.")
@click.option("--ids", help="With --to: ids made from {row}, counted from 0, or {ref}.  [default: {ref}]")
@click.option("--rejects", type=_FILE, help="Where rows that fail are kept.  [default: FILE with .rejects.csv]")
@click.option("--dry-run", is_flag=True, help="Say what would be done; store and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON.")
@click.pass_context
def listings(
    context: click.Context,
    file: Path,
    profile: str,
    to: Path | None,
    ids: str | None,
    rejects: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read the listings in FILE, a CSV in UTF-8, into products, one organisation for each seller.

    Repeatable: an unchanged listing is left untouched, a changed one updated, one that people have edited left alone
    and reported. Rows that fail are told by line and field and kept in a reject file, with the reason; all others are
    stored. Thin and repeated descriptions are marked for staff. Exit codes: 0 all rows are in, 1 some were rejected, 2
    bad usage, profile or file.
    """
    language = asked_language()
    if ids and not to:
        raise click.BadParameter(word("import-ids-need-to", language), param_hint="--ids")
    read = load_profile(profile, language=language)
    source = ListingFile(file, read.needed(), language=language)
    asked = Asked(to, rejects or file.with_suffix(".rejects.csv"), dry_run, as_json)
    if rejects or not dry_run:
        check_writable(asked.rejects, [file], "--rejects", language)
    if to:
        check_writable(to, [file, asked.rejects], "--to", language)
    make_ids = parse_ids(ids or "{ref}", language=language) if to else None
    refused = _take_in(ListingReader(source, read, make_ids), asked, language)
    if refused and not dry_run:
        with replacing(asked.rejects, encoding="utf-8-sig", errors="surrogateescape") as stream:
            write_rejects(stream, source.columns, ((each.row.cells, _reason(each)) for each in refused))
        click.echo(word("import-rejects", language, path=asked.rejects), err=True)
    context.exit(int(bool(refused)))


def _take_in(reader: ListingReader, asked: Asked, language: str) -> list[Refused]:
    """Store or write what is good, tell what came of it, and return what is not."""
    refused: list[Refused] = []
    total = reader.file.count()
    with progress(word("importing", language)) as report:
        good = accepted(reader, total, refused, report)
        if asked.to and not asked.dry_run:
            with replacing(asked.to) as stream:
                summary: dict[str, Any] = {"written": sum(bool(stream.write(as_json_line(each))) for each in good)}
        elif asked.to:
            summary = {"written": sum(1 for _ in good)}
        else:
            sessions = open_sessions(load_settings())
            summary = import_listings(sessions, good, dry_run=asked.dry_run).to_json()
    _tell(summary | {"rejected": len(refused)}, refused, asked, language)
    return refused


def _tell(summary: dict[str, Any], refused: Sequence[Refused], asked: Asked, language: str) -> None:
    problems = list(chain.from_iterable(each.problems for each in refused))
    for problem in problems[:MOST_SHOWN]:
        click.echo(problem, err=True)
    if len(problems) > MOST_SHOWN:
        click.echo(word("import-more", language, count=len(problems) - MOST_SHOWN), err=True)
    edited = summary.get("edited", [])
    for ref in edited:
        click.echo(word("import-edited", language, ref=ref), err=True)
    if asked.as_json:
        kept = str(asked.rejects) if refused and not asked.dry_run else None
        print_json(summary | {"rejects": kept, "dry_run": asked.dry_run})
        return
    code = "import-written" if asked.to else "import-done"
    click.echo(word(code, language, **summary | {"edited": len(edited)}))
    if asked.dry_run:
        click.echo(word("import-dry", language))


def _reason(refused: Refused) -> str:
    """All that is wrong with a row, each with line and field."""
    return "; ".join(": ".join(filter(None, (str(p.line), p.field, p.message))) for p in refused.problems)
