"""Commands that work on files alone: rank needs against products, and evaluate a ranking against judged pairs."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.table import Table

from matcher.commands.language import asked_language
from matcher.errors import FieldProblem, InvalidInputError
from matcher.file_ranking import lines, read_sides
from matcher.files import Judgments, read_judgments
from matcher.messages import message
from matcher.progress import Report, progress
from scoring.evaluation import Figures, Quality, judge
from scoring.index import Index
from scoring.ranking import Ranked, rank
from scoring.weights import PARTS, Weights

_FILE = click.Path(path_type=Path)


@click.group()
def commands() -> None:
    """Work on files, without a database."""


def _sides(command: Any) -> Any:
    """The two options that both commands take."""
    needs = click.option(
        "--needs",
        "need_files",
        type=_FILE,
        multiple=True,
        required=True,
        help="JSON Lines or a JSON array; repeatable.",
    )
    products = click.option(
        "--products",
        "product_files",
        type=_FILE,
        multiple=True,
        required=True,
        help="JSON Lines or an array; repeatable.",
    )
    return products(needs(command))


@commands.command(
    "rank",
    epilog="""\b
    Examples:
      matcher rank --products products.jsonl --needs needs.jsonl --top 5
      matcher rank --products ours.jsonl --products theirs.jsonl --needs needs.json --out matches.jsonl""",
)
@_sides
@click.option("--top", type=click.IntRange(1, 1000), default=20, show_default=True, help="Matches for each need.")
@click.option("--out", type=_FILE, help="File to write; standard output if not given. Replaced only when complete.")
def rank_files(product_files: Sequence[Path], need_files: Sequence[Path], top: int, out: Path | None) -> None:
    """Rank the products of files for each need of files.

    Writes one line a need, in the order of their ids: {"need": id, "matches": [{"product": id, "score": 0-100, "parts":
    {part: points}}]}. The parts add up to the score; a part on which a side says nothing is not named. A need
    without any match gets a "reason". The order of the input makes no difference. How rare a word is, and so how much
    it counts, is learnt from the products given: with a handful of them scores say little.
    """
    language = asked_language()
    if out:
        _check_out(out, [*product_files, *need_files], language)
    with progress("reading") as report:
        needs, products = read_sides(product_files, need_files, language=language, report=report)
    with _opened(out) as stream, progress("ranking") as report:
        blocks = _watched(rank(needs, products, Weights(), top), len(needs), report)
        stream.writelines(lines(blocks, needs, products))


@commands.command(
    "evaluate",
    epilog="""\b
    Examples:
      matcher evaluate --products products.jsonl --needs needs.jsonl --judgments grades.tsv
      matcher evaluate --products p.jsonl --needs a.jsonl --needs b.json --judgments grades.tsv --json""",
)
@_sides
@click.option(
    "--judgments", "judgment_files", type=_FILE, multiple=True, required=True, help="need<TAB>product<TAB>grade 0-3."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate_files(
    product_files: Sequence[Path], need_files: Sequence[Path], judgment_files: Sequence[Path], as_json: bool
) -> None:
    """Rank with the production engine and compare with judged pairs.

    Reports nDCG@10, MRR, P@5 and R@10 (relevant: grade 2 or 3), overall, by the prefix of the need's id before its
    first "-", and for the engine without each part. A product without a judgment has grade 0.
    """
    language = asked_language()
    judgments = read_judgments(judgment_files, language=language)
    with progress("reading") as report:
        needs, products = read_sides(product_files, need_files, judgments, language=language, report=report)
    _warn_of_missing(needs, products, judgments, language)
    engines = [Weights(), *(Weights().without(part) for part in PARTS)]
    reached = []
    with progress("evaluating") as report:
        for weights in engines:
            reached.append(judge(needs, products, weights, judgments))
            report(len(reached), len(engines))
    whole, ablation = reached[0], dict(zip(PARTS, reached[1:], strict=True))
    if as_json:
        without = {part: figures.to_json() for part, figures in ablation.items()}
        click.echo(json.dumps(whole.to_json() | {"ablation": without}))
    else:
        _print(whole, ablation)


def _warn_of_missing(needs: Index, products: Index, judgments: Judgments, language: str) -> None:
    """Say on standard error which judgments speak of rows that were not given; a slip in an id looks like a bad
    engine."""
    judged = {product for grades in judgments.values() for product in grades}
    lost_needs, lost_products = len(judgments.keys() - needs.rows.keys()), len(judged - products.rows.keys())
    if lost_products == len(judged):
        raise InvalidInputError([FieldProblem("judgments", message("judges-none", language), "judges-none")])
    if lost_needs or lost_products:
        click.echo(message("judged-missing", language, needs=lost_needs, products=lost_products), err=True)


def _check_out(out: Path, inputs: Sequence[Path], language: str) -> None:
    """Refuse a result that could not be written, before the work and not after it."""
    problem = (
        "out-is-directory"
        if out.is_dir()
        else "out-folder"
        if not out.parent.is_dir()
        else "out-is-input"
        if any(given.exists() and out.exists() and out.samefile(given) for given in inputs)
        else None
    )
    if problem:
        path = out.parent if problem == "out-folder" else out
        raise click.BadParameter(message(problem, language, path=path), param_hint="--out")


def _watched(blocks: Iterable[Ranked], total: int, report: Report) -> Iterator[Ranked]:
    """The blocks, telling of each when it is done."""
    for ranked in blocks:
        yield ranked
        report(ranked.first + len(ranked.bounds) - 1, total)


@contextmanager
def _opened(out: Path | None) -> Iterator[IO[str]]:
    """Standard output, or a new file that takes the place of ``out`` once the block has ended well."""
    if out is None:
        yield sys.stdout
        return
    fresh = out.with_name(f"{out.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8") as stream:
            yield stream
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


def _print(whole: Figures, ablation: Mapping[str, Figures]) -> None:
    table = Table("engine", "needs", *_columns(whole.overall))
    figures = {"all needs": whole.overall, **whole.groups}
    for name, quality in figures.items():
        table.add_row(name, str(quality.needs), *_cells(quality))
    table.add_section()
    for part, without in ablation.items():
        for name, quality in {"all needs": without.overall, **without.groups}.items():
            table.add_row(f"{name}, without {part}", str(quality.needs), *_cells(quality))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _columns(quality: Quality) -> list[str]:
    return [name for name in quality.to_json() if name != "needs"]


def _cells(quality: Quality) -> Iterator[str]:
    return (f"{quality.to_json()[name]:.3f}" for name in _columns(quality))
