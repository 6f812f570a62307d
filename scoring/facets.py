"""Facets: what both sides state in codes and numbers, compared one by one; and the hard rules.

Every facet of a pair agrees (1), agrees partly (0.5), disagrees (0) or is unknown (NaN) because a side says nothing.
Coded facets are compared once for every two *different* statements and looked up for the pairs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from scoring.pool import Rows
from scoring.profile import NeedProfile, ProductProfile, Profile, as_need
from scoring.weights import FACETS

Values = npt.NDArray[np.float64]
Codes = tuple[str, ...]

FREQUENCIES = ("realtime", "minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly", "once")
"""Update frequencies, most often first."""

RULES = (
    "not_listed",
    "need_closed",
    "core_class",
    "own_product",
    "excluded_delivery",
    "excluded_deal",
    "certificate_required",
)
"""The hard rules, by the names that explanations use; the first that holds is given."""

_PRICE_SLACK = 1.25
"""Up to this multiple of the budget a price still agrees partly: prices are talked over."""


@dataclass(frozen=True, eq=False)
class Coded:
    """One statement a row, different ones kept once: ``values`` and ``codes`` int32 (rows,)."""

    values: list[Codes]
    codes: npt.NDArray[np.int32]

    @classmethod
    def build(cls, rows: Sequence[Codes]) -> Self:
        """Collect statements; the order of codes within one does not matter."""
        places: dict[Codes, int] = {}
        codes = [places.setdefault(tuple(sorted(row)), len(places)) for row in rows]
        return cls(list(places), np.array(codes, np.int32))

    def take(self, rows: Rows) -> Self:
        """Only these rows."""
        return type(self)(self.values, self.codes[rows])

    def join(self, other: Self) -> Self:
        """The rows of both, these first."""
        places = {value: i for i, value in enumerate(self.values)}
        moved = np.array([places.setdefault(value, len(places)) for value in other.values], np.int32)
        return type(self)(list(places), np.concatenate([self.codes, moved[other.codes] if len(moved) else other.codes]))


CODED = (
    "sectors",
    "regions",
    "update_frequency",
    "delivery_modes",
    "deal_modes",
    "excluded_delivery",
    "excluded_deal",
    "owner",
)
NUMBERS = ("amount", "day", "trust", "blocked")


@dataclass(frozen=True, eq=False)
class FacetColumns:
    """The facets of one side, a column each.

    ``coded``: the names of CODED. ``numbers``, float64 (rows,): ``amount`` in yuan (price or budget), ``day`` as
    ordinal (updated on, or fresh since), ``trust`` 0–1 (products), each NaN where unknown; ``blocked``: a bit field of
    what the hard rules need.
    """

    coded: dict[str, Coded]
    numbers: dict[str, Values]

    @classmethod
    def build(cls, profiles: Sequence[Profile]) -> Self:
        """Read the facets off profiles."""
        coded = {name: Coded.build([_statement(profile, name) for profile in profiles]) for name in CODED}
        numbers = {name: np.array([_number(profile, name) for profile in profiles], np.float64) for name in NUMBERS}
        return cls(coded, numbers)

    def take(self, rows: Rows) -> Self:
        """Only these rows."""
        coded = {name: column.take(rows) for name, column in self.coded.items()}
        return type(self)(coded, {name: column[rows] for name, column in self.numbers.items()})

    def join(self, other: Self) -> Self:
        """The rows of both, these first."""
        coded = {name: column.join(other.coded[name]) for name, column in self.coded.items()}
        return type(self)(
            coded, {name: np.concatenate([column, other.numbers[name]]) for name, column in self.numbers.items()}
        )

    @cached_property
    def flags(self) -> Rows:
        """``numbers["blocked"]`` as integers."""
        return self.numbers["blocked"].astype(np.int64)


BLOCKED, CORE, UNCERTIFIED = 1, 2, 4
"""Bits of ``blocked``: not listed or not open; class 核心数据; certificate run out (product) or required (need)."""


def agreement(needs: FacetColumns, products: FacetColumns, rows: Rows, columns: Rows) -> Values:
    """The state of every facet of each pair (need ``rows[k]``, product ``columns[k]``): (pairs, len(FACETS))."""

    def compared(name: str, compare: Callable[[Codes, Codes], float]) -> Values:
        return _lookup(needs.coded[name], products.coded[name], rows, columns, compare)

    budget, price = needs.numbers["amount"][rows], products.numbers["amount"][columns]
    since, updated = needs.numbers["day"][rows], products.numbers["day"][columns]
    states = {
        "sector": compared("sectors", _overlap),
        "region": compared("regions", region_agreement),
        "update_frequency": compared("update_frequency", _often_enough),
        "delivery": compared("delivery_modes", _shared),
        "deal": compared("deal_modes", _shared),
        "price": np.select(
            [np.isnan(budget) | np.isnan(price), price <= budget, price <= budget * _PRICE_SLACK],
            [np.nan, 1.0, 0.5],
            0.0,
        ),
        "freshness": np.where(np.isnan(since) | np.isnan(updated), np.nan, (updated >= since).astype(np.float64)),
    }
    return np.stack([states[name] for name in FACETS], axis=1)


def exclusions(needs: FacetColumns, products: FacetColumns, rows: Rows, columns: Rows) -> npt.NDArray[np.int8]:
    """Which hard rule keeps each pair apart: the index in RULES, −1 for none. The unknown excludes nothing."""
    need, product = needs.flags[rows], products.flags[columns]

    def all_refused(offered: str, refused: str) -> npt.NDArray[np.bool_]:
        answers = _lookup(needs.coded[refused], products.coded[offered], rows, columns, _refused)
        return np.equal(answers, 1)

    holds = {
        "not_listed": product & BLOCKED > 0,
        "need_closed": need & BLOCKED > 0,
        "core_class": product & CORE > 0,
        "own_product": _same(needs.coded["owner"], products.coded["owner"], rows, columns),
        "excluded_delivery": all_refused("delivery_modes", "excluded_delivery"),
        "excluded_deal": all_refused("deal_modes", "excluded_deal"),
        "certificate_required": need & product & UNCERTIFIED > 0,
    }
    return np.select([holds[rule] for rule in RULES], np.arange(len(RULES)), -1).astype(np.int8)


def region_agreement(wanted: Codes, covered: Codes) -> float:
    """How far GB/T 2260 codes ``covered`` meet those ``wanted``: each met in full by itself or a region around it, in
    part (0.5) by a region within it; the mean over the wanted ones."""
    stems = [_stem(code) for code in covered]
    met = [
        1.0
        if any(_stem(code).startswith(stem) for stem in stems)
        else 0.5
        if any(stem.startswith(_stem(code)) for stem in stems)
        else 0.0
        for code in wanted
    ]
    return sum(met) / len(met)


def _stem(code: str) -> str:
    """The digits that a region shares with all within it: 520000 → 52, 520100 → 5201, 100000 (全国) → nothing."""
    if code == "100000":
        return ""
    while code.endswith("00"):
        code = code[:-2]
    return code


def _shared(wanted: Codes, offered: Codes) -> float:
    return float(not set(wanted).isdisjoint(offered))


def _overlap(wanted: Codes, offered: Codes) -> float:
    """Jaccard: a listing that names every industry says less of each."""
    return len(set(wanted) & set(offered)) / len(set(wanted) | set(offered))


def _refused(refused: Codes, offered: Codes) -> float:
    return float(set(offered) <= set(refused))


def _often_enough(wanted: Codes, offered: Codes) -> float:
    late = FREQUENCIES.index(offered[0]) - FREQUENCIES.index(wanted[0])
    return 1.0 if late <= 0 else 0.5 if late == 1 else 0.0


def _lookup(
    needs: Coded, products: Coded, rows: Rows, columns: Rows, compare: Callable[[Codes, Codes], float]
) -> Values:
    """``compare`` for each pair of statements, NaN where either is blank; every two different statements compared
    once."""
    left, right = needs.codes[rows], products.codes[columns]
    keys, places = np.unique(left.astype(np.int64) * max(1, len(products.values)) + right, return_inverse=True)
    table = np.full(len(keys), np.nan)
    for place, key in enumerate(keys.tolist()):
        wanted, offered = needs.values[key // len(products.values)], products.values[key % len(products.values)]
        if wanted and offered:
            table[place] = compare(wanted, offered)
    return table[places]


def _same(needs: Coded, products: Coded, rows: Rows, columns: Rows) -> npt.NDArray[np.bool_]:
    """Whether both state the same, where they state anything. Owners are too many to be compared two by two."""
    places = {value: place for place, value in enumerate(products.values) if value}
    answers = np.array([places.get(value, -1) for value in needs.values], np.int32)
    return np.equal(answers[needs.codes[rows]] if len(answers) else needs.codes[rows], products.codes[columns])


def _statement(profile: Profile, name: str) -> Codes:
    if name == "owner":
        return (profile.owner,) if profile.owner else ()
    if name == "update_frequency":
        return (profile.update_frequency,) if profile.update_frequency else ()
    if name.startswith("excluded"):
        return getattr(profile, f"{name}_modes") if isinstance(profile, NeedProfile) else ()
    codes: Codes = getattr(profile, name)
    return codes


def _number(profile: Profile, name: str) -> float:
    if isinstance(profile, ProductProfile):
        value = _PRODUCT_NUMBERS[name](profile)
    else:
        value = _NEED_NUMBERS[name](as_need(profile))
    return float("nan") if value is None else float(value)


def _day(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def trust(product: ProductProfile) -> float | None:
    """Mean of what is known of a product's standing: a valid certificate (1 or 0) and the filled share of its
    fields."""
    facts = [float(fact) for fact in (product.certified, product.filled) if fact is not None]
    return sum(facts) / len(facts) if facts else None


_PRODUCT_NUMBERS: dict[str, Callable[[ProductProfile], float | None]] = {
    "amount": lambda product: product.price,
    "day": lambda product: _day(product.covers_until),
    "trust": trust,
    "blocked": lambda product: (
        BLOCKED * (not product.listed)
        + CORE * (product.data_class == "core")
        + UNCERTIFIED * (product.certificate_expired and not product.certified)
    ),
}
_NEED_NUMBERS: dict[str, Callable[[NeedProfile], float | None]] = {
    "amount": lambda need: need.budget,
    "day": lambda need: _day(need.fresh_since),
    "trust": lambda _need: None,
    "blocked": lambda need: BLOCKED * (not need.open) + UNCERTIFIED * need.requires_certificate,
}
