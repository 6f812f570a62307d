"""Commands that work on files alone: rank needs against products, and evaluate a ranking against judged pairs."""

import json
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from matcher.commands.language import asked_language
from matcher.commands.output import check_writable, replacing
from matcher.errors import FieldProblem, InvalidInputError
from matcher.file_ranking import embedded, lines, read_sides
from matcher.files import read_judgments
from matcher.meaning import file_embedder, open_reranking, remark_on, remark_text, remarks_on_reranking
from matcher.messages import message
from matcher.progress import Report, progress
from matcher.remarks import Remark
from matcher.settings import Settings
from matcher.weights_file import read_weights
from scoring.errors import EncoderUnavailableError
from scoring.evaluation import Figures, Grades, Quality, judge
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.ranking import Ranked, rank
from scoring.reranking import Reranking
from scoring.weights import PARTS, Weights

_FILE = click.Path(path_type=Path)


@click.group()
def commands() -> None:
    """Work on files, without a database."""


def _sides(command: Any) -> Any:
    """The three options that both commands take."""
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
    weights = click.option(
        "--weights",
        callback=lambda _context, _option, path: read_weights(path, language=asked_language()) if path else Weights(),
        type=_FILE,
        help="JSON, as `matcher learn --out` writes it.  [default: the package's weights]",
    )
    return products(needs(weights(command)))


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
def rank_files(
    product_files: Sequence[Path], need_files: Sequence[Path], weights: Weights, top: int, out: Path | None
) -> None:
    """Rank the products of files for each need of files.

    Writes one line a need, in the order of their ids: {"need": id, "matches": [{"product": id, "score": 0-100, "parts":
    {part: points}}]}. The parts add up to the score; a part on which a side says nothing is not named. A need
    without any match gets a "reason". The order of the input makes no difference. How rare a word is, and so how much
    it counts, is learnt from the products given: with a handful of them scores say little.
    """
    language = asked_language()
    if out:
        check_writable(out, [*product_files, *need_files], "--out", language)
    needs, products = _read(product_files, need_files, None, language)
    with replacing(out) if out else nullcontext(sys.stdout) as stream, progress("ranking") as report:
        reranking = _reranking(language, lambda read: report(read, len(needs)))
        blocks = _watched(rank(needs, products, weights, top, reranking), len(needs), report)
        stream.writelines(lines(blocks, needs, products))
    _say(remarks_on_reranking(reranking), language)


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
    product_files: Sequence[Path],
    need_files: Sequence[Path],
    weights: Weights,
    judgment_files: Sequence[Path],
    as_json: bool,
) -> None:
    """Rank with the production engine and compare with judged pairs.

    Reports nDCG@10, MRR, P@5 and R@10 (relevant: grade 2 or 3), overall, by the prefix of the need's id before its
    first "-", and for the engine without each part. A product without a judgment has grade 0.
    """
    language = asked_language()
    judgments = read_judgments(judgment_files, language=language)
    needs, products = _read(product_files, need_files, judgments, language)
    warn_of_missing(needs, products, judgments, language)
    engines = [weights, *(weights.without(part) for part in PARTS)]
    reached = []
    with progress("evaluating") as report:
        asking = len(needs) * len(PARTS)  # the whole engine and all but the one without meaning
        reranking = _reranking(language, lambda read: report.on("reranking")(read, asking))
        for engine in engines:
            reached.append(judge(needs, products, engine, judgments, reranking))
            report(len(reached), len(engines))
    _say(remarks_on_reranking(reranking), language)
    whole, ablation = reached[0], dict(zip(PARTS, reached[1:], strict=True))
    if as_json:
        without = {part: figures.to_json() for part, figures in ablation.items()}
        click.echo(json.dumps(whole.to_json() | {"ablation": without}))
    else:
        _print(whole, ablation)


def _read(
    product_files: Sequence[Path], need_files: Sequence[Path], only: Container[str] | None, language: str
) -> tuple[Index, Index]:
    """Both sides, embedded where the settings say so; without the part meaning where the encoder fails, which is said
    on standard error."""
    embedder, remarks = file_embedder(Settings.from_environment())
    with progress("reading") as report:
        sides = read_sides(product_files, need_files, only, language=language, report=report)
        try:
            if embedder:
                sides = embedded(*sides, Meaning(embedder), report.on("embedding"))
        except EncoderUnavailableError as error:
            remarks.append(remark_on(error))
    _say(remarks, language)
    return sides


def _reranking(language: str, report: Callable[[int], None]) -> Reranking | None:
    """The reranker that the settings name; that it cannot be set up is said on standard error."""
    reranking, remarks = open_reranking(Settings.from_environment(), report=report)
    _say(remarks, language)
    return reranking


def _say(remarks: Iterable[Remark], language: str) -> None:
    for remark in remarks:
        click.echo(remark_text(remark, language), err=True)


def warn_of_missing(needs: Index, products: Index, judgments: Mapping[str, Grades], language: str) -> None:
    """Say on standard error which judgments speak of rows that were not given; a slip in an id looks like a bad
    engine."""
    judged = {product for grades in judgments.values() for product in grades}
    lost_needs, lost_products = len(judgments.keys() - needs.rows.keys()), len(judged - products.rows.keys())
    if lost_products == len(judged):
        raise InvalidInputError([FieldProblem("judgments", message("judges-none", language), "judges-none")])
    if lost_needs or lost_products:
        click.echo(message("judged-missing", language, needs=lost_needs, products=lost_products), err=True)


def _watched(blocks: Iterable[Ranked], total: int, report: Report) -> Iterator[Ranked]:
    """The blocks, telling of each when it is done."""
    for ranked in blocks:
        yield ranked
        report(ranked.first + len(ranked.bounds) - 1, total)


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
