"""Arranging a shortlist: nothing is lost, the best stand, and no seller fills the first page."""

from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.diversity import PAGE, Arranged, Diversity, arrange, seller_numbers
from scoring.pool import Rows
from scoring.ranking import PairScores, Ranked

LARGE = 1000


def ranked_block(columns: list[list[int]], first: int = 0) -> Ranked:
    """A block whose need k has the products ``columns[k]``, best first; scores do not matter here."""
    lengths = [len(need) for need in columns]
    rows = np.repeat(np.arange(len(columns)) + first, lengths)
    flat = np.array([column for need in columns for column in need], np.int64)
    blank = dict.fromkeys([field.name for field in fields(PairScores)], np.zeros(len(flat)))
    pairs = PairScores(**blank | {"rows": rows, "columns": flat})  # type: ignore[arg-type]  # the rest is not looked at
    return Ranked(first, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), pairs)


def told(ranked: Ranked, arranged: Arranged) -> list[list[tuple[int, list[int]]]]:
    """For each need the products kept, each with those behind it."""
    columns = ranked.pairs.columns
    return [
        [
            (
                int(columns[arranged.kept[place]]),
                columns[arranged.behind[arranged.behind_at(place)]].tolist(),
            )
            for place in places
        ]
        for _, places in arranged
    ]


def numbers(*values: int) -> Rows:
    return np.array(values, np.int64)


def test_the_best_of_a_group_stands_and_the_others_are_behind_it() -> None:
    ranked = ranked_block([[3, 0, 1, 2], [1, 2]], first=5)
    arranged = arrange(ranked, numbers(0, 1, 1, 0), numbers(0, 1, 1, 0), Diversity(collapse=True), LARGE)
    assert told(ranked, arranged) == [[(3, [0]), (1, [2])], [(1, [2])]]
    assert [row for row, _ in arranged] == [5, 6]


def test_what_is_too_many_of_one_seller_moves_behind_the_first_page_in_order() -> None:
    """Products 0–4 are of one seller, the other ten of one each: two of the five stay, three follow place 10."""
    ranked = ranked_block([list(range(15))])
    arranged = arrange(ranked, np.arange(15), numbers(*[0] * 5, *range(1, 11)), Diversity(cap=2), LARGE)
    assert [product for product, _ in told(ranked, arranged)[0]] == [0, 1, 5, 6, 7, 8, 9, 10, 11, 12, 2, 3, 4, 13, 14]


def test_a_page_that_other_sellers_cannot_fill_takes_the_rest_in_order() -> None:
    ranked = ranked_block([[0, 1, 2, 3]])
    arranged = arrange(ranked, np.arange(4), numbers(0, 0, 0, 1), Diversity(cap=1), LARGE)
    assert [product for product, _ in told(ranked, arranged)[0]] == [0, 3, 1, 2]


def test_no_more_than_wanted_is_kept_and_what_is_behind_the_rest_goes_with_it() -> None:
    ranked = ranked_block([[0, 1, 2, 3]])
    arranged = arrange(ranked, numbers(0, 1, 0, 1), numbers(0, 0, 0, 0), Diversity(collapse=True), 1)
    assert told(ranked, arranged) == [[(0, [2])]]


@pytest.mark.parametrize(
    ("diversity", "groups", "depth"),
    [
        pytest.param(Diversity(), numbers(0, 0, 0), 20, id="nothing moves"),
        pytest.param(Diversity(cap=3), numbers(0, 0, 0), 40, id="twice as many for a cap"),
        pytest.param(Diversity(collapse=True), numbers(0, 0, 2), 41, id="and one that may stand behind another"),
        pytest.param(Diversity(collapse=True), np.zeros(500, np.int64), 100, id="but no more than the candidates"),
        pytest.param(Diversity(collapse=True), numbers(), 40, id="no products"),
    ],
)
def test_more_is_ranked_only_where_some_may_move(diversity: Diversity, groups: Rows, depth: int) -> None:
    assert diversity.depth(20, groups, candidates=100) == depth


def test_an_unknown_seller_is_nobody_else() -> None:
    assert seller_numbers(["a", None, "a", None, "b"]).tolist()[0] == seller_numbers(["a", None, "a"]).tolist()[2]
    assert len(set(seller_numbers(["a", None, "a", None, "b"]).tolist())) == 4


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Ranked, Rows, Rows]:
    """A few needs over up to 30 products, whose groups lie within sellers."""
    count = draw(st.integers(0, 30))
    sellers = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    kinds = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    needs = draw(st.lists(st.permutations(range(count)), max_size=3))
    cuts = [draw(st.integers(0, count)) for _ in needs]
    ranked = ranked_block([list(need)[:cut] for need, cut in zip(needs, cuts, strict=True)], draw(st.integers(0, 9)))
    groups = [seller * 4 + kind for seller, kind in zip(sellers, kinds, strict=True)]
    return ranked, numbers(*groups), numbers(*sellers)


@given(blocks(), st.booleans(), st.integers(0, 4))
def test_nothing_is_lost_and_the_best_of_each_group_stands(
    block: tuple[Ranked, Rows, Rows], collapse: bool, cap: int
) -> None:
    ranked, groups, sellers = block
    arranged = arrange(ranked, groups, sellers, Diversity(collapse, cap), LARGE)
    for (_, places), found in zip(ranked, told(ranked, arranged), strict=True):
        before = ranked.pairs.columns[places.start : places.stop].tolist()
        kept = [product for product, _ in found]
        assert sorted([*kept, *(product for _, behind in found for product in behind)]) == sorted(before)
        for product, behind in found:
            assert {int(groups[other]) for other in behind} <= {int(groups[product])}
            assert [product, *behind] == sorted([product, *behind], key=before.index)
        if collapse:
            assert len({int(groups[product]) for product in kept}) == len(kept)
        if not cap:
            assert kept == sorted(kept, key=before.index)


@given(blocks(), st.integers(1, 4))
def test_the_first_page_holds_too_many_of_a_seller_only_where_others_have_no_more(
    block: tuple[Ranked, Rows, Rows], cap: int
) -> None:
    ranked, groups, sellers = block
    arranged = arrange(ranked, groups, sellers, Diversity(cap=cap), LARGE)
    for found in told(ranked, arranged):
        kept = [product for product, _ in found]
        taken = Counter(int(sellers[product]) for product in kept[:PAGE])
        if max(taken.values(), default=0) > cap:
            rest = Counter(int(sellers[product]) for product in kept[PAGE:])
            assert all(taken[seller] >= cap for seller in rest)
