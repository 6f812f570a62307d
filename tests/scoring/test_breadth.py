"""A listing that says everything is about nothing."""

import numpy as np
import pytest

from scoring.breadth import undiluted
from scoring.index import Index
from scoring.ranking import score_one
from scoring.weights import PARTS, Weights
from tests.scoring.samples import need, product

WORDS = [f"word{number:05}" for number in range(2000)]


def test_a_usual_listing_counts_in_full_and_a_wide_one_less_the_wider_it_is() -> None:
    offered = [product(f"p{count}", text=" ".join(WORDS[:count])) for count in (10, 500, 1000, 2000)]
    statistics = Index.build([product(f"s{number}", text=" ".join(WORDS)) for number in range(3)]).statistics
    few = Index.build([product(text="word00000")]).statistics
    # Of three times the mean of 2,000 terms none has more.
    assert undiluted(Index.build(offered, statistics)).tolist() == [1, 1, 1, 1]
    # The mean is one term, so 500 are allowed; words unknown to the statistics do not count, and only one is known.
    assert undiluted(Index.build(offered, few)).tolist() == [1, 1, 1, 1]
    # 800 on average, 2,400 allowed.
    assert undiluted(Index.build(offered)).tolist() == [1, 1, 1, 1]


def test_beyond_what_is_usual_it_falls_in_inverse_proportion() -> None:
    usual = [product(f"s{number:04}", text=WORDS[number]) for number in range(2000)]
    wide = product("wide", text=" ".join(WORDS))
    index = Index.build([*usual, wide])
    # Two terms a listing on average; 500 of the 2,000 of the wide one are allowed.
    left = dict(zip((profile.id for profile in index.profiles), undiluted(index).tolist(), strict=True))
    assert left["wide"] == pytest.approx(500 / 2000)
    assert left["s0000"] == 1


def test_all_that_a_wide_listing_says_is_diluted_and_no_fact_about_it() -> None:
    facts = {"filled": 1.0, "sectors": ("transport",), "tags": ("word00001",)}
    usual = [product(f"s{number:04}", text=WORDS[number]) for number in range(2000)]
    statistics = Index.build(usual).statistics
    wanted = Index.build([need(text="word00001", tags=("word00001",), sectors=("transport",))], statistics)
    offered = Index.build(
        [product("a", text="word00001", **facts), product("b", text=" ".join(WORDS), **facts)], statistics
    )
    narrow, wide = score_one(wanted, offered, Weights()).values
    place = {part: number for number, part in enumerate(PARTS)}
    assert wide[place["tags"]] == pytest.approx(narrow[place["tags"]] / 4)
    assert wide[place["text"]] < narrow[place["text"]] / 4
    np.testing.assert_array_equal(wide[[place["facets"], place["trust"]]], narrow[[place["facets"], place["trust"]]])
