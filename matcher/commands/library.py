"""Commands on the stored library: score it, list a need's shortlist, explain a pair."""

from typing import Any

import click
from sqlalchemy.orm import Session

from matcher.actions.runs import RunReport, full_run
from matcher.codes.labels import label
from matcher.commands import explanation
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.output import console, new_table, points, print_json
from matcher.commands.words import word
from matcher.engine import Explanation, Scorer, load_library
from matcher.models import Match, Need, Product
from matcher.profiles import profile_of_need, profile_of_product, today
from matcher.progress import progress
from matcher.queries import matches, needs, products
from matcher.queries.needs import NeedRow, list_needs
from matcher.queries.runs import latest_run
from matcher.settings import Settings
from matcher.states import NeedStatus, ProductStatus, RunStatus
from matcher.transaction import reading

TITLE_LENGTH = 40
"""Characters of a need's text that stand in for a missing title."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON; scores in hundredths of a point.")


@click.group()
def commands() -> None:
    """Commands on the stored library."""


@commands.command(
    epilog="""\b
    Examples:
      matcher run
      matcher run --force --json""",
    short_help="Score the whole library and store it.",
)
@click.option("--force", is_flag=True, help="Score even where nothing has changed since the last run.")
@json_option
def run(force: bool, as_json: bool) -> None:
    """Score every open need against every listed product and store the shortlists.

    A run that was interrupted goes on where it stopped. Prints each need's best match.
    """
    settings = load_settings()
    sessions = open_sessions(settings)
    with progress(word("scoring", settings.language)) as report_progress:
        report = full_run(sessions, settings, report_progress, force=force)
    with reading(sessions) as session:
        rows = list_needs(session, floor=settings.floor, status=NeedStatus.OPEN, limit=None)
    if as_json:
        print_json(_report_json(report, settings) | {"needs": [_need_json(row) for row in rows]})
    else:
        _print_run(report, rows, settings)


@commands.command(
    epilog="""\b
    Examples:
      matcher shortlist SC-01
      matcher --language en shortlist SC-01 --json""",
    short_help="List the best products for a need.",
)
@click.argument("need_key", metavar="NEED")
@json_option
def shortlist(need_key: str, as_json: bool) -> None:
    """List the products for NEED (a reference or an id), best first, with their parts."""
    settings = load_settings()
    with reading(open_sessions(settings)) as session:
        need = needs.get_need(session, need_key)
        found = needs.get_shortlist(session, need)
        ranked = matches.shortlist(session, need)
        reason = found.reason if found else None
        if as_json:
            listed = {"reason": reason, "matches": [_match_json(match) for match in ranked]}
            print_json({"need": _side_json(need), "scored": found is not None} | listed)
            return
        out = console()
        out.print(_headline(need, settings.language))
        if found is None and not ranked:
            out.print(word("not-scored", settings.language))
        elif reason:
            out.print(word(f"reason-{reason}", settings.language))
        if ranked:
            out.print(_shortlist_table(ranked, settings.language))


@commands.command(
    epilog="""\b
    Examples:
      matcher explain SC-01 GZ-02b
      matcher explain SC-01 GZ-02b --json""",
    short_help="Say why a product has its score.",
)
@click.argument("need_key", metavar="NEED")
@click.argument("product_key", metavar="PRODUCT")
@json_option
def explain(need_key: str, product_key: str, as_json: bool) -> None:
    """Say why PRODUCT has its score for NEED (references or ids).

    Works for any pair, also one that a hard rule excludes, which is then named.
    """
    settings = load_settings()
    language = settings.language
    with reading(open_sessions(settings)) as session:
        need, product = needs.get_need(session, need_key), products.get_product(session, product_key)
        why, stored = _explanation(session, need, product)
        if as_json:
            sides = {"need": _side_json(need), "product": _side_json(product)}
            print_json(sides | {"excluded": why.excluded, "stored": stored} | why.breakdown)
            return
        out = console()
        out.print(_headline(need, language))
        out.print(_headline(product, language))
        if why.excluded:
            rule = word(f"rule-{why.excluded}", language)
            out.print(word("excluded", language, rule=rule), style="bold red")
        out.print(f"{word('score', language)}: {points(why.breakdown['score'])}", style="bold")
        out.print(explanation.render(why.breakdown, language))


def _explanation(session: Session, need: Need, product: Product) -> tuple[Explanation, bool]:
    """The pair's stored breakdown where the last run's still holds, else one made now from the whole library."""
    match = matches.of_pair(session, need, product)
    last = latest_run(session)
    on_offer = need.status is NeedStatus.OPEN and product.status is ProductStatus.LISTED
    finished = last is not None and last.status is RunStatus.FINISHED
    if match and last and on_offer and finished and match.run_id == last.id and _is_of_today(match):
        return Explanation(match.breakdown, None), True
    scorer = Scorer.for_library(load_library(session))
    return scorer.explain(profile_of_need(need), profile_of_product(product, today())), False


def _is_of_today(match: Match) -> bool:
    return (match.need_version, match.product_version) == (match.need.version, match.product.version)


def _print_run(report: RunReport, rows: list[NeedRow], settings: Settings) -> None:
    language = settings.language
    floor = f"{settings.floor / 100:g}"
    out = console()
    if rows:
        codes = ("need", "title", "best-product", "title", "score")
        headings = [word(code, language) for code in codes]
        table = new_table(*headings, word("at-floor", language, floor=floor), right=(4, 5))
        for row in rows:
            table.add_row(row.need.external_ref, _title(row.need), *_best_cells(row, language), str(row.at_floor))
        out.print(table)
    else:
        out.print(word("no-needs", language))
    if report.skipped:
        out.print(word("run-skipped", language))
        return
    if report.resumed_at:
        out.print(word("run-resumed", language, position=report.resumed_at))
    figures = {"needs": report.needs, "products": report.products, "matches": report.matches}
    out.print(word("run-done", language, seconds=report.seconds, **figures))


def _best_cells(row: NeedRow, language: str) -> tuple[str, str, str]:
    if row.best:
        return row.best.product.external_ref, row.best.product.title, points(row.best.score)
    reason = row.shortlist.reason if row.shortlist else None
    return "—", word(f"reason-{reason}", language) if reason else "—", "—"


def _shortlist_table(ranked: list[Match], language: str) -> Any:
    codes = ("rank", "product", "title", "provider", "status", "score", "parts")
    table = new_table(*(word(code, language) for code in codes), right=(0, 5))
    for match in ranked:
        product = match.product
        table.add_row(
            word("left-shortlist", language) if match.rank is None else str(match.rank),
            product.external_ref,
            product.title,
            product.provider or product.organisation.name,
            label(match.status, language),
            points(match.score),
            explanation.short(match.breakdown, language),
        )
    return table


def _headline(row: Need | Product, language: str) -> str:
    """Invented details are marked wherever an organisation is shown: a whole buyer, a provider's contacts."""
    wanted = isinstance(row, Need)
    kind, who = (word(code, language) for code in (("need", "buyer") if wanted else ("product", "provider")))
    mark = ""
    if row.organisation.demonstration:
        mark = f" [{word('demonstration' if wanted else 'demonstration-contacts', language)}]"
    return f"{kind} {row.external_ref} {_title(row)}  {who}: {row.organisation.name}{mark}"


