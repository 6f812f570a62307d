"""The shipped library's rows as their files have them, and what a reader may conclude from them.

Nothing here asks the engine: texts are folded, compared and counted anew. Only the words of sectors, regions and
frequencies are taken as the loader maps them to codes.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import opencc

from matcher.files import read_needs, read_products

DATA = Path(__file__).parents[2] / "seeds" / "data"
FREQUENCIES = ["realtime", "minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly", "once"]
COLUMNS = {
    "sector": ("sectors", "sectors"),
    "region": ("regions", "regions"),
    "update_frequency": ("update_frequency", "update_frequency"),
    "delivery": ("delivery_modes", "delivery_modes"),
    "deal": ("deal_modes", "deal_modes"),
    "price": ("budget", "price_amount"),
    "freshness": ("fresh_since", "coverage_end"),
}
"""Facet → column of the need, column of the product."""

_SIMPLE = opencc.OpenCC("t2s")


@cache
def fold(text: str) -> str:
    """One width, simplified characters, small letters."""
    return str(_SIMPLE.convert(unicodedata.normalize("NFKC", text))).casefold()


@dataclass(frozen=True)
class Asked:
    """An element of a row."""

    name: str
    items: tuple[str, ...]
    must: bool

    @property
    def phrases(self) -> list[str]:
        """Name and items, folded."""
        return [fold(phrase) for phrase in (self.name, *self.items)]


@dataclass(frozen=True)
class Side:
    """A need or a product: its own words, and the codes that the loader made of some of them."""

    ref: str
    title: str
    text: str
    tags: tuple[str, ...]
    elements: tuple[Asked, ...]
    certificates: tuple[str, ...]
    filled: int
    codes: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, raw: Mapping[str, Any], loaded: Mapping[str, Any], place: int) -> "Side":
        """From a line of a file and what the loader makes of it; ``place`` 0 for needs, 1 for products."""
        filled = (
            "summary",
            "data_elements",
            "tags",
            "region",
            "volume",
            "update_frequency",
            "delivery",
            "deal",
            "price",
        )
        return cls(
            ref=str(raw["id"]),
            title=str(raw.get("title") or ""),
            text=str(raw.get("summary") or raw.get("purpose") or raw.get("text") or ""),
            tags=tuple(raw.get("tags") or ()),
            elements=tuple(map(_asked, raw.get("data_elements") or ())),
            certificates=tuple(raw.get("registration_nos") or ()),
            filled=sum(bool(raw.get(name)) for name in filled) + bool(loaded.get("sectors")),
            codes={facet: _said(loaded.get(columns[place])) for facet, columns in COLUMNS.items()},
        )

    @cached_property
    def pieces(self) -> list[str]:
        """Everything it says, folded; the text in clauses between its punctuation."""
        phrases = [phrase for element in self.elements for phrase in element.phrases]
        clauses = [clause for clause in re.split(r"[^\w℃%+\-]+", fold(self.text)) if clause]
        return [fold(self.title), *map(fold, self.tags), *phrases, *clauses]

    @cached_property
    def whole(self) -> str:
        """All its words on lines of their own."""
        return "\n".join([fold(self.text), *self.pieces])

    def says(self, unit: str) -> bool:
        """Whether ``unit`` is one of its phrases or a clause of its text."""
        bounded = rf"(?:^|[\W_]){re.escape(unit)}(?:$|[\W_])"
        return unit in self.pieces or re.search(bounded, fold(self.text)) is not None


def library() -> tuple[dict[str, Side], dict[str, Side]]:
    """The needs, scenarios and buyers' posts, and the products that ship, by their id."""
    needs = {row["external_ref"]: row for row in read_needs([DATA / "scenarios.jsonl", DATA / "dev_needs.json"])}
    products = {row["external_ref"]: row for row in read_products([DATA / "products.jsonl"])}
    return (
        {ref: Side.read(raw, needs[ref], 0) for ref, raw in raw_needs().items()},
        {raw["id"]: Side.read(raw, products[raw["id"]], 1) for raw in _lines(DATA / "products.jsonl")},
    )


def raw_needs() -> dict[str, dict[str, Any]]:
    """The needs that ship as their files have them, by their id."""
    posts = json.loads((DATA / "dev_needs.json").read_text(encoding="utf-8"))
    return {raw["id"]: raw for raw in (*_lines(DATA / "scenarios.jsonl"), *posts)}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def _asked(element: str | Mapping[str, Any]) -> Asked:
    if isinstance(element, str):
        return Asked(element, (), must=False)
    return Asked(element["name"], tuple(element.get("items") or ()), bool(element.get("must")))


def _said(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, date):
        return [value.isoformat()]
    return [*value] if isinstance(value, list | tuple) else [value]


def alike(left: str, right: str) -> float:
    """Twice the longest common subsequence over both lengths, by its textbook table."""
    left, right = fold(left), fold(right)
    row = [0] * (len(right) + 1)
    for letter in left:
        diagonal = 0
        for place, other in enumerate(right, start=1):
            above = row[place]
            row[place] = diagonal + 1 if letter == other else max(above, row[place - 1])
            diagonal = above
    return 2 * row[-1] / (len(left) + len(right))


@cache
def pairs_of(phrase: str) -> frozenset[str]:
    """Neighbouring characters of a folded phrase; the character itself where it has but one."""
    letters = "".join(letter if letter.isalnum() else " " for letter in phrase)
    return frozenset(a + b for a, b in pairwise(letters) if " " not in (a, b)) or frozenset(letters.strip())


def held(phrase: str, unit: str) -> float:
    """The share of a folded phrase's pairs that stand in a folded unit; words for data itself do not count."""
    wanted = pairs_of(re.sub("数据|信息|资料", "", phrase)) or pairs_of(phrase)
    return sum(pair in unit for pair in wanted) / max(1, len(wanted))


def valid_number(number: str) -> bool:
    """``SZ`` + 13 digits + ``.`` + their sum modulo 11, X for 10; or ``GZ`` + 13 digits."""
    national = re.fullmatch(r"SZ(\d{13})\.([\dX])", number)
    if national:
        return "0123456789X"[sum(map(int, national[1])) % 11] == national[2]
    return re.fullmatch(r"GZ\d{13}", number) is not None


def facet_state(facet: str, need: Sequence[Any], product: Sequence[Any]) -> str:
    """agree, partly, disagree or unknown, from what both sides say."""
    if not need or not product:
        return "unknown"
    match facet:
        case "region":
            met = [max(_within(wanted, code) for code in product) for wanted in need]
            value = sum(met) / len(met)
        case "update_frequency":
            late = FREQUENCIES.index(product[0]) - FREQUENCIES.index(need[0])
            value = 1 if late <= 0 else 0.5 if late == 1 else 0
        case "price":
            value = 1 if product[0] <= need[0] else 0.5 if product[0] <= 1.25 * need[0] else 0
        case "freshness":
            value = product[0] >= need[0]
        case _:
            value = bool(set(need) & set(product))
    return "agree" if value == 1 else "partly" if value else "disagree"


def _within(wanted: str, code: str) -> float:
    wanted, code = (("" if region == "100000" else re.sub("(00)+$", "", region)) for region in (wanted, code))
    return 1 if wanted.startswith(code) else 0.5 if code.startswith(wanted) else 0
