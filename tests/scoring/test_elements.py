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
from scoring.elements import COVERED, ElementCover, coverage, covers, in_words
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.units import UNDECLARED
from scoring.weights import Weights
from tests.scoring.samples import every_pair, index_both, need, product
from tests.scoring.strategies import need_lists, needs, product_lists

Values = npt.NDArray[np.float64]

THRESHOLD = Weights().element_threshold


def coverages(wanted: Sequence[NeedProfile], offered: Sequence[ProductProfile]) -> Values:
    needs, products = index_both(wanted, offered)
    rows, columns = every_pair(needs, products)
    return coverage(needs.elements, needs.terms, products, rows, columns, THRESHOLD)


def one(wanted: NeedProfile, *offered: ProductProfile, threshold: float = THRESHOLD) -> float:
    """The coverage by the first product in the corpus of all."""
    needs, products = index_both([wanted], offered)
    row, column = np.zeros(1, np.int64), np.array([products.rows[offered[0].id]])
    return float(coverage(needs.elements, needs.terms, products, row, column, threshold)[0])


def mean_share(found: Sequence[ElementCover]) -> float:
    return sum(cover.share for cover in found) / len(found) if found else float("nan")


def test_an_element_that_the_product_names_is_covered_and_another_is_missing() -> None:
    wanted = need(elements=(Element("断面流量"), Element("能见度")))
    assert one(wanted, product(elements=(Element("断面流量"),)), product("q", text="能见度")) == pytest.approx(1 / 2)


def test_an_element_is_covered_as_far_as_its_name_or_else_its_items_are() -> None:
    # By its name alone: √1. By one of its three items, the name being nowhere: √(1/3). The products say all the rest of
    # what the need says, so their support is full.
    wanted = need(text="高速公路隧道的收费站", elements=(Element("断面流量", ("盐价", "糖价", "油价")),))
    rest, others = "高速公路隧道的收费站", [product("q", text="糖价、油价"), product("r", text="断面流量")]
    assert one(wanted, product(title=rest, elements=(Element("断面流量"),)), others[0]) == pytest.approx(1)
    assert one(wanted, product(title=rest, elements=(Element("盐价"),)), *others) == pytest.approx(3**-0.5)


def test_less_than_a_fifth_of_an_element_is_nothing() -> None:
    items = ("盐价", "糖价", "油价", "米价", "肉价", "菜价")
    others = [product("q", text="、".join(items)), product("r", text="断面流量")]
    assert one(need(elements=(Element("断面流量", items),)), product(elements=(Element("盐价"),)), *others) == 0


def test_a_need_that_names_no_elements_is_unknown() -> None:
    assert np.isnan(one(need(text="流量"), product(text="流量")))


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"title": "断面流量"}, 1),
        ({"elements": (Element("断面流量"),)}, 1),
        ({"elements": (Element("其他", ("断面流量",)),)}, 1),
        ({"text": "车型、断面流量，车速"}, UNDECLARED),
        ({"tags": ("断面流量",)}, UNDECLARED),
    ],
    ids=["title", "element", "item", "text", "tag"],
)
def test_whatever_a_listing_says_is_evidence_and_what_it_declares_is_better(
    said: dict[str, Any], counts: float
) -> None:
    assert one(need(elements=(Element("断面流量"),)), product(**said)) == pytest.approx(counts**0.5)


def test_the_words_of_a_phrase_may_stand_apart_within_a_unit_but_not_in_two() -> None:
    wanted = need(text="车辆", elements=(Element("车辆轨迹数据"),))
    together = product("p", elements=(Element("车辆行驶轨迹"),))
    apart = product("q", elements=(Element("车辆行驶"), Element("轨迹行驶")))
    assert one(wanted, together, apart) >= COVERED > one(wanted, apart, together)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("车辆轨迹数据", ["车辆", "轨迹"]),
        ("土壤监测数据", ["土壤", "监测"]),
        ("饲喂数据", ["饲喂"]),
        ("数据", ["数据"]),
        ("api 数据", ["api"]),
    ],
)
def test_a_phrase_is_taken_apart_into_its_words_without_those_for_data(phrase: str, words: list[str]) -> None:
    assert in_words(phrase).split() == words


def test_a_unit_that_is_about_something_else_covers_little() -> None:
    # 检验 is all of the first unit, and two of the fifteen characters of the other.
    wanted = need(elements=(Element("检验数据"),), text="医院与机构")
    about = product("p", title="医院与机构", elements=(Element("检验数据"),))
    aside = product("q", title="医院与机构", elements=(Element("可供检验的智能产品研发生产制造"),))
    corpus = [product(f"s{number}", text=f"其他{number}") for number in range(9)]
    assert one(wanted, about, aside, *corpus) >= COVERED > one(wanted, aside, about, *corpus)


def test_a_phrase_of_words_that_most_listings_have_tells_little() -> None:
    common, rare = need(elements=(Element("企业信息"),)), need(elements=(Element("盐价信息"),))
    corpus = [product(f"p{number}", elements=(Element("企业信息"),)) for number in range(20)]
    corpus.append(product("q", elements=(Element("盐价信息"),)))
    assert one(common, *corpus) < COVERED <= one(rare, *reversed(corpus))


