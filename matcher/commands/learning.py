"""``matcher learn``: weights from judged pairs, compared with those at work, put to work, taken back."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
from click.core import ParameterSource
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.promotions import promote, roll_back
from matcher.commands.comparison import comparison_json, comparison_tables, promotion_json, promotions_table
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.files import warn_of_missing
from matcher.commands.output import check_writable, console, print_json, replacing
from matcher.commands.words import failure_text, word
from matcher.learning import JudgedFiles, judged_rulings, load_rulings, read_judged
from matcher.meaning import OFF, file_embedder, open_meaning, remark_text
from matcher.progress import progress
from matcher.queries.promotions import Active, list_promotions, read_active
from matcher.remarks import Remark
from matcher.settings import Settings
from matcher.transaction import reading, writing
from matcher.vectors import DatabaseVectors
from matcher.weights_file import read_weights, weights_text
from scoring.comparison import SEEDS, Comparison, compare
from scoring.errors import EncoderUnavailableError, LearningRefusedError
from scoring.judged import Judged
from scoring.meaning import Meaning

LEARN_ACTOR, ROLL_BACK_ACTOR = "command:learn", "command:learn-rollback"

RULINGS = "decisions"
"""The name of the collection that staff's rulings make."""

_FILE = click.Path(path_type=Path)


@click.group()
def commands() -> None:
    """Learn the weights."""


@commands.group(
    invoke_without_command=True,
    epilog="""\b
    Examples:
      matcher learn --dry-run
      matcher learn --decisions --collection products.jsonl needs.jsonl,more.json grades.tsv
      matcher learn --collection products.jsonl needs.jsonl grades.tsv --dry-run --out weights.json
      matcher learn list
      matcher learn rollback""",
    short_help="Learn the weights anew and promote them if they are better.",
)
@click.option(
    "--collection",
    "collections",
    nargs=3,
    multiple=True,
    metavar="PRODUCTS NEEDS JUDGMENTS",
    help="A judged library in files, as `evaluate` takes them; several of a kind joined by commas. Repeatable.",
)
@click.option("--decisions", is_flag=True, help="With --collection: learn from staff's decisions too.")
@click.option("--dry-run", is_flag=True, help="Compare and show; promote nothing.")
@click.option("--weights", "given", type=_FILE, help="With --dry-run: compare with these, not with those at work.")
@click.option("--out", type=_FILE, help="Write the learnt weights, better or not, for rank and evaluate --weights.")
@click.option("--seeds", type=click.IntRange(1, 20), default=SEEDS, show_default=True, help="Divisions into folds.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def learn(
    context: click.Context,
    collections: Sequence[tuple[str, str, str]],
    decisions: bool,
    dry_run: bool,
    given: Path | None,
    out: Path | None,
    seeds: int,
    as_json: bool,
) -> None:
    """Learn the weights of the parts anew, from staff's decisions or from judged files, and promote them if they are
    better than those at work.

    They are if, on needs that they were not learnt from, nDCG@10 rises by more than noise, no group of needs loses more
    than 0.01, and scores still tell chances. What was promoted is the engine's from the next `matcher run` on. Exit
    codes: 0 promoted or shown, 1 refused, naming the rule, 2 bad usage or bad files.
    """
    if context.invoked_subcommand:
        _refuse_options(context)
        return
    settings = load_settings()
    language = settings.language
    if given and not dry_run:
        raise click.BadParameter(word("learn-weights-dry", language), param_hint="--weights")
    files = [JudgedFiles.parse(collection) for collection in collections]
    present = read_weights(given, language=language) if given else None
    if out:
        check_writable(out, [path for each in files for path in each.paths], "--out", language)
    ruled = decisions or not files
    sessions = _sessions(settings, needed=ruled or not dry_run, wanted=given is None)
    active = Active(present) if present else _active(sessions, language)
    judged = _read(files, settings) + (_ruled(sessions, settings) if sessions and ruled else [])
    with progress(word("learning", language)) as report:
        comparison = compare(judged, active.weights, seeds, report)
    if out:
        with replacing(out) as stream:
            stream.write(weights_text(comparison.learnt))
    _conclude(comparison, active, given, None if dry_run else sessions, language, as_json=as_json)


