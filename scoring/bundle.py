"""Bundles 组合: two to four products that together cover more of a need than any one does.

A set covers an element as far as its best member does; a set's coverage is the weighted mean over the need's
elements. That is a facility-location function, monotone and submodular: taking the product that adds most, again and
again, reaches at least 1 − 1/e of the best set of that size (Nemhauser, Wolsey, Fisher, "An analysis of approximations
for maximizing submodular set functions", Mathematical Programming 14, 1978). It is taken over the whole library; then
every set of a few good candidates, the greedy ones among them, is tried, so the result is never worse than that bound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.elements import COVERED, coverage
from scoring.facets import exclusions
from scoring.index import Index
from scoring.pool import Rows, ranges
from scoring.profile import Element, ProductProfile, as_need, as_product
from scoring.weights import Weights

Shares = npt.NDArray[np.float64]

MOST = 4
"""Products in a bundle, at most: a buyer has to come to terms with every seller in it."""

MUST_WEIGHT = 2.0
"""A must-have element counts as much as this many others."""

LEAST_ADDED = 0.01
"""Every member adds at least this much of the weighted whole to the others: a twentieth of one element in five.
Listings seldom name all their data, so what they cover is little, and a higher bar would hide most bundles."""

_FEW = 8
"""How many of the best products for each element, and for all of them, are tried together."""

_CELLS = 4_000_000
"""Elements × sets of one size, up to which every set is tried: some 40 ms. Beyond, the greedy set stands."""

_CHUNK = 1 << 15
"""Sets compared at a time: their cells stay in the processor's cache."""

_DIGITS = 9
"""Sums of shares are compared to this many: what is equal on paper must tie."""


@dataclass(frozen=True, slots=True)
class Addition:
    """An element, and how far (0–1) a member, or a whole bundle, covers it."""

    element: Element
    share: float


@dataclass(frozen=True, slots=True)
class Member:
    """A product of a bundle and the elements that it covers best of all members; of equals the first has them."""

    product: ProductProfile
    adds: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands against taking some members together: ``kind`` is ``deal``, ``delivery`` (no mode in common) or
    ``data_class`` (different classes). ``values``: what each of ``products`` (ids) states."""

    kind: str
    products: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products that cover a need together, the one that adds most first.

    ``coverage`` and ``best_single``: the weighted share (0–1) of the need's elements that these products, and the best
    single product, cover. ``uncovered``: elements that stay below ``COVERED`` with the share that is reached.
    """

    members: tuple[Member, ...]
    coverage: float
    best_single: float
    uncovered: tuple[Addition, ...]

    @property
    def products(self) -> list[ProductProfile]:
        """The members' profiles."""
        return [member.product for member in self.members]

    @property
    def price(self) -> float | None:
        """All prices together in yuan; None where one is unknown or not comparable."""
        known = [product.price for product in self.products if product.price is not None]
        return sum(known) if len(known) == len(self.members) else None

    @property
    def conflicts(self) -> list[Conflict]:
        """What members state that does not go together. The unknown conflicts with nothing."""
        return list(_conflicts(self.products))

    def to_json(self) -> dict[str, Any]:
        """As stored with a shortlist; see docs/shortlists.md for the shape."""
        return {
            "products": [product.id for product in self.products],
            "coverage": round(self.coverage, 4),
            "best_single": round(self.best_single, 4),
            "members": [
                {"product": member.product.id, "adds": [_covered(added) for added in member.adds]}
                for member in self.members
            ],
            "uncovered": [_covered(left) for left in self.uncovered],
            "price": {"amount": self.price, "unknown": sum(product.price is None for product in self.products)},
            "conflicts": [
                {"kind": found.kind, "products": list(found.products), "values": [list(said) for said in found.values]}
                for found in self.conflicts
            ],
        }


