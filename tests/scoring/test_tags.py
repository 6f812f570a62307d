"""Fuzzy overlap of tags."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring.tags
from scoring.pool import StringSets
from scoring.tags import distinct, pair_tags, similarities, tag_overlap
from scoring.tokens import normalise_all
from tests.scoring.strategies import any_texts, tag_tuples

letters = st.lists(st.text("ab水文", min_size=1, max_size=4), max_size=4, unique=True)


def overlap(needs: list[str], products: list[str], threshold: int = 50) -> float:
    sides = [
        StringSets.build([tag for tag in normalise_all(side) if tag.strip()] for side in [tags])
        for tags in (needs, products)
    ]
    one = np.zeros(1, np.int64)
    return float(tag_overlap(sides[0], sides[1], one, one, threshold)[0])


def best_by_trying_all(needs: list[str], products: list[str], threshold: int) -> tuple[int, int]:
    """Largest sum and, of equal sums, most pairs."""
    short, long = sorted([needs, products], key=len)
    table = similarities(short, long, threshold).astype(int)
    tried = [[table[i, j] for i, j in enumerate(chosen)] for chosen in permutations(range(len(long)), len(short))]
    return max((int(sum(values)), sum(value > 0 for value in values)) for values in tried)


@given(letters, letters, st.sampled_from([1, 34, 50, 80, 100]))
@settings(deadline=None, max_examples=300)
def test_the_pairing_is_the_best_of_all_possible_ones(needs: list[str], products: list[str], threshold: int) -> None:
    pairs = pair_tags(needs, products, threshold)
    if needs and products:
        best = best_by_trying_all(needs, products, threshold)
        assert (sum(pair.similarity for pair in pairs), len(pairs)) == best
        value = best[0] / 100 / (len(needs) + len(products) - best[1])
        assert overlap(needs, products, threshold) == pytest.approx(value)
    else:
        assert pairs == []
    assert len({pair.need for pair in pairs}) == len({pair.product for pair in pairs}) == len(pairs)
    assert all(pair.similarity >= threshold for pair in pairs)


def test_a_soft_jaccard_index_by_hand() -> None:
    # 智慧旅游 / 智慧文旅: 3 of 4 letters in order on both sides, 2 · 3 / (4 + 4) = 0.75. 气象 pairs with nothing.
    # 0.75 over 3 different tags (2 + 1 − 1 pair counted once) = 0.25.
    assert overlap(["智慧旅游", "气象"], ["智慧文旅"]) == pytest.approx(0.75 / 2)
    assert overlap(["智慧旅游", "气象"], ["智慧文旅", "降水"]) == pytest.approx(0.75 / 3)
    assert [(pair.need, pair.product, pair.similarity) for pair in pair_tags(["智慧旅游"], ["智慧文旅"], 50)] == [
        ("智慧旅游", "智慧文旅", 75)
    ]


def test_equal_sets_overlap_fully_and_strange_ones_not_at_all() -> None:
    assert overlap(["交通", "气象"], ["气象", "交通"]) == 1.0
    assert overlap(["交通"], ["气象"]) == 0.0


def test_a_blank_side_is_unknown() -> None:
    assert np.isnan(overlap([], ["交通"]))
    assert np.isnan(overlap(["交通"], []))
    assert np.isnan(overlap([" "], ["交通"]))


def test_below_the_threshold_tags_do_not_pair() -> None:
    assert overlap(["智慧旅游"], ["智慧文旅"], 75) == 0.75
    assert overlap(["智慧旅游"], ["智慧文旅"], 76) == 0.0


def test_of_pairings_with_equal_sums_the_one_with_more_pairs_counts() -> None:
    # abcd/abcd = 100 alone, or abcd/abxy + zzcd/abcd = 50 + 50: both add up to 1, but two pairs leave fewer tags over:
    # 1 / (2 + 2 − 2) = 0.5, not 1 / (2 + 2 − 1).
    for needs in (["abcd", "zzcd"], ["zzcd", "abcd"]):
        for products in (["abcd", "abxy"], ["abxy", "abcd"]):
            assert overlap(needs, products) == pytest.approx(0.5)


def test_tags_that_are_written_differently_but_mean_the_same_count_once() -> None:
    assert distinct(["ＡＰＩ", "api", " ", "數據", "数据", "数据"]) == ["ＡＰＩ", "數據"]
    assert [(pair.need, pair.product) for pair in pair_tags(["ＡＰＩ", "api"], ["Api", "API"], 50)] == [
        ("ＡＰＩ", "Api")
    ]


@given(tag_tuples, tag_tuples, st.data())
@settings(deadline=None, max_examples=100)
def test_shuffled_tags_change_nothing(needs: tuple[str, ...], products: tuple[str, ...], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(needs)), data.draw(st.permutations(products))
    np.testing.assert_equal(overlap(*shuffled), overlap(list(needs), list(products)))


@pytest.mark.parametrize("block", [1, 3, 1 << 16])
@given(sides=st.tuples(*[st.lists(st.lists(any_texts, max_size=4), min_size=1, max_size=4)] * 2))
@settings(deadline=None, max_examples=40)
def test_overlaps_of_many_pairs_are_those_that_the_explained_pairs_add_up_to(
    block: int, sides: tuple[list[list[str]], list[list[str]]]
) -> None:
    left, right = (
        StringSets.build([tag for tag in normalise_all(row) if tag.strip()] for row in side) for side in sides
    )
    rows, columns = (places.ravel() for places in np.indices((len(left), len(right))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring.tags, "_BLOCK", block)
        values = tag_overlap(left, right, rows, columns, 50)
    for row, column, value in zip(rows, columns, values, strict=True):
        needs, products = distinct(sides[0][row]), distinct(sides[1][column])
        pairs = pair_tags(needs, products, 50)
        if needs and products:
            total = sum(pair.similarity for pair in pairs) / 100
            assert value == pytest.approx(total / (len(needs) + len(products) - len(pairs)))
        else:
            assert np.isnan(value)
