"""One side of the library in the engine's own form: built at once, updated row by row, always in the same order."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scoring.errors import ProfileError
from scoring.facets import BLOCKED, CORE, FacetColumns
from scoring.meaning import Meaning
from scoring.pool import Rows, StringSets
from scoring.profile import Element, NeedProfile, Profile
from scoring.semantic import Vectors
from scoring.synonyms import also_said
from scoring.tfidf import Nearest, TermCounts, TermMatrix, TermStatistics
from scoring.tokens import SEPARATOR, clauses, normalise_all
from scoring.units import Units

REWORDED = 0.5
"""How often a synonym of what a need says counts as said."""


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
        """Everything it says, piece by piece, each once: what is repeated says no more. First what is ``declared``."""
        said = (*self.declared, *self.tags, *clauses(self.text))
        return [piece for piece in dict.fromkeys(said) if piece.strip()]

    @property
    def declared(self) -> list[str]:
        """What it says to be: its title, its elements and their items, each once."""
        return [piece for piece in dict.fromkeys((self.title, *self.phrases)) if piece.strip()]


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


def _frequencies(
    statistics: TermStatistics, counts: TermCounts, readings: Sequence[_Reading], also: Sequence[Collection[str]]
) -> sparse.csr_matrix:
    """How often each text holds each known term: what stands in its title once more, what it could have said ``also``
    by half."""
    titles = TermCounts([reading.title for reading in readings])
    others = TermCounts([SEPARATOR.join(forms) for forms in also])
    return statistics.in_columns(counts) + statistics.in_columns(titles) + REWORDED * statistics.in_columns(others)


@dataclass(frozen=True, eq=False)
class Index:
    """Profiles of one side and what is compared of them, row by row.

    Rows are in the order of (``ref``, ``id``), which is how ties break: the same profiles give the same index whatever
    their order. ``statistics`` are those of the products, for both sides. ``terms``: TF-IDF, unit rows. ``elements``,
    ``tags`` and ``units`` are normalised; the units, everything said piece by piece, are what the terms are taken from,
    a need's also from what it could have said (scoring.synonyms).
    ``vectors``: (rows, dimensions), what each row means as ``meaning`` embeds it; both None where meaning is off.
    """

    statistics: TermStatistics
    profiles: Sequence[Profile]
    terms: TermMatrix
    elements: Sequence[tuple[Element, ...]]
    tags: StringSets
    units: Units
    facets: FacetColumns
    meaning: Meaning | None = None
    vectors: Vectors | None = None

    @classmethod
    def build(
        cls,
        profiles: Collection[Profile],
        statistics: TermStatistics | None = None,
        meaning: Meaning | None = None,
        vectors: Vectors | None = None,
    ) -> Self:
        """Index profiles. Without ``statistics`` they are fitted on these; without ``meaning`` none is embedded.

        ``vectors``: one row, for callers that know what all these profiles mean; none is embedded then either.
        Raises ProfileError where two share an id, and EncoderUnavailableError.
        """
        ordered = sorted(profiles, key=lambda profile: (profile.ref, profile.id))
        if len({profile.id for profile in ordered}) < len(ordered):
            raise ProfileError(f"two profiles have the id {_repeated(ordered)!r}")
        readings = _read(ordered)
        said = StringSets.build(reading.pieces for reading in readings)
        pieces = TermCounts(said.strings)
        counts = pieces.summed(said)
        if statistics is None:
            statistics = TermStatistics.fit(counts)
        asking = any(isinstance(profile, NeedProfile) for profile in ordered)
        also: Sequence[Collection[str]] = also_said(said) if asking else [()] * len(ordered)
        return cls(
            statistics=statistics,
            profiles=ordered,
            terms=statistics.weighted(_frequencies(statistics, counts, readings, also)),
            elements=[reading.elements for reading in readings],
            tags=StringSets.build(reading.tags for reading in readings),
            units=Units.counted(
                said, np.array([len(reading.declared) for reading in readings], np.int64), pieces, statistics
            ),
            facets=FacetColumns.build(ordered),
            meaning=meaning,
            vectors=_vectors(ordered, np.diff(counts.matrix.indptr) > 0, meaning, vectors) if meaning else None,
        )

    def like(self, profiles: Collection[Profile]) -> Self:
        """An index of other profiles with the statistics and the encoder of this one, so that both compare."""
        return type(self).build(profiles, self.statistics, self.meaning)

    def __len__(self) -> int:
        return len(self.profiles)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each id."""
        return {profile.id: row for row, profile in enumerate(self.profiles)}

    def cosines(self, needs: Self, rows: Rows, columns: Rows) -> npt.NDArray[np.float32]:
        """The text cosine of each pair (need ``rows[k]``, row ``columns[k]`` of this index): (pairs,)."""
        both = needs.terms[rows].multiply(self.terms[columns])
        return np.asarray(both.sum(axis=1), np.float32).ravel()

    @cached_property
    def has_meaning(self) -> npt.NDArray[np.bool_]:
        """Which rows have a vector other than zero: (rows,)."""
        return np.zeros(len(self), np.bool_) if self.vectors is None else np.asarray(self.vectors.any(axis=1))

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
            meaning=self.meaning,
            vectors=None if self.vectors is None else self.vectors[rows],
        )

    def updated(self, changed: Collection[Profile], removed: Collection[str] = ()) -> Self:
        """The index after some profiles were added or replaced and some ids removed.

        The statistics stay as they are, so only the changed rows are computed. Equal to an index built anew from the
        same profiles with the same statistics.
        """
        gone = {profile.id for profile in changed} | set(removed)
        kept = np.array([row for row, profile in enumerate(self.profiles) if profile.id not in gone], np.int64)
        both = self.take(kept)._join(self.like(changed))
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
            meaning=self.meaning,
            vectors=None
            if self.vectors is None or other.vectors is None
            else np.concatenate([self.vectors, other.vectors]),
        )


def _vectors(ordered: Sequence[Profile], told: npt.NDArray[np.bool_], meaning: Meaning, one: Vectors | None) -> Vectors:
    """What each profile means, nothing where it has not ``told`` anything but stop words. ``one``: the row of all."""
    rows = meaning.vectors(ordered) if one is None else np.repeat(one, len(ordered), axis=0)
    return rows if told.all() else np.where(told[:, None], rows, np.float32(0))


def _repeated(ordered: Sequence[Profile]) -> str:
    return Counter(profile.id for profile in ordered).most_common(1)[0][0]
