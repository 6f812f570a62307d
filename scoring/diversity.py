"""From the ranked pairs of a block of needs to shortlists that do not say one thing twice.

Of products that say the same (scoring.alike) the best stands and the others stand behind it; on the first page no
seller takes more than a set number of places while others have something to offer. Both only move pairs: no score
changes, and nothing is lost but what is cut off at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.pool import Rows, places_within
from scoring.ranking import Ranked

PAGE = 10
"""Places on a shortlist's first page."""

DEPTH = 2
"""How many times the wanted number of pairs to rank, so that enough are left once some have moved behind others."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """``collapse``: of products that are alike one stands. ``cap``: most places of one seller on the first page, 0 for
    no limit."""

    collapse: bool = False
    cap: int = 0

    def depth(self, top: int, groups: Rows, candidates: int) -> int:
        """How many pairs to rank where ``top`` are wanted: enough for the largest of ``groups`` to be among them, as
        far as the ``candidates`` go that are looked at in any case."""
        if not self.collapse and not self.cap:
            return top
        largest = int(np.bincount(groups).max(initial=1)) if self.collapse else 1
        return max(top * DEPTH, min(top * DEPTH + largest - 1, candidates))


AS_RANKED = Diversity()
"""Nothing moves."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """The shortlists of a block of needs: need ``first + k`` has the places ``bounds[k]`` to ``bounds[k + 1]``.

    ``kept``: for each place its pair in the ranked block. ``behind``: pairs of the ranked block that stand behind
    others, place by place, best first; ``behind_bounds`` part them.
    """

    first: int
    bounds: Rows
    kept: Rows
    behind: Rows
    behind_bounds: Rows

    def __iter__(self) -> Iterator[tuple[int, range]]:
        """Each need's row, and its places."""
        for k in range(len(self.bounds) - 1):
            yield self.first + k, range(int(self.bounds[k]), int(self.bounds[k + 1]))

    def behind_at(self, place: int) -> slice:
        """What of ``behind`` stands behind a place."""
        return slice(int(self.behind_bounds[place]), int(self.behind_bounds[place + 1]))


def arrange(ranked: Ranked, groups: Rows, sellers: Rows, diversity: Diversity, top: int) -> Arranged:
    """At most ``top`` places for each need of ``ranked``.

    ``groups``, ``sellers``: the group and the seller of each product (products,), as numbers.
    """
    rows, columns = ranked.pairs.rows - ranked.first, ranked.pairs.columns
    leader = _leaders(rows, groups[columns]) if diversity.collapse else np.arange(len(rows))
    standing = np.flatnonzero(leader == np.arange(len(rows)))
    order = _order(rows[standing], sellers[columns[standing]], diversity.cap)
    kept = standing[order]
    kept = kept[places_within(rows[kept]) < top]
    behind = np.flatnonzero(leader != np.arange(len(rows)))
    place_of = np.full(len(rows), -1, np.int64)
    place_of[kept] = np.arange(len(kept))
    places = place_of[leader[behind]]
    behind, places = behind[places >= 0], places[places >= 0]
    by_place = np.lexsort((behind, places))
    return Arranged(
        first=ranked.first,
        bounds=np.searchsorted(rows[kept], np.arange(len(ranked.bounds))),
        kept=kept,
        behind=behind[by_place],
        behind_bounds=np.searchsorted(places[by_place], np.arange(len(kept) + 1)),
    )


def seller_numbers(owners: list[str | None]) -> Rows:
    """A number for each product's seller; one whose seller is unknown has a number of its own."""
    known = {owner: number for number, owner in enumerate(dict.fromkeys(owners))}
    return np.array([len(known) + row if owner is None else known[owner] for row, owner in enumerate(owners)], np.int64)


def _leaders(rows: Rows, groups: Rows) -> Rows:
    """For each pair the first pair of the same need whose product is of the same group."""
    if not len(rows):
        return rows
    keys = rows * (int(groups.max()) + 1) + groups
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    leaders: Rows = first[inverse].astype(np.int64)
    return leaders


def _order(rows: Rows, sellers: Rows, cap: int) -> Rows:
    """The pairs need by need, those that the first page has room for before those that are too many of one seller."""
    if not cap or not len(rows):
        return np.arange(len(rows))
    by_seller = np.lexsort((sellers, rows))
    keys = rows[by_seller] * (int(sellers.max()) + 1) + sellers[by_seller]
    number = np.empty(len(rows), np.int64)
    number[by_seller] = places_within(keys)
    fits = number < cap
    before: Rows = np.cumsum(fits) - fits
    first = np.searchsorted(rows, rows)
    on_page = fits & (before - before[first] < PAGE)
    return np.lexsort((~on_page, rows))
