"""Near misses 差一点: the smallest set of changes to a product's listing that would lift a match.

Every claim is true by construction: each changed profile is indexed and scored by the engine itself, all variants of
one size at once. Single changes are tried first, then pairs, then triples of the most promising; the smallest set that
lifts the match stands, of equal ones the one with the highest score. A match is lifted when no hard rule keeps it
apart, all must-have elements are covered and its score reaches the floor.

Embedding hundreds of variants would take half a minute. While sets are tried, what several new elements mean together
is therefore taken to be the sum of what each one does to the listing's vector (cosine to the true one 0.99 for three);
what is found is embedded, scored and, if it does not hold, passed over. A reranker is not asked about variants: what it
said of the pair is taken to stay as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import Any

import numpy as np

from scoring.elements import COVERED, covers
from scoring.facets import RULES
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.ranking import score_one, with_reranked
from scoring.semantic import Vectors, quantised
from scoring.tfidf import TermStatistics
from scoring.weights import FACETS, Weights

MOST = 3
"""Changes tried together, besides those without which nothing can be lifted."""

CHECKED = 3
"""Sets of one size that are embedded, if need be, to see whether they hold."""

PROMISING = 12
"""Of the single changes those that bring most are tried together: 66 pairs, 220 triples."""

OTHER = "other"
"""Stands for any mode that the buyer does not refuse, where the buyer names none that is welcome."""


Set = tuple[int, ...]
"""Changes by their place among the possible ones, ascending."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the seller can do.

    ``kind``: ``element`` (say that ``element`` with ``items`` is in the data), ``listed`` (list the product),
    ``certificate`` (have a valid one), or the facet to bring to what the need asks for, ``value``. ``had``: whether the
    listing says something else now, or covers part of the element. ``refused``: modes that do not serve, where
    ``value`` is OTHER. ``gain``: hundredths of a point that this change brings by itself.
    """

    kind: str
    element: str = ""
    items: tuple[str, ...] = ()
    must: bool = False
    value: tuple[str | float, ...] = ()
    refused: tuple[str, ...] = ()
    had: bool = False
    gain: int = 0

    def to_json(self) -> dict[str, Any]:
        """As given to clients: what says nothing for this kind is left out."""
        if self.kind == "element":
            facts: dict[str, Any] = {"element": self.element, "items": list(self.items), "must": self.must}
        elif self.kind in ("listed", "certificate"):
            facts = {}
        else:
            facts = {"value": [value for value in self.value if value != OTHER], "refused": list(self.refused)}
        return {"kind": self.kind, "gain": self.gain, "had": self.had} | facts


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What keeps a match from counting, and what would lift it.

    ``changes``, what cannot be left out first, then what brings most: together they lead from ``score_before`` to
    ``score_after`` (hundredths). ``reaches``: whether that lifts the match; if not, they are the best steps found
    towards it. ``excluded``: the hard rule that keeps the pair apart now. ``musts``: how many must-have elements are
    covered now, of how many; ``missing``: the others' names.
    """

    floor: int
    changes: tuple[Change, ...]
    score_before: int
    score_after: int
    reaches: bool
    musts: tuple[int, int]
    missing: tuple[str, ...]
    excluded: str | None

    def to_json(self) -> dict[str, Any]:
        """As given to clients; scores in hundredths of a point."""
        return {
            "floor": self.floor,
            "score_before": self.score_before,
            "score_after": self.score_after,
            "reaches": self.reaches,
            "musts": {"have": self.musts[0], "of": self.musts[1], "missing": list(self.missing)},
            "excluded": self.excluded,
            "changes": [change.to_json() for change in self.changes],
        }


