"""Rows of strings, each distinct string kept once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.pool import StringSets, ranges

rows_of_strings = st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6)


def content(sets: StringSets) -> list[list[str]]:
    return [sets.row(row) for row in range(len(sets))]


def unique(row: list[str]) -> list[str]:
    return list(dict.fromkeys(row))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=6))
def test_ranges_are_counted_out_one_after_the_other(pairs: list[tuple[int, int]]) -> None:
    starts = np.array([start for start, _ in pairs], np.int64)
    lengths = np.array([length for _, length in pairs], np.int64)
    assert ranges(starts, lengths).tolist() == [
        number for start, length in pairs for number in range(start, start + length)
    ]


@given(rows_of_strings)
def test_rows_keep_their_order_and_drop_repetitions(rows: list[list[str]]) -> None:
    sets = StringSets.build(rows)
    assert content(sets) == [unique(row) for row in rows]
    assert sorted(sets.strings) == sorted({string for row in rows for string in row})
    assert sets.lengths.tolist() == [len(unique(row)) for row in rows]


@given(rows_of_strings, st.data())
def test_taken_rows_are_the_rows_asked_for_without_unused_strings(rows: list[list[str]], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8)) if rows else []
    taken, used = StringSets.build(rows).pick(np.array(places, np.int64))
    assert content(taken) == [unique(rows[place]) for place in places]
    assert set(taken.strings) == {string for place in places for string in rows[place]}
    assert [StringSets.build(rows).strings[i] for i in used] == taken.strings


@given(rows_of_strings, rows_of_strings)
def test_joined_rows_are_the_rows_of_both(first: list[list[str]], second: list[list[str]]) -> None:
    joined = StringSets.build(first).join(StringSets.build(second))
    assert content(joined) == [unique(row) for row in first + second]
    assert len(set(joined.strings)) == len(joined.strings)


def test_padded_rows_are_filled_up_with_minus_one() -> None:
    sets = StringSets.build([["a", "b"], [], ["b"]])
    assert sets.padded(np.array([0, 1, 2])).tolist() == [[0, 1], [-1, -1], [1, -1]]
    assert sets.padded(np.array([1])).shape == (1, 0)
    assert sets.padded(np.array([], np.int64)).shape == (0, 0)
