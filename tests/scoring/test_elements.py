"""Coverage of a need's elements."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoring.elements
from scoring.elements import ElementCover, coverage, covers
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.weights import Weights
from tests.scoring.samples import every_pair, index_both, need, product
from tests.scoring.strategies import need_lists, needs, product_lists

Values = npt.NDArray[np.float64]

THRESHOLD = Weights().element_threshold


def coverages(wanted: Sequence[NeedProfile], offered: Sequence[ProductProfile]) -> Values:
    needs, products = index_both(wanted, offered)
    rows, columns = every_pair(needs, products)
    return coverage(needs.elements, products.units, products.statistics, rows, columns, THRESHOLD)


def one(wanted: NeedProfile, *offered: ProductProfile) -> float:
    """The coverage by the first product in the corpus of all."""
    needs, products = index_both([wanted], offered)
    row, column = np.zeros(1, np.int64), np.array([products.rows[offered[0].id]])
    return float(coverage(needs.elements, products.units, products.statistics, row, column, THRESHOLD)[0])


def mean_share(found: Sequence[ElementCover]) -> float:
    return sum(cover.share for cover in found) / len(found) if found else float("nan")


def test_an_element_that_the_product_names_is_covered_and_another_is_missing() -> None:
    wanted = need(elements=(Element("断面流量"), Element("能见度")))
    assert one(wanted, product(elements=(Element("断面流量"),)), product("q", text="能见度")) == pytest.approx(1 / 2)


def test_an_element_takes_half_from_its_name_and_half_from_its_items() -> None:
    # 流量 itself 1 · ½; of its items 盐 and 糖 one is there: ½ · (1 + 0) / 2 = ¼. Together ¾.
    wanted = need(elements=(Element("流量", ("盐价", "糖价")),))
    assert one(wanted, product(tags=("流量", "盐价")), product("q", text="糖价")) == pytest.approx(0.75)


def test_a_need_that_names_no_elements_is_unknown() -> None:
    assert np.isnan(one(need(text="流量"), product(text="流量")))


@pytest.mark.parametrize(
    "said",
    [
        {"title": "断面流量"},
        {"text": "车型、断面流量，车速"},
        {"tags": ("断面流量",)},
        {"elements": (Element("断面流量"),)},
        {"elements": (Element("其他", ("断面流量",)),)},
    ],
    ids=["title", "text", "tag", "element", "item"],
)
def test_whatever_a_listing_says_is_evidence(said: dict[str, Any]) -> None:
    assert one(need(elements=(Element("断面流量"),)), product(**said)) == pytest.approx(1)


def test_terms_scattered_over_two_clauses_cover_nothing() -> None:
    wanted = need(elements=(Element("salt price level"),))
    assert one(wanted, product(text="salt，price，level")) == 0
    assert one(wanted, product(text="salt price level")) == pytest.approx(1)


def test_a_share_that_meets_the_threshold_on_paper_counts() -> None:
    # Five words in two texts each, so of equal IDF; the unit holds three: 3 / 5 = 0.6, whatever binary sums make of it.
    words = "alpha bravo charlie delta golf"
    for others in range(12):
        corpus = [product("p", text="alpha bravo charlie"), product("q", text="delta golf"), product("r", text=words)]
        corpus += [product(f"s{i}", text="other") for i in range(others)]
        assert one(need(elements=(Element(words),)), *corpus) == pytest.approx(0.6)


def test_states_follow_the_share() -> None:
    states = [ElementCover(Element("x"), share, "").state for share in (0.0, 0.01, 0.59, 0.6, 1.0)]
    assert states == ["missing", "partly", "partly", "covered", "covered"]


def test_a_cover_names_the_unit_that_holds_the_element_best() -> None:
    needs, products = index_both(
        [need(elements=(Element("断面流量"), Element("气温")))], [product(text="断面流量数据，断面流量")]
    )
    (found,) = covers(needs.elements[0], products.units, products.statistics, THRESHOLD)
    assert [(cover.by, cover.share, cover.state) for cover in found] == [
        ("断面流量数据", 1.0, "covered"),
        ("", 0.0, "missing"),
    ]


@given(need_lists, product_lists, st.sampled_from([0.01, 0.3, 0.6, 1.0]))
@settings(deadline=None, max_examples=80)
def test_coverage_is_the_mean_of_the_explained_covers(
    wanted: list[NeedProfile], offered: list[ProductProfile], threshold: float
) -> None:
    needs, products = index_both(wanted, offered)
    rows, columns = every_pair(needs, products)
    values = coverage(needs.elements, products.units, products.statistics, rows, columns, threshold)
    explained = [
        mean_share(found)
        for row in range(len(needs))
        for found in covers(needs.elements[row], products.units, products.statistics, threshold)
    ]
    np.testing.assert_allclose(values, np.array(explained), atol=1e-6)
    known = values[~np.isnan(values)]
    assert ((known >= 0) & (known <= 1)).all()


@given(need_lists, product_lists)
@settings(deadline=None, max_examples=25)
def test_the_size_of_a_block_changes_nothing(wanted: list[NeedProfile], offered: list[ProductProfile]) -> None:
    whole = coverages(wanted, offered)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring.elements, "_BLOCK", 2)
        np.testing.assert_array_equal(coverages(wanted, offered), whole)


@given(needs(), product_lists.filter(bool), st.data())
@settings(deadline=None, max_examples=60)
def test_a_product_that_adds_an_element_of_the_need_never_covers_less(
    wanted: NeedProfile, offered: list[ProductProfile], data: st.DataObject
) -> None:
    wanted = replace(wanted, elements=wanted.elements or (Element("能见度"),))
    added = data.draw(st.sampled_from(wanted.elements))
    richer = replace(offered[0], elements=(*offered[0].elements, added))
    statistics = Index.build([richer, *offered[1:]]).statistics
    asking = Index.build([wanted], statistics)
    before, after = (
        float(
            coverage(
                asking.elements,
                Index.build([offering], statistics).units,
                statistics,
                np.zeros(1, np.int64),
                np.zeros(1, np.int64),
                THRESHOLD,
            )[0]
        )
        for offering in (offered[0], richer)
    )
    assert after >= before
    place = wanted.elements.index(added)
    (found,) = covers(asking.elements[0], Index.build([richer], statistics).units, statistics, THRESHOLD)
    speaks = Index.build([need(text=added.name)], statistics).terms.nnz > 0
    assert found[place].share >= 0.5 or not speaks


@given(needs(), product_lists, st.data())
@settings(deadline=None, max_examples=40)
def test_shuffled_elements_change_nothing(
    wanted: NeedProfile, offered: list[ProductProfile], data: st.DataObject
) -> None:
    shuffled = replace(wanted, elements=tuple(data.draw(st.permutations(wanted.elements))))
    others = [replace(offer, elements=tuple(data.draw(st.permutations(offer.elements)))) for offer in offered]
    np.testing.assert_array_equal(coverages([shuffled], others), coverages([wanted], offered))


@given(need_lists.filter(lambda wanted: len(wanted) > 1), product_lists)
@settings(deadline=None, max_examples=40)
def test_a_pairs_coverage_does_not_depend_on_the_needs_beside_it(
    wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    ordered = sorted(wanted, key=lambda profile: (profile.ref, profile.id))
    apart = [coverages([profile], offered) for profile in ordered]
    np.testing.assert_array_equal(coverages(wanted, offered), np.concatenate(apart))