@learn.command(
    "list",
    epilog="""\b
    Examples:
      matcher learn list
      matcher learn list --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_all(as_json: bool) -> None:
    """List all promotions, newest first: who, when, with which figures, and which one is at work."""
    settings = load_settings()
    with reading(open_sessions(settings)) as session:
        promotions, active = list_promotions(session), read_active(session)
    if as_json:
        print_json([promotion_json(promotion, active) for promotion in promotions])
    elif promotions:
        console().print(promotions_table(promotions, active, settings.language))
    else:
        click.echo(word("no-promotions", settings.language))


@learn.command(
    epilog="""\b
    Examples:
      matcher learn rollback
      matcher learn rollback 0197c2d4-6c1e-7000-8000-3f2a9b0c1d2e""",
    short_help="Take the newest promotion back.",
)
@click.argument("promotion", type=click.UUID, required=False)
def rollback(promotion: UUID | None) -> None:
    """Take the newest promotion back: from the next `matcher run` on the weights before it are at work again.

    PROMOTION, an id of `matcher learn list`, guards against taking back another one that was made meanwhile.
    """
    settings = load_settings()
    language = settings.language
    with writing(open_sessions(settings)) as session:
        taken = roll_back(session, promotion, actor=ROLL_BACK_ACTOR)
        active = read_active(session)
    click.echo(word("rolled-back", language, promotion=taken.id, source=_source(active, None, language)))


def _refuse_options(context: click.Context) -> None:
    """``learn --dry-run rollback`` would roll back for all that."""
    for name in context.params:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(word("learn-options", load_settings().language))


def _sessions(settings: Settings, *, needed: bool, wanted: bool) -> sessionmaker[Session] | None:
    """Sessions on the database; where it is not needed, only if it is wanted and there."""
    path = settings.sqlite_path
    there = wanted and (path is None or path.exists())
    return open_sessions(settings) if needed or there else None


def _active(sessions: sessionmaker[Session] | None, language: str) -> Active:
    """The weights at work, where there is a database to ask."""
    if sessions is None:
        return Active.defaults()
    with reading(sessions) as session:
        active = read_active(session)
    _say(active.remarks, language)
    return active


def _read(files: Sequence[JudgedFiles], settings: Settings) -> list[Judged]:
    """The libraries in files. Without the encoder nothing is learnt: the other weights would make up for it."""
    if not files:
        return []
    language = settings.language
    embedder, remarks = file_embedder(settings)
    meaning = _wanted(Meaning(embedder) if embedder else None, remarks, settings)
    judged: list[Judged] = []
    for each in files:
        name = _unused(each.name, [RULINGS, *(other.name for other in judged)])
        with progress(word("embedding", language)) as report:
            judged.append(read_judged(each, name, meaning, language=language, report=report))
        warn_of_missing(judged[-1].needs, judged[-1].products, judged[-1].judgments, language)
    _say(remarks, language)
    return judged


def _wanted(meaning: Meaning | None, remarks: Sequence[Remark], settings: Settings) -> Meaning | None:
    """``meaning``, None only where the settings say so. Raises EncoderUnavailableError."""
    if meaning is None and settings.embeddings != OFF:
        raise EncoderUnavailableError("; ".join(remark["detail"] for remark in remarks))
    return meaning


def _ruled(sessions: sessionmaker[Session], settings: Settings) -> list[Judged]:
    """Staff's rulings, without the encoder no more than those. Their texts are embedded after the reading: vectors are
    written by other transactions."""
    with reading(sessions) as session:
        rulings = load_rulings(session)
    meaning, remarks = open_meaning(settings, DatabaseVectors(sessions))
    meaning = _wanted(meaning, remarks, settings)
    _say(remarks, settings.language)
    return [judged_rulings(rulings, RULINGS, meaning)] if rulings.grades else []


def _conclude(
    comparison: Comparison,
    active: Active,
    given: Path | None,
    sessions: sessionmaker[Session] | None,
    language: str,
    *,
    as_json: bool,
) -> None:
    """Show the comparison, and promote what was learnt through ``sessions``, without which this is a dry run."""
    refused = promotion = None
    try:
        comparison.check()
    except LearningRefusedError as error:
        refused = error
    if not as_json:
        click.echo(word("learn-against", language, source=_source(active, given, language)))
        console().print(*comparison_tables(comparison, language), sep="\n")
    if sessions and not refused:
        seen = active.promotion.id if active.promotion else None
        with writing(sessions) as session:
            promotion = promote(session, comparison, seen, actor=LEARN_ACTOR)
    if as_json:
        print_json(comparison_json(comparison, active, refused, promotion, dry_run=sessions is None))
    elif promotion:
        click.echo(word("promoted", language, promotion=promotion.id))
    elif sessions is None:
        click.echo(failure_text(refused, language) if refused else word("learn-would", language))
        click.echo(word("learn-dry", language))
    if refused and sessions:
        raise refused


def _source(active: Active, given: Path | None, language: str) -> str:
    """Where weights come from."""
    if given:
        return str(given)
    if active.promotion is None or active.problem:
        return word("weights-defaults", language)
    return word("weights-promotion", language, promotion=active.promotion.id)


def _unused(name: str, used: Sequence[str]) -> str:
    return name if name not in used else next(n for n in (f"{name}-{i}" for i in range(2, 1000)) if n not in used)


def _say(remarks: Sequence[Remark], language: str) -> None:
    for remark in remarks:
        click.echo(remark_text(remark, language), err=True)
