"""A breakdown as people read it on a terminal: a bar for each part, then the words behind it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from matcher.codes.facets import facet_value
from matcher.commands.output import new_table, points
from matcher.commands.words import word
from matcher.near_miss_texts import change_text, outcome_text, state_text

BAR_WIDTH = 30
"""Characters of a full bar, which stands for 100 points."""

MARKS = {"covered": "✓", "partly": "◐", "missing": "✗"}


def render(breakdown: Mapping[str, Any], language: str) -> RenderableType:
    """The whole breakdown, as ``scoring.breakdown.Breakdown.to_json`` gives it."""
    parts = breakdown["parts"]
    return Group(_parts_table(parts, language), *(block for part in parts for block in _details(part, language)))


def near_miss_lines(near_miss: Mapping[str, Any], language: str) -> Iterator[str]:
    """What would lift a match (``scoring.near_miss.NearMiss.to_json``): how it stands, then change by change."""
    yield f"{word('near-miss', language)}: {state_text(near_miss, language)}"
    yield outcome_text(near_miss, language)
    for change in near_miss["changes"]:
        yield f"  → {change_text(change, language)}"


def short(breakdown: Mapping[str, Any], language: str) -> str:
    """Points by part in one line, the unknown ones left out."""
    known = [part for part in breakdown["parts"] if part["known"]]
    return " · ".join(f"{_name(part, language)} {points(part['points'])}" for part in known)


def _parts_table(parts: Iterable[Mapping[str, Any]], language: str) -> Table:
    table = new_table("", *(word(code, language) for code in ("weight", "value", "points")), "", right=(1, 2, 3))
    for part in parts:
        value = f"{part['value']:.0%}" if part["known"] else word("unknown", language)
        table.add_row(
            _name(part, language), f"{part['weight']:.2f}", value, points(part["points"]), _bar(part["points"])
        )
    return table


def _bar(hundredths: int) -> str:
    return "█" * round(hundredths / 10_000 * BAR_WIDTH) or ("▏" if hundredths else "")


def _name(part: Mapping[str, Any], language: str) -> str:
    return word(f"part-{part['part']}", language)


def _details(part: Mapping[str, Any], language: str) -> Iterator[RenderableType]:
    name = _name(part, language)
    if not part["known"]:
        code = "unknown-meaning" if part["part"] == "meaning" else "unknown-part"
        yield Text(word(code, language, part=name), style="dim")
        return
    match part["part"]:
        case "text":
            yield from _terms(part, language)
        case "meaning":
            yield from _meaning(part, language)
        case "tags":
            yield from _tags(part, language)
        case "elements":
            yield from _elements(part, language)
        case "facets":
            yield _facets(part, language)
        case "trust":
            yield _trust(part, language)


def _terms(part: Mapping[str, Any], language: str) -> Iterator[Text]:
    terms = [
        f"{term['asked'] + ' → ' if 'asked' in term else ''}{term['term']} {points(term['points'])}"
        for term in part["terms"]
    ]
    if part.get("other"):
        terms.append(f"{word('other-terms', language)} {points(part['other'])}")
    yield from _line("shared-terms", terms, language)


def _meaning(part: Mapping[str, Any], language: str) -> Iterator[Text]:
    said = [(word(code, language), part.get(code)) for code in ("likeness", "reranked")]
    yield from _line("nearness", [f"{name} {value:.0%}" for name, value in said if value is not None], language)


def _tags(part: Mapping[str, Any], language: str) -> Iterator[Text]:
    pairs = [f"{pair['need']} ↔ {pair['product']} {pair['similarity']:.0%}" for pair in part["pairs"]]
    yield from _line("tag-pairs", pairs, language)
    yield from _line("need-only", part["need_only"], language)
    yield from _line("product-only", part["product_only"], language)


def _elements(part: Mapping[str, Any], language: str) -> Iterator[Text]:
    for state, mark in MARKS.items():
        for entry in part[state]:
            text = f"{mark} {entry['element']}"
            if entry.get("must"):
                text += f" [{word('must', language)}]"
            if entry.get("by"):
                text += f" ← {entry['by']} {entry['share']:.0%}"
            yield Text(f"{text}  {word(state, language)}")


def _facets(part: Mapping[str, Any], language: str) -> Table:
    table = new_table(*(word(code, language) for code in ("facet", "state", "need", "product")))
    for facet in part["facets"]:
        name = facet["facet"]
        sides = [
            ", ".join(facet_value(name, value, language) for value in facet[side] or ()) for side in ("need", "product")
        ]
        table.add_row(
            word(f"facet-{name}", language), word(f"state-{facet['state']}", language), *(s or "—" for s in sides)
        )
    return table


def _trust(part: Mapping[str, Any], language: str) -> Text:
    facts = [(word(f"fact-{fact['fact']}", language), _fact(fact["value"], language)) for fact in part["facts"]]
    return Text(" · ".join(f"{name}: {value}" for name, value in facts))


def _fact(value: object, language: str) -> str:
    if value is None:
        return word("unknown", language)
    if isinstance(value, bool):
        return word("fact-yes" if value else "fact-no", language)
    return f"{value:.0%}" if isinstance(value, int | float) else str(value)


def _line(code: str, items: Iterable[str], language: str) -> Iterator[Text]:
    if text := " · ".join(items):
        yield Text(f"{word(code, language)}: {text}")