def near_miss(
    need: NeedProfile,
    product: ProductProfile,
    statistics: TermStatistics,
    weights: Weights,
    floor: int,
    meaning: Meaning | None = None,
    reranked: float | None = None,
) -> NearMiss | None:
    """What would lift ``product`` for ``need``; None where nothing has to be lifted. ``floor`` in hundredths of a
    point; ``reranked``: what a reranker said of the pair. Raises EncoderUnavailableError."""
    return _Search(need, product, statistics, weights, floor, meaning, reranked).result()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one variant of the product stands. ``rule``: −1 for none; ``missing``: must-haves that are not covered."""

    changes: Set
    score: int
    rule: int
    missing: int
    lifted: bool

    @property
    def order(self) -> tuple[bool, int, int, int]:
        """Better ones first; of equal ones fewer changes, then those offered first."""
        return self.rule >= 0, self.missing, -self.score, len(self.changes)


class _Search:
    """The variants of one product for one need. Changes go by their place in ``possible``."""

    def __init__(
        self,
        need: NeedProfile,
        product: ProductProfile,
        statistics: TermStatistics,
        weights: Weights,
        floor: int,
        meaning: Meaning | None,
        reranked: float | None,
    ) -> None:
        self.need, self.product, self.statistics, self.reranked = need, product, statistics, reranked
        self.weights, self.floor, self.meaning = weights, floor, meaning
        self.needs = Index.build([need], statistics, meaning)
        self.shifts = _Shifts(meaning, product) if meaning else None
        self.possible: list[Change] = []
        self.known: dict[tuple[Set, bool], _Outcome] = {}
        (self.now,) = self._outcomes([()])
        self.possible = list(_possible(self.need, product, self.facets, self.shares))

    def result(self) -> NearMiss | None:
        if self.now.lifted:
            return None
        required = self._required()
        (least,) = self._outcomes([required])
        found = self._best(required) if least.rule < 0 else self.now
        musts = [element.must for element in self.need.elements]
        missing = tuple(
            element.name
            for element, share in zip(self.need.elements, self.shares, strict=True)
            if element.must and share < COVERED
        )
        changes = {place: self._with_gain(place) for place in found.changes}
        rule = least.rule if least.rule >= 0 else self.now.rule
        return NearMiss(
            floor=self.floor,
            changes=tuple(
                changes[place] for place in sorted(changes, key=lambda p: (p not in required, -changes[p].gain))
            ),
            score_before=self.now.score,
            score_after=found.score,
            reaches=found.lifted,
            musts=(sum(musts) - len(missing), sum(musts)),
            missing=missing,
            excluded=RULES[rule] if rule >= 0 else None,
        )

    def _required(self) -> Set:
        """The changes for each missing must-have and each hard rule that a seller can lift."""
        required = [place for place, change in enumerate(self.possible) if change.must]
        while True:
            (outcome,) = self._outcomes([tuple(sorted(required))])
            kind = _LIFTED_BY.get(RULES[outcome.rule]) if outcome.rule >= 0 else None
            lifting = [place for place, change in enumerate(self.possible) if change.kind == kind]
            if not lifting or lifting[0] in required:
                return outcome.changes
            required += lifting

    def _best(self, required: Set) -> _Outcome:
        """The smallest set that lifts the match, else the best steps towards it."""
        tried: list[_Outcome] = []
        others = [place for place in range(len(self.possible)) if place not in required]
        for size in range(MOST + 1):
            outcomes = self._outcomes([tuple(sorted((*required, *more))) for more in combinations(others, size)])
            lifted = sorted((one for one in outcomes if one.lifted), key=lambda one: one.order)
            # What seemed required may be covered by the way: whichever does with fewest.
            smallest = {one.changes: one for one in map(self._smallest, lifted[:PROMISING])}
            for one in sorted(smallest.values(), key=lambda one: (len(one.changes), one.order))[:CHECKED]:
                if (true := self._true(one)).lifted:
                    return self._smallest(true, true=True)
            tried += outcomes
            if size == 1:
                best = sorted(outcomes, key=lambda one: one.order)[:PROMISING]
                others = sorted({place for one in best for place in one.changes}.difference(required))
        # A must-have stays named even where its words are too new to the engine to count as covered.
        return self._smallest(self._true(min(tried, key=lambda one: one.order)), required, true=True)

    def _true(self, found: _Outcome) -> _Outcome:
        """``found`` with its own vector."""
        (outcome,) = self._outcomes([found.changes], true=True)
        return outcome

    def _smallest(self, found: _Outcome, kept: Set = (), *, true: bool = False) -> _Outcome:
        """``found`` without the changes that it does as well without, but with those to be ``kept``."""
        while spare := [place for place in found.changes if place not in kept]:
            fewer = self._outcomes([tuple(c for c in found.changes if c != left) for left in spare], true=true)
            best = min(fewer, key=lambda one: (not one.lifted, one.order))
            if not (best.lifted if found.lifted else best.order[:3] <= found.order[:3]):
                break
            found = best
        return found

    def _with_gain(self, place: int) -> Change:
        (alone,) = self._outcomes([(place,)])
        return replace(self.possible[place], gain=alone.score - self.now.score)

    def _outcomes(self, sets: Sequence[Set], *, true: bool = False) -> list[_Outcome]:
        """Each set of changes made and scored, with its own vector if ``true``; those scored before are remembered."""
        keys = [(one, true and self._is_sum(one)) for one in sets]
        if new := [key for key in dict.fromkeys(keys) if key not in self.known]:
            # Equal refs and ids in the order of the sets: the index keeps it.
            variants = [
                replace(reduce(self._changed, one, self.product), id=f"{number:06d}")
                for number, (one, _) in enumerate(new)
            ]
            offered = self._indexed(variants, [one for one, _ in new], true=true)
            scored = score_one(self.needs, offered, self.weights)
            if self.reranked is not None:
                scored = with_reranked(scored, np.full(len(scored), self.reranked), self.weights)
            covered = covers(
                self.needs.elements[0],
                self.needs.terms,
                offered,
                np.arange(len(offered)),
                self.weights.element_threshold,
            )
            for number, key in enumerate(new):
                missing = sum(cover.element.must and cover.share < COVERED for cover in covered[number])
                score, rule = int(scored.scores[number]), int(scored.excluded[number])
                lifted = score >= self.floor and rule < 0 and not missing
                self.known[key] = _Outcome(key[0], score, rule, missing, lifted)
            if not self.possible and () in sets:
                self.facets = dict(zip(FACETS, scored.facets[0].tolist(), strict=True))
                self.shares = [cover.share for cover in covered[0]]
        return [self.known[key] for key in keys]

    def _is_sum(self, one: Set) -> bool:
        """Whether the vector of a set is a sum of several shifts and not its own."""
        return self.shifts is not None and sum(self.possible[place].kind == "element" for place in one) > 1

    def _indexed(self, variants: Sequence[ProductProfile], sets: Sequence[Set], *, true: bool) -> Index:
        if self.shifts is None:
            return Index.build(variants, self.statistics)
        offered = Index.build(variants, self.statistics, self.meaning, self.shifts.now)
        for place in {place for one in sets for place in one if self.possible[place].kind == "element"}:
            self.shifts.learn(place, self._changed(self.product, place))
        return replace(offered, vectors=self.shifts.own(variants) if true else self.shifts.sums(sets))

    def _changed(self, product: ProductProfile, place: int) -> ProductProfile:
        return _changed(product, self.possible[place], self.need)


class _Shifts:
    """What changes do to the vector of a product."""

    def __init__(self, meaning: Meaning, product: ProductProfile) -> None:
        self.now = meaning.vectors([product])
        self.apart = Meaning(meaning.embedder.unstored())
        self.by_place: dict[int, Vectors] = {}

    def learn(self, place: int, changed: ProductProfile) -> None:
        """Find out what one change does."""
        if place not in self.by_place:
            self.by_place[place] = self.apart.vectors([changed]) - self.now

    def own(self, variants: Sequence[ProductProfile]) -> Vectors:
        """Each variant embedded: (variants, dimensions)."""
        return self.apart.vectors(variants)

    def sums(self, sets: Sequence[Set]) -> Vectors:
        """Each set's shifts added up: (sets, dimensions). A change that shifts nothing has none."""
        return np.concatenate([self._sum([place for place in one if place in self.by_place]) for one in sets])

    def _sum(self, places: Sequence[int]) -> Vectors:
        row: Vectors = sum((self.by_place[place] for place in places), self.now)
        # One shift leads back to a vector that was rounded before; rounding it again would move it.
        return row if len(places) < 2 else quantised(row)


