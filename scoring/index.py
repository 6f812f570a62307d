"""One side of the library in the engine's own form: built at once, updated row by row, always in the same order."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy import sparse

from scoring.elements import Units
from scoring.errors import ProfileError
from scoring.facets import BLOCKED, CORE, FacetColumns
from scoring.pool import Rows, StringSets
from scoring.profile import Element, Profile
from scoring.tfidf import Nearest, TermCounts, TermMatrix, TermStatistics
from scoring.tokens import SEPARATOR, clauses, normalise_all


@dataclass(frozen=True, slots=True)
class _Reading:
    """A profile's strings, normalised."""

    title: str
    text: str
    elements: tuple[Element, ...]
    tags: tuple[str, ...]

    @property
    def phrases(self) -> list[str]:
        return [phrase for element in self.elements for phrase in (element.name, *element.items)]

    @property
    def pieces(self) -> list[str]:
        """Everything it says, piece by piece, each once: what is repeated says no more."""
        said = (self.title, *self.tags, *self.phrases, *clauses(self.text))
        return [piece for piece in dict.fromkeys(said) if piece.strip()]


def _read(profiles: Sequence[Profile]) -> list[_Reading]:
    pieces = [
        piece for profile in profiles for piece in (profile.title, profile.text, *_phrases(profile), *profile.tags)
    ]
    normal = iter(normalise_all(pieces))
    return [
        _Reading(
            title=next(normal),
            text=next(normal),
            elements=tuple(
                Element(next(normal), tuple(next(normal) for _ in element.items), element.must)
                for element in profile.elements
            ),
            tags=tuple(tag for tag in [next(normal) for _ in profile.tags] if tag.strip()),
        )
        for profile in profiles
    ]


def _phrases(profile: Profile) -> list[str]:
    return [phrase for element in profile.elements for phrase in (element.name, *element.items)]


@dataclass(frozen=True, eq=False)
class Index:
    """Profiles of one side and what is compared of them, row by row.

    Rows are in the order of (``ref``, ``id``), which is how ties break: the same profiles give the same index whatever
    their order. ``statistics`` are those of the products, for both sides. ``terms``: TF-IDF, unit rows. ``elements``,
    ``tags`` and ``units`` are normalised; the units, everything said piece by piece, are what the terms are taken from.
    """

    statistics: TermStatistics
    profiles: Sequence[Profile]
    terms: TermMatrix
    elements: Sequence[tuple[Element, ...]]
    tags: StringSets
    units: Units
    facets: FacetColumns

    @classmethod
    def build(cls, profiles: Collection[Profile], statistics: TermStatistics | None = None) -> Self:
        """Index profiles. Without ``statistics`` they are fitted on these. ProfileError where two share an id."""
        ordered = sorted(profiles, key=lambda profile: (profile.ref, profile.id))
        if len({profile.id for profile in ordered}) < len(ordered):
            raise ProfileError(f"two profiles have the id {_repeated(ordered)!r}")
        readings = _read(ordered)
        said = StringSets.build(reading.pieces for reading in readings)
        pieces = TermCounts(said.strings)
        counts = pieces.summed(said)
        if statistics is None:
            statistics = TermStatistics.fit(counts)
        return cls(
            statistics=statistics,
            profiles=ordered,
            terms=statistics.matrix(counts),
            elements=[reading.elements for reading in readings],
            tags=StringSets.build(reading.tags for reading in readings),
            units=Units.counted(said, pieces, statistics),
            facets=FacetColumns.build(ordered),
        )

    def __len__(self) -> int:
        return len(self.profiles)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each id."""
        return {profile.id: row for row, profile in enumerate(self.profiles)}

    @cached_property
    def nearest(self) -> Nearest:
        """Finds the rows nearest to a need in text."""
        return Nearest(self.terms, self.statistics)

    @cached_property
    def eligible(self) -> tuple[Rows, "Index"]:
        """The rows that no hard rule keeps from everybody, and an index of them."""
        rows = np.flatnonzero(self.facets.flags & (BLOCKED | CORE) == 0)
        return rows, self if len(rows) == len(self) else self.take(rows)

    def document(self, row: int) -> str:
        """Everything a row says as one normalised text, piece by piece."""
        return SEPARATOR.join(self.units.said.row(row))

    def take(self, rows: Rows) -> Self:
        """An index of these rows only, in this order."""
        return type(self)(
            statistics=self.statistics,
            profiles=[self.profiles[row] for row in rows],
            terms=self.terms[rows],
            elements=[self.elements[row] for row in rows],
            tags=self.tags.take(rows),
            units=self.units.take(rows),
            facets=self.facets.take(rows),
        )

    def updated(self, changed: Collection[Profile], removed: Collection[str] = ()) -> Self:
        """The index after some profiles were added or replaced and some ids removed.

        The statistics stay as they are, so only the changed rows are computed. Equal to an index built anew from the
        same profiles with the same statistics.
        """
        gone = {profile.id for profile in changed} | set(removed)
        kept = np.array([row for row, profile in enumerate(self.profiles) if profile.id not in gone], np.int64)
        both = self.take(kept)._join(type(self).build(changed, self.statistics))
        order = sorted(range(len(both)), key=lambda row: (both.profiles[row].ref, both.profiles[row].id))
        return both.take(np.array(order, np.int64))

    def _join(self, other: Self) -> Self:
        return type(self)(
            statistics=self.statistics,
            profiles=[*self.profiles, *other.profiles],
            terms=sparse.vstack([self.terms, other.terms], format="csr"),
            elements=[*self.elements, *other.elements],
            tags=self.tags.join(other.tags),
            units=self.units.join(other.units),
            facets=self.facets.join(other.facets),
        )


def _repeated(ordered: Sequence[Profile]) -> str:
    return Counter(profile.id for profile in ordered).most_common(1)[0][0]
