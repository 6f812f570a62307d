"""Rows of strings with every distinct string kept once: what lets whole collections be compared string by string."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def ranges(starts: Rows, lengths: Rows) -> Rows:
    """The numbers ``starts[k] … starts[k] + lengths[k] − 1`` for every k, one after the other."""
    total = int(lengths.sum())
    offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) if total else starts[:0]
    return np.arange(total, dtype=np.int64) + offsets


def places_within(keys: Rows) -> Rows:
    """How many equal numbers stand before each in ascending ``keys``."""
    return np.arange(len(keys)) - np.searchsorted(keys, keys)


def highest(rows: Rows, columns: Rows, values: npt.NDArray[np.floating], count: int) -> Rows:
    """The places of the ``count`` highest values of each row, row by row, the highest first; of equal ones the lower
    column comes first."""
    order = np.lexsort((columns, -values, rows))
    return order[places_within(rows[order]) < count]


@dataclass(frozen=True, eq=False)
class StringSets:
    """``strings``: the distinct ones. Row i holds ``ids[indptr[i]:indptr[i + 1]]``, each string at most once.

    ``indptr``: int64 (rows + 1,). ``ids``: int32.
    """

    strings: list[str]
    indptr: Rows
    ids: npt.NDArray[np.int32]

    @classmethod
    def build(cls, rows: Iterable[Iterable[str]]) -> Self:
        """Collect rows; within a row the order of first mention is kept and repetitions are dropped."""
        places: dict[str, int] = {}
        indptr, ids = [0], []
        for row in rows:
            ids += [places.setdefault(string, len(places)) for string in dict.fromkeys(row)]
            indptr.append(len(ids))
        return cls(list(places), np.array(indptr, np.int64), np.array(ids, np.int32))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def lengths(self) -> Rows:
        """How many strings each row holds: int64 (rows,)."""
        return np.diff(self.indptr)

    def row(self, index: int) -> list[str]:
        """The strings of one row."""
        return [self.strings[i] for i in self.ids[self.indptr[index] : self.indptr[index + 1]]]

    def take(self, rows: Rows) -> Self:
        """Only these rows, in this order, and only the strings they use."""
        return self.pick(rows)[0]

    def pick(self, rows: Rows) -> tuple[Self, Rows]:
        """``take``, and which of ``strings`` it kept, in the new order."""
        lengths = self.lengths[rows]
        old = self.ids[ranges(self.indptr[rows], lengths)]
        used, ids = np.unique(old, return_inverse=True)
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return type(self)([self.strings[i] for i in used], indptr, ids.astype(np.int32)), used.astype(np.int64)

    def join(self, other: Self) -> Self:
        """The rows of both, these first."""
        places = {string: i for i, string in enumerate(self.strings)}
        moved = [places.setdefault(string, len(places)) for string in other.strings]
        ids = np.array(moved, np.int32)[other.ids] if moved else other.ids
        return type(self)(
            list(places),
            np.concatenate([self.indptr, other.indptr[1:] + self.indptr[-1]]),
            np.concatenate([self.ids, ids]),
        )

    def padded(self, rows: Sequence[int] | Rows) -> npt.NDArray[np.int32]:
        """The ids of some rows side by side, filled up with −1: (rows, longest row)."""
        lengths = self.lengths[rows]
        table = np.full((len(lengths), int(lengths.max(initial=0))), -1, np.int32)
        lines = np.repeat(np.arange(len(lengths)), lengths)
        places = ranges(np.zeros(len(lengths), np.int64), lengths)
        table[lines, places] = self.ids[ranges(self.indptr[rows], lengths)]
        return table