_LIFTED_BY = {
    "not_listed": "listed",
    "excluded_delivery": "delivery",
    "excluded_deal": "deal",
    "certificate_required": "certificate",
}
"""The hard rules that a seller can lift, and by which kind of change."""


def _possible(
    need: NeedProfile, product: ProductProfile, facets: dict[str, float], shares: Sequence[float]
) -> Iterable[Change]:
    """What a seller could change for this need. A sector is what a product is, so it is none of it."""
    if not product.listed:
        yield Change("listed")
    if not product.certified and (need.requires_certificate or product.certified is False):
        yield Change("certificate", had=product.certificate_expired)
    for element, share in zip(need.elements, shares, strict=True):
        if share < COVERED:
            yield Change("element", element.name, element.items, element.must, had=share > 0)
    for facet, asked in _ASKED.items():
        refused: tuple[str, ...] = getattr(need, f"excluded_{facet}_modes", ())
        offered: tuple[str, ...] = getattr(product, f"{facet}_modes", ())
        all_refused = bool(offered) and set(offered) <= set(refused)
        if (value := asked(need)) and (all_refused or not facets[facet] >= 1):
            yield Change(facet, value=value, had=not np.isnan(facets[facet]))
        elif all_refused:
            yield Change(facet, value=(OTHER,), refused=refused, had=True)