def _title(row: Need | Product) -> str:
    if row.title or isinstance(row, Product):
        return row.title
    text = " ".join(row.text.split())
    return text if len(text) <= TITLE_LENGTH else f"{text[:TITLE_LENGTH]}…"


def _side_json(row: Need | Product) -> dict[str, Any]:
    organisation = row.organisation
    return {
        "id": str(row.id),
        "external_ref": row.external_ref,
        "title": row.title,
        "organisation": {"external_ref": organisation.external_ref, "name": organisation.name}
        | {"demonstration": organisation.demonstration},
    }


def _match_json(match: Match) -> dict[str, Any]:
    return {
        "id": str(match.id),
        "rank": match.rank,
        "status": match.status,
        "points": match.score,
        "product": _side_json(match.product),
        "breakdown": match.breakdown,
    }


def _need_json(row: NeedRow) -> dict[str, Any]:
    best = row.best
    return {
        "need": row.need.external_ref,
        "id": str(row.need.id),
        "title": row.need.title,
        "best": best and {"product": best.product.external_ref, "title": best.product.title, "points": best.score},
        "at_floor": row.at_floor,
        "reason": row.shortlist.reason if row.shortlist else None,
    }


def _report_json(report: RunReport, settings: Settings) -> dict[str, Any]:
    return {
        "run": str(report.run_id),
        "fingerprint": report.fingerprint,
        "skipped": report.skipped,
        "resumed_at": report.resumed_at,
        "needs_total": report.needs,
        "products_total": report.products,
        "matches_stored": report.matches,
        "seconds": round(report.seconds, 3),
        "floor": settings.floor,
    }