def bundles(row: int, needs: Index, products: Index, columns: Rows, weights: Weights) -> list[Bundle]:
    """The bundles for the need in ``row``, the one that covers most first, at most one of each size; none where no set
    covers more than the best single product.

    ``columns``: the need's shortlist, best first. Of sets that cover the same, the one with fewer products stands, then
    the one whose products stand further up the shortlist; products behind it follow in the order of the index.
    """
    need = as_need(needs.profiles[row])
    if len(need.elements) < 2:
        return []
    rows, shares = _allowed(row, needs, products, columns, weights)
    importance = element_weights(need.elements)
    single = float((importance @ shares).max(initial=0))
    return [
        Bundle(
            members=tuple(_members(need.elements, shares, rows, chosen, products)),
            coverage=_covers(shares, importance, chosen),
            best_single=single,
            uncovered=tuple(
                Addition(element, float(share))
                for element, share in zip(need.elements, shares[:, chosen].max(axis=1), strict=True)
                if share < COVERED
            ),
        )
        for chosen in best_sets(shares, importance)
    ]


def element_weights(elements: Sequence[Element]) -> Shares:
    """How much of the need each element stands for, adding up to 1."""
    weight = np.array([MUST_WEIGHT if element.must else 1.0 for element in elements])
    return np.asarray(weight / weight.sum(), np.float64)


def best_sets(shares: Shares, weights: Shares, most: int = MOST) -> list[list[int]]:
    """The best set of each size from 2 to ``most``, the one that covers most first.

    ``shares``: (elements, products) 0–1, the preferred products first; ``weights``: (elements,) adding up to 1. A set
    is left out unless every member adds ``LEAST_ADDED`` to the others and the set that much to the best smaller one.
    Members stand in the order of what they add.
    """
    found: list[list[int]] = []
    ahead = float((weights @ shares).max(initial=0))
    near = greedy(shares, weights, most)
    few = candidates(shares, weights, near)
    for size in range(2, most + 1):
        small = comb(len(few), size) * len(shares) <= _CELLS
        chosen = _thinned(shares, weights, few[exact(shares[:, few], weights, size)].tolist() if small else near[:size])
        reached = _covers(shares, weights, chosen)
        if len(chosen) > 1 and reached >= ahead + LEAST_ADDED - 10**-_DIGITS:
            found.insert(0, _in_order(shares, weights, chosen))
            ahead = reached
    return found


def candidates(shares: Shares, weights: Shares, near: Sequence[int]) -> Rows:
    """The products worth trying together, ascending: the best few for each element and for all, and those ``near`` the
    best set; none that covers nothing, or no more of anything than another one does."""
    whole = np.round(weights @ shares, _DIGITS)
    best = np.argsort(-np.vstack([shares, whole]), axis=1, kind="stable")[:, :_FEW]
    few = np.union1d(best.ravel(), np.array(near, np.int64))
    few = few[whole[few] > 0]
    least, rest = shares[:, few, None], shares[:, None, few]
    at_least, more = (least >= rest).all(axis=0), (least > rest).any(axis=0)
    preferred = np.arange(len(few))[:, None] < np.arange(len(few))
    return np.asarray(few[~(at_least & (more | preferred)).any(axis=0)], np.int64)


def greedy(shares: Shares, weights: Shares, size: int) -> list[int]:
    """At most ``size`` products, each the one that adds most to those before it; none that adds nothing."""
    chosen: list[int] = []
    reached = np.zeros(len(shares))
    for _ in range(min(size, shares.shape[1])):
        added = np.round(weights @ np.maximum(shares - reached[:, None], 0), _DIGITS)
        best = int(added.argmax())
        if added[best] <= 0:
            break
        chosen.append(best)
        reached = np.maximum(reached, shares[:, best])
    return chosen


def exact(shares: Shares, weights: Shares, size: int) -> list[int]:
    """The set of ``size`` products that covers most, ascending; of equal ones the first in lexicographic order.

    All products where there are no more than ``size``.
    """
    count = shares.shape[1]
    if count <= size:
        return list(range(count))
    by_product = np.ascontiguousarray(shares.T)
    sets, reached = np.arange(count)[:, None], by_product
    for _ in range(size - 2):
        lines, added = _extended(sets, count)
        sets = np.column_stack([sets[lines], added])
        reached = np.maximum(reached[lines], by_product[added])
    lines, added = _extended(sets, count)
    best, place = -1.0, 0
    for start in range(0, len(lines), _CHUNK):
        part = slice(start, start + _CHUNK)
        covered = np.round(np.maximum(reached[lines[part]], by_product[added[part]]) @ weights, _DIGITS)
        first = int(covered.argmax())
        if covered[first] > best:
            best, place = float(covered[first]), start + first
    return [*sets[lines[place]].tolist(), int(added[place])]