def test_what_a_listing_about_another_matter_says_is_covered_in_part_only() -> None:
    clinic = "医院给患者看病，门诊、住院、手术、用药、影像、病理，血常规和生化指标"
    hospital = product("h", title="医院检验科", text=clinic, elements=(Element("检验数据"),))
    cotton = product("c", title="棉花供应链", text="种植、收购、加工、仓储", elements=(Element("检验数据"),))
    wanted = need(title="远程诊断", text=clinic, elements=(Element("检验数据", ("核酸",)),))
    corpus = [product(f"s{number}", text=f"其他{number}") for number in range(9)]
    assert one(wanted, hospital, cotton, *corpus) == pytest.approx(1)
    assert 0 < one(wanted, cotton, hospital, *corpus) < COVERED


def test_a_need_that_says_little_else_gives_what_is_declared_the_benefit_of_doubt() -> None:
    terse = need(title="研究", elements=(Element("断面流量"), Element("能见度"), Element("气温")))
    corpus = [product(f"s{number}", title=f"研究{number}", text="气温，其他") for number in range(9)]
    asking, offered = index_both([terse], [product(elements=(Element("断面流量"),)), *corpus])
    (found,) = covers(asking.elements[0], asking.terms, offered, np.array([offered.rows["p"]]), THRESHOLD)
    assert [cover.state for cover in found] == ["covered", "missing", "missing"]


def test_an_element_of_which_every_phrase_is_said_letter_for_letter_needs_no_support() -> None:
    element = Element("检验数据", ("核酸", "血常规"))
    wanted = need(title="远程诊断", text="医院给患者看病", elements=(element,))
    others = [product("h", text="医院给患者看病、远程诊断")]
    assert one(wanted, product(title="棉花", elements=(element,)), *others) == 1
    # Words that no listing had when the statistics were made count as well.
    statistics = Index.build(others).statistics
    asking = Index.build([need(elements=(Element("辐照度", ("云量",)),))], statistics)
    offered = Index.build([product(text="云量", elements=(Element("辐照度"),))], statistics)
    (found,) = covers(asking.elements[0], asking.terms, offered, np.zeros(1, np.int64), THRESHOLD)
    assert (found[0].state, found[0].share) == ("covered", 1.0)


def test_a_share_that_meets_the_threshold_on_paper_counts() -> None:
    # Five words in two texts each, so of equal IDF; the unit holds three: 3 / 5 = 0.6, whatever binary sums make of it.
    words = "alpha bravo charlie delta golf"
    wanted = need(elements=(Element(words),))
    for others in range(12):
        corpus = [product("p", title="alpha bravo charlie"), product("q", text="delta golf"), product("r", text=words)]
        corpus += [product(f"s{i}", text="other") for i in range(others)]
        assert one(wanted, *corpus, threshold=0.6) > 0
        assert one(wanted, *corpus, threshold=0.61) == 0


def test_states_follow_the_share() -> None:
    states = [ElementCover(Element("x"), share, "").state for share in (0.0, 0.01, 0.59, 0.6, 1.0)]
    assert states == ["missing", "partly", "partly", "covered", "covered"]


def test_a_cover_names_the_unit_that_holds_the_element_best() -> None:
    needs, products = index_both(
        [need(elements=(Element("断面流量"), Element("气温")))], [product(text="断面流量数据，断面流量")]
    )
    (found,) = covers(needs.elements[0], needs.terms, products, np.arange(len(products)), THRESHOLD)
    assert [(cover.by, cover.share, cover.state) for cover in found] == [
        ("断面流量数据", pytest.approx(UNDECLARED**0.5, abs=1e-6), "covered"),
        ("", 0.0, "missing"),
    ]


@given(need_lists, product_lists, st.sampled_from([0.01, 0.3, 0.6, 1.0]))
@settings(deadline=None, max_examples=80)
def test_coverage_is_the_mean_of_the_explained_covers(
    wanted: list[NeedProfile], offered: list[ProductProfile], threshold: float
) -> None:
    needs, products = index_both(wanted, offered)
    rows, columns = every_pair(needs, products)
    values = coverage(needs.elements, needs.terms, products, rows, columns, threshold)
    explained = [
        mean_share(found)
        for row in range(len(needs))
        for found in covers(needs.elements[row], needs.terms[[row]], products, np.arange(len(products)), threshold)
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
                asking.terms,
                Index.build([offering], statistics),
                np.zeros(1, np.int64),
                np.zeros(1, np.int64),
                THRESHOLD,
            )[0]
        )
        for offering in (offered[0], richer)
    )
    assert after >= before
    place = wanted.elements.index(added)
    (found,) = covers(
        asking.elements[0], asking.terms, Index.build([richer], statistics), np.zeros(1, np.int64), THRESHOLD
    )
    assert found[place].share == 1 or len({added.name, *added.items}) == 1


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
