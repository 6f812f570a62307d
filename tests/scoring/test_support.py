"""Whether a product is about the matter of a need."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from scoring.index import Index
from scoring.profile import NeedProfile, ProductProfile
from scoring.support import ENOUGH, LEAST, support
from tests.scoring.samples import every_pair, index_both, need, product
from tests.scoring.strategies import need_lists, product_lists, products

OTHERS = tuple(product(f"s{number}", text=f"其他{number}号列表") for number in range(8))


def supports(wanted: list[NeedProfile], offered: list[ProductProfile]) -> npt.NDArray[np.float64]:
    needs, products = index_both(wanted, offered)
    return support(needs.terms, products, *every_pair(needs, products))


def one(wanted: NeedProfile, *offered: ProductProfile) -> float:
    """The support of the first product, in the corpus of all."""
    needs, products = index_both([wanted], offered)
    return float(support(needs.terms, products, np.zeros(1, np.int64), np.array([products.rows[offered[0].id]]))[0])


def test_a_product_that_says_all_that_a_need_says_supports_it_in_full_and_a_strange_one_hardly() -> None:
    wanted = need(text="医院给患者看病，要门诊血常规")
    assert one(wanted, product(text="医院给患者看病，要门诊血常规"), *OTHERS) == 1
    assert one(wanted, product(text="棉花的种植和收购"), *OTHERS) == LEAST


def test_what_stands_in_every_listing_is_no_support() -> None:
    everywhere = [product(f"p{number}", text="数据平台提供服务") for number in range(200)]
    assert one(need(text="数据平台提供服务和高速公路断面流量"), *everywhere) == LEAST


def test_a_few_words_in_common_are_less_than_the_same_share_of_many() -> None:
    # Half of the words each time.
    few = need(text="alpha bravo")
    many = need(text="alpha bravo charlie delta golf hotel kilo lima")
    assert one(few, product(text="alpha"), product("q", text="bravo"), *OTHERS) < one(
        many, product(text="alpha bravo charlie delta"), product("q", text="golf hotel kilo lima"), *OTHERS
    )


def test_by_hand() -> None:
    # Four words that one product of five has, so of equal weight: squared, a quarter each, of which 1 / (5 + 20) =
    # 0.04 is chance. One word in common: 0.25 − 0.04 = 0.21, its standard error √(0.21 · 0.79 / 4) = 0.204; two of
    # them leave nothing. Three words: 0.75 − 0.04 = 0.71, less twice √(0.71 · 0.29 / 4) = 0.227 is 0.256: enough.
    wanted = need(text="alpha bravo charlie delta")
    rest = [product(f"r{number}", text=text) for number, text in enumerate(("x", "y", "z"))]
    assert one(wanted, product(text="alpha"), product("q", text="bravo charlie delta"), *rest) == LEAST
    assert one(wanted, product(text="alpha bravo charlie"), product("q", text="delta"), *rest) == 1
    assert ENOUGH < 0.256


def test_without_a_word_there_is_none() -> None:
    assert one(need(), product(text="棉花"), *OTHERS) == LEAST
    assert one(need(text="棉花"), product(), *OTHERS) == LEAST


@given(need_lists, product_lists)
@settings(deadline=None, max_examples=40)
def test_it_lies_between_its_bounds_and_does_not_depend_on_the_other_pairs(
    wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    needs, products = index_both(wanted, offered)
    rows, columns = every_pair(needs, products)
    whole = support(needs.terms, products, rows, columns)
    assert ((whole >= LEAST) & (whole <= 1)).all()
    backwards = support(needs.terms, products, rows[::-1], columns[::-1])
    np.testing.assert_array_equal(backwards[::-1], whole)
    alone = [support(needs.terms, products, rows[[k]], columns[[k]])[0] for k in range(len(rows))]
    np.testing.assert_array_equal(np.array(alone), whole)


@given(need_lists.filter(bool), products(), products())
@settings(deadline=None, max_examples=80)
def test_to_say_more_never_costs_support(
    wanted: list[NeedProfile], offered: ProductProfile, more: ProductProfile
) -> None:
    richer = replace(offered, text=f"{offered.text}\n{more.text}", elements=offered.elements + more.elements)
    statistics = Index.build([offered, product("other", text=more.text)]).statistics
    asking = Index.build(wanted, statistics)
    rows, columns = np.arange(len(asking)), np.zeros(len(asking), np.int64)
    before, after = (support(asking.terms, Index.build([one], statistics), rows, columns) for one in (offered, richer))
    assert (after >= before).all()


def test_blank_sides_have_no_pairs() -> None:
    assert len(supports([], [product(text="棉花")])) == 0


@pytest.mark.parametrize("text", ["盐价", "gdp", "2023年"])
def test_any_kind_of_word_supports(text: str) -> None:
    assert one(need(text=text), product(text=text), *OTHERS) == 1