def _welcome(modes: Sequence[str], refused: Sequence[str]) -> tuple[str, ...]:
    return tuple(mode for mode in modes if mode not in refused)


_ASKED: dict[str, Callable[[NeedProfile], tuple[str | float, ...]]] = {
    "delivery": lambda need: _welcome(need.delivery_modes, need.excluded_delivery_modes),
    "deal": lambda need: _welcome(need.deal_modes, need.excluded_deal_modes),
    "update_frequency": lambda need: (need.update_frequency,) if need.update_frequency else (),
    "region": lambda need: need.regions,
    "price": lambda need: () if need.budget is None else (need.budget,),
    "freshness": lambda need: () if need.fresh_since is None else (need.fresh_since.isoformat(),),
}
"""What a need asks for in each facet that a seller can change; any one of several modes will do."""


def _changed(product: ProductProfile, change: Change, need: NeedProfile) -> ProductProfile:
    """``product`` as it would be after ``change``. How much of the listing is filled in stays as it was, so a field
    stated anew brings at least what is said here."""
    match change.kind:
        case "element":
            return replace(product, elements=(*product.elements, Element(change.element, change.items)))
        case "listed":
            return replace(product, listed=True)
        case "certificate":
            return replace(product, certified=True, certificate_expired=False)
        case "delivery":
            return replace(product, delivery_modes=(*product.delivery_modes, str(change.value[0])))
        case "deal":
            return replace(product, deal_modes=(*product.deal_modes, str(change.value[0])))
        case "update_frequency":
            return replace(product, update_frequency=need.update_frequency)
        case "region":
            return replace(product, regions=tuple(dict.fromkeys((*product.regions, *need.regions))))
        case "price":
            return replace(product, price=need.budget)
        case "freshness":
            return replace(product, covers_until=need.fresh_since)
    raise ValueError(change.kind)
