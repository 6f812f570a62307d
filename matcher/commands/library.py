"""Commands on the stored library: score it, list a need's shortlist, explain a pair."""

from typing import Any

import click

from matcher.actions.runs import RunReport, full_run
from matcher.codes.facets import rule_label
from matcher.codes.labels import label
from matcher.commands import bundles, explanation
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.output import console, new_table, points, print_json
from matcher.commands.words import word
from matcher.meaning import open_meaning, open_reranking, remark_text
from matcher.models import Match, Need, Product
from matcher.near_miss_texts import with_texts
from matcher.pair import explain_pair
from matcher.progress import progress
from matcher.queries import matches, needs, products
from matcher.queries.bundles import stored_bundles
from matcher.queries.needs import NeedRow, list_needs
from matcher.sentence import sentence
from matcher.settings import Settings
from matcher.states import NeedStatus
from matcher.transaction import reading
from matcher.vectors import DatabaseVectors

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
    with progress(word("scoring", settings.language)) as bar:
        embedding = bar.on(word("embedding", settings.language))
        report = full_run(sessions, settings, bar, embedding_progress=embedding, force=force)
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
    """List the products for NEED (a reference or an id), best first, with their parts.

    Below them stand bundles: products that cover clearly more together than any one does.
    """
    settings = load_settings()
    with reading(open_sessions(settings)) as session:
        need = needs.get_need(session, need_key)
        found = needs.get_shortlist(session, need)
        ranked = matches.shortlist(session, need)
        reason = found.reason if found else None
        together = stored_bundles(session, found)
        if as_json:
            alike = matches.alike_products(session, ranked)
            listed: dict[str, Any] = {"reason": reason}
            listed["matches"] = [_match_json(match, alike[match.id], settings.language) for match in ranked]
            listed["bundles"] = [bundles.as_json(bundle) for bundle in together]
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
            for match in ranked:
                out.print(f"{match.product.external_ref}  {sentence(match.breakdown, settings.language)}")
        if together:
            out.print(word("bundles", settings.language), style="bold")
        for bundle in together:
            for line in bundles.lines(bundle, settings.language):
                out.print(line)


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

    Works for any pair, also one that a hard rule excludes, which is then named. Where the match is below the floor or
    lacks a must-have, it says which changes to the listing would lift it.
    """
    settings = load_settings()
    language = settings.language
    sessions = open_sessions(settings)
    meaning, missing = open_meaning(settings, DatabaseVectors(sessions))
    reranking, unready = open_reranking(settings)
    with reading(sessions) as session:
        need, product = needs.get_need(session, need_key), products.get_product(session, product_key)
        pair = explain_pair(session, need, product, settings.floor, meaning, reranking)
        why, lift = pair.explanation, pair.near_miss.to_json() if pair.near_miss else None
        said = sentence(why.breakdown, language, why.excluded)
        for remark in pair.remarks if pair.stored else [*missing, *unready, *pair.remarks]:
            click.echo(remark_text(remark, language), err=True)
        if as_json:
            sides = {"need": _side_json(need), "product": _side_json(product)}
            facts = {"excluded": why.excluded, "stored": pair.stored, "sentence": said}
            print_json(sides | facts | why.breakdown | {"near_miss": lift and with_texts(lift, language)})
            return
        out = console()
        out.print(_headline(need, language))
        out.print(_headline(product, language))
        out.print(said)
        if why.excluded:
            rule = rule_label(why.excluded, language)
            out.print(word("excluded", language, rule=rule), style="bold red")
        out.print(f"{word('score', language)}: {points(why.breakdown['score'])}", style="bold")
        out.print(explanation.render(why.breakdown, language))
        for line in explanation.near_miss_lines(lift, language) if lift else ():
            out.print(line)


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
    if report.resumed_at:
        out.print(word("run-resumed", language, position=report.resumed_at))
    if report.skipped:
        out.print(word("run-skipped", language))
    else:
        figures = {"needs": report.needs, "products": report.products, "matches": report.matches}
        out.print(word("run-done", language, seconds=report.seconds, **figures))
        if report.embedded:
            out.print(word("run-embedded", language, made=report.embedded, ready=report.vectors_reused))
        if report.reranked:
            out.print(word("run-reranked", language, pairs=report.reranked))
    for remark in report.remarks:
        out.print(remark_text(remark, language), style="yellow")


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
            f"{product.title} {word('alike', language, number=len(match.alike))}" if match.alike else product.title,
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


def _match_json(match: Match, alike: list[Product], language: str) -> dict[str, Any]:
    return {
        "id": str(match.id),
        "rank": match.rank,
        "status": match.status,
        "points": match.score,
        "product": _side_json(match.product),
        "alike": [_side_json(product) for product in alike],
        "sentence": sentence(match.breakdown, language),
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
        "embedded": report.embedded,
        "vectors_reused": report.vectors_reused,
        "reranked": report.reranked,
        "remarks": [remark | {"text": remark_text(remark, settings.language)} for remark in report.remarks],
        "seconds": round(report.seconds, 3),
        "floor": settings.floor,
    }
