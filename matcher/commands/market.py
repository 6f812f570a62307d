"""Commands on the market as a whole: what nobody sells, and who is seen."""

from typing import Any

import click

from matcher.codes.sectors import sector_label
from matcher.commands.context import load_settings, open_sessions
from matcher.commands.output import console, new_table, print_json
from matcher.commands.words import word
from matcher.models import Organisation, Run
from matcher.queries.exposure import Exposure
from matcher.queries.exposure import exposure as read_exposure
from matcher.queries.gaps import StoredGap, latest_gaps
from matcher.transaction import reading


@click.group()
def commands() -> None:
    """Commands on the market as a whole."""


@commands.command(
    epilog="""\b
    Examples:
      matcher gaps
      matcher gaps --top 10 --json""",
    short_help="List what buyers want and nobody sells.",
)
@click.option("--top", type=click.IntRange(1), default=50, show_default=True, help="How many gaps.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def gaps(top: int, as_json: bool) -> None:
    """List the gaps in supply that the latest finished run found, those that most buyers want first.

    With each stand the needs behind it, how much of it any product covers, and the sellers that come nearest.
    """
    settings = load_settings()
    with reading(open_sessions(settings)) as session:
        run, found = latest_gaps(session)
        if as_json:
            print_json({"run": str(run.id) if run else None, "gaps": [_gap_json(gap) for gap in found[:top]]})
            return
        _print_gaps(run, found, top, settings.language)


@commands.command(
    epilog="""\b
    Examples:
      matcher exposure
      matcher exposure --json""",
    short_help="Compare sellers' places with their supply.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; shares from 0 to 1.")
def exposure(as_json: bool) -> None:
    """Compare each seller's share of first places and first pages with its share of the listed products.

    Sorted by the ratio of first places to supply, highest first.
    """
    settings = load_settings()
    with reading(open_sessions(settings)) as session:
        rows = read_exposure(session)
        if as_json:
            print_json([_exposure_json(row) for row in rows])
            return
        out = console()
        out.print(_exposure_table(rows, settings.language) if rows else word("no-sellers", settings.language))


def _print_gaps(run: Run | None, found: list[StoredGap], top: int, language: str) -> None:
    out = console()
    if run is None:
        out.print(word("not-scored", language))
    elif not found:
        out.print(word("no-gaps", language))
    else:
        codes = ("wanted", "buyers", "need", "sectors", "best-cover", "sellers-to-approach")
        table = new_table(*(word(code, language) for code in codes), right=(1, 4))
        for gap in found[:top]:
            table.add_row(*_gap_cells(gap, language))
        out.print(table)
        if len(found) > top:
            out.print(word("gaps-more", language, number=len(found) - top))


def _gap_cells(gap: StoredGap, language: str) -> tuple[str, ...]:
    comma = ", " if language == "en" else "、"
    others = [phrase for phrase in gap.phrases if phrase != gap.label][:2]
    shown = gap.needs[:5]
    more = gap.need_count - len(shown)
    needs = comma.join(need.external_ref for need in shown)
    return (
        f"{gap.label} ({comma.join(others)})" if others else gap.label,
        str(gap.buyer_count),
        f"{needs} +{more}" if more > 0 else needs,
        comma.join(sector_label(code, language) for code in gap.sectors),
        f"{gap.share:.0%}",
        comma.join(
            f"{seller.product.provider or seller.product.organisation.name} {seller.product.external_ref}"
            for seller in gap.sellers
        ),
    )


def _gap_json(gap: StoredGap) -> dict[str, Any]:
    return {
        "label": gap.label,
        "phrases": gap.phrases,
        "buyer_count": gap.buyer_count,
        "buyers": [_organisation_json(buyer) for buyer in gap.buyers],
        "need_count": gap.need_count,
        "needs": [{"id": str(need.id), "external_ref": need.external_ref, "title": need.title} for need in gap.needs],
        "sectors": gap.sectors,
        "share": gap.share,
        "sellers": [
            {
                "organisation": _organisation_json(seller.product.organisation),
                "product": seller.product.external_ref,
                "title": seller.product.title,
                "share": seller.share,
                "similarity": seller.similarity,
            }
            for seller in gap.sellers
        ],
    }


def _organisation_json(organisation: Organisation) -> dict[str, str]:
    return {"external_ref": organisation.external_ref, "name": organisation.name}


def _exposure_table(rows: list[Exposure], language: str) -> Any:
    codes = ("provider", "supply", "first-places", "first-pages", "ratio")
    table = new_table(*(word(code, language) for code in codes), right=(1, 2, 3, 4))
    for row in rows:
        counted = (
            (row.supply, row.supply_share),
            (row.first_places, row.first_share),
            (row.page_places, row.page_share),
        )
        cells = (f"{number} ({share:.1%})" for number, share in counted)
        table.add_row(row.seller.name, *cells, "—" if row.ratio is None else f"{row.ratio:.2f}")
    return table


def _exposure_json(row: Exposure) -> dict[str, Any]:
    names = ("supply", "supply_share", "first_places", "first_share", "page_places", "page_share", "ratio")
    return {"organisation": _organisation_json(row.seller)} | {name: getattr(row, name) for name in names}