def _extended(sets: Rows, count: int) -> tuple[Rows, Rows]:
    """Every set with every product behind its last one: the set's line and the product."""
    behind = count - 1 - sets[:, -1]
    return np.repeat(np.arange(len(sets)), behind), ranges(sets[:, -1] + 1, behind)


def _thinned(shares: Shares, weights: Shares, chosen: Sequence[int]) -> list[int]:
    """``chosen`` without the one that adds least, and again, until every member adds ``LEAST_ADDED`` to the others."""
    kept = list(chosen)
    while len(kept) > 1:
        whole = _covers(shares, weights, kept)
        added = [round(whole - _covers(shares, weights, [k for k in kept if k != one]), _DIGITS) for one in kept]
        if min(added) >= LEAST_ADDED:
            break
        # Of equal ones the last, the least preferred, goes.
        kept.pop(len(kept) - 1 - added[::-1].index(min(added)))
    return kept


def _in_order(shares: Shares, weights: Shares, chosen: Sequence[int]) -> list[int]:
    """``chosen`` by what each adds to those before it, the preferred one first where they add the same."""
    ordered = sorted(chosen)
    return [ordered[place] for place in greedy(shares[:, ordered], weights, len(ordered))]


def _covers(shares: Shares, weights: Shares, chosen: Sequence[int]) -> float:
    """The weighted share that a set covers."""
    return float(weights @ shares[:, list(chosen)].max(axis=1, initial=0))


def _allowed(row: int, needs: Index, products: Index, columns: Rows, weights: Weights) -> tuple[Rows, Shares]:
    """The products that no hard rule keeps from the need, the shortlist first, and how far each covers each of the
    need's elements: rows of ``products``, and (elements, products)."""
    eligible, supply = products.eligible
    every = np.arange(len(supply))
    allowed = exclusions(needs.facets, supply.facets, np.full(len(supply), row), every) < 0
    place = np.full(len(supply), len(columns))
    place[np.searchsorted(eligible, columns)] = np.arange(len(columns))
    order = np.argsort(place, kind="stable")
    order = order[allowed[order]]
    elements = needs.elements[row]
    shares = coverage(
        [(element,) for element in elements],
        needs.terms[np.full(len(elements), row)],
        supply,
        np.repeat(np.arange(len(elements)), len(order)),
        np.tile(order, len(elements)),
        weights.element_threshold,
    )
    return eligible[order], shares.reshape(len(elements), len(order))


def _members(
    elements: Sequence[Element], shares: Shares, rows: Rows, chosen: Sequence[int], products: Index
) -> Iterator[Member]:
    own = shares[:, chosen]
    best = np.where(own.max(axis=1) > 0, own.argmax(axis=1), -1)
    for number, place in enumerate(chosen):
        adds = [Addition(elements[n], float(own[n, number])) for n in np.flatnonzero(best == number).tolist()]
        yield Member(as_product(products.profiles[rows[place]]), tuple(adds))


def _covered(addition: Addition) -> dict[str, Any]:
    return {
        "element": addition.element.name,
        "share": round(addition.share, 4),
        "must": addition.element.must,
    }


def _conflicts(products: Sequence[ProductProfile]) -> Iterator[Conflict]:
    for kind in ("deal", "delivery"):
        stated = {product.id: modes for product in products if (modes := getattr(product, f"{kind}_modes"))}
        if stated and not set.intersection(*map(set, stated.values())):
            yield Conflict(kind, tuple(stated), tuple(stated.values()))
    classes = {product.id: (product.data_class,) for product in products if product.data_class}
    if len(set(classes.values())) > 1:
        yield Conflict("data_class", tuple(classes), tuple(classes.values()))
