"""Sets of products that cover a need together."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from math import e
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.file_ranking import read_sides
from scoring.bundle import (
    LEAST_ADDED,
    MOST,
    Bundle,
    best_sets,
    bundles,
    candidates,
    element_weights,
    exact,
    greedy,
)
from scoring.elements import COVERED, covers
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.ranking import rank
from scoring.weights import Weights
from seeds.library import DATA
from tests.scoring.samples import index_both, need, product
from tests.scoring.strategies import need_lists, product_lists

Matrix = npt.NDArray[np.float64]
WEIGHTS = Weights()
NAMES = ("隧道流量", "气象观测", "事故记录", "路面病害", "收费站通行")


def wanted(*names: str, must: tuple[str, ...] = (), **fields: Any) -> NeedProfile:
    """A need for some elements."""
    return need(elements=tuple(Element(name, must=name in must) for name in names), text="".join(names), **fields)


def offering(id: str, *names: str, **fields: Any) -> ProductProfile:  # noqa: A002
    """A product that has some elements."""
    return product(id, elements=tuple(Element(name) for name in names), **fields)


def found(need: NeedProfile, *products: ProductProfile, top: int = 20) -> list[Bundle]:
    """The bundles for one need behind its shortlist."""
    needs, supply = index_both([need], products)
    (ranked,) = rank(needs, supply, WEIGHTS, top)
    return bundles(0, needs, supply, ranked.pairs.columns, WEIGHTS)


def ids(bundle: Bundle) -> list[str]:
    return [product.id for product in bundle.products]


@st.composite
def cases(draw: st.DrawFn, most: int = 9) -> tuple[Matrix, Matrix]:
    """Shares of a few products, many of them nothing or equal, and weights that add up to 1."""
    shape = draw(st.integers(1, 5)), draw(st.integers(1, most))
    cell = st.sampled_from([0.0, 0.0, 0.0, 0.5, 0.6, 1.0]) | st.floats(0, 1)
    shares = draw(st.lists(cell, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    musts = draw(st.lists(st.booleans(), min_size=shape[0], max_size=shape[0]))
    return np.round(np.array(shares).reshape(shape), 6), element_weights([Element("x", must=must) for must in musts])


def covered(shares: Matrix, weights: Matrix, chosen: Any) -> float:
    return sum(
        float(weight) * max((float(row[place]) for place in chosen), default=0.0)
        for weight, row in zip(weights, shares, strict=True)
    )


def by_brute_force(shares: Matrix, weights: Matrix, sizes: range) -> float:
    """The most that any set of these sizes covers."""
    products = range(shares.shape[1])
    return max(
        (covered(shares, weights, chosen) for size in sizes for chosen in combinations(products, size)), default=0.0
    )


@given(cases(), st.integers(2, MOST))
def test_exact_finds_what_brute_force_finds(case: tuple[Matrix, Matrix], size: int) -> None:
    shares, weights = case
    best = by_brute_force(shares, weights, range(min(size, shares.shape[1]) + 1))
    assert covered(shares, weights, exact(shares, weights, size)) == pytest.approx(best, abs=1e-8)


@given(cases(), st.integers(1, MOST))
def test_greedy_reaches_its_bound_and_takes_nothing_that_adds_nothing(case: tuple[Matrix, Matrix], size: int) -> None:
    shares, weights = case
    chosen = greedy(shares, weights, size)
    best = by_brute_force(shares, weights, range(size + 1))
    assert covered(shares, weights, chosen) >= (1 - 1 / e) * best - 1e-8
    steps = [covered(shares, weights, chosen[:number]) for number in range(len(chosen) + 1)]
    assert all(later > earlier for earlier, later in pairwise(steps))


@given(cases(most=7))
def test_the_best_set_misses_no_more_of_the_optimum_than_what_is_too_little_to_add(case: tuple[Matrix, Matrix]) -> None:
    shares, weights = case
    single, best = (by_brute_force(shares, weights, range(most + 1)) for most in (1, MOST))
    sets = best_sets(shares, weights)
    reached = covered(shares, weights, sets[0]) if sets else single
    # Each step up in size that was not taken would have added less than LEAST_ADDED.
    assert reached >= best - (MOST - 1) * LEAST_ADDED - 1e-8


@given(cases())
def test_every_member_adds_something_and_larger_sets_cover_more(case: tuple[Matrix, Matrix]) -> None:
    shares, weights = case
    sets = best_sets(shares, weights)
    reached = [covered(shares, weights, chosen) for chosen in sets]
    assert reached == sorted(reached, reverse=True)
    assert [len(chosen) for chosen in sets] == sorted({len(chosen) for chosen in sets}, reverse=True)
    for chosen, whole in zip(sets, reached, strict=True):
        for left in chosen:
            assert whole - covered(shares, weights, set(chosen) - {left}) >= LEAST_ADDED - 1e-8


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_products_changes_no_coverage(case: tuple[Matrix, Matrix], chance: Any) -> None:
    shares, weights = case
    order = list(range(shares.shape[1]))
    chance.shuffle(order)
    expected = [round(covered(shares, weights, chosen), 8) for chosen in best_sets(shares, weights)]
    mixed = shares[:, order]
    assert [round(covered(mixed, weights, chosen), 8) for chosen in best_sets(mixed, weights)] == expected


def test_with_too_many_sets_to_try_the_greedy_one_stands_without_what_became_superfluous() -> None:
    chance = np.random.default_rng(1)
    shares, weights = np.round(chance.random((40, 400)), 6), np.full(40, 1 / 40)
    near = greedy(shares, weights, MOST)
    few = candidates(shares, weights, near)
    # C(200, 4) sets of 40 elements are 2.6e9 cells, of two products still few enough to try them all.
    assert len(few) > 150
    first = best_sets(shares, weights)[0]
    assert covered(shares, weights, first) >= covered(shares, weights, near) - 1e-8
    assert set(near) <= set(few.tolist()) or len(first) == MOST


def test_a_must_have_counts_twice() -> None:
    # 2 + 1 + 1 = 4 in all.
    assert element_weights([Element("a", must=True), Element("b"), Element("c")]).tolist() == [0.5, 0.25, 0.25]


def test_two_products_that_complete_each_other_are_offered_with_what_each_adds_and_what_is_missing() -> None:
    asked = wanted("隧道流量", "气象观测", "事故记录", "路面病害", must=("路面病害",))
    (pair,) = found(
        asked, offering("p1", "隧道流量", "气象观测"), offering("p2", "事故记录"), offering("p3", "隧道流量")
    )
    # Weights 1, 1, 1 and 2 of 5: the best single one covers 2/5, both 3/5.
    assert pair.best_single == pytest.approx(0.4)
    assert pair.coverage == pytest.approx(0.6)
    assert [(m.product.id, [a.element.name for a in m.adds]) for m in pair.members] == [
        ("p1", ["隧道流量", "气象观测"]),
        ("p2", ["事故记录"]),
    ]
    assert [(left.element.name, left.element.must, left.share) for left in pair.uncovered] == [("路面病害", True, 0.0)]


def test_a_bundle_that_covers_hardly_more_than_one_product_is_not_offered() -> None:
    names = tuple(f"{a}{b}" for a in "东南西北中春夏秋冬晨" for b in "江河湖海山川林田桥路塔")
    # One of 110 elements is 0.009 < LEAST_ADDED.
    assert found(wanted(*names), offering("p1", *names[:109]), offering("p2", names[109])) == []


def test_one_element_or_one_product_that_covers_all_makes_no_bundle() -> None:
    assert found(wanted("隧道流量"), offering("p1", "隧道流量"), offering("p2", "隧道流量")) == []
    assert found(wanted(*NAMES), offering("p1", *NAMES), offering("p2", *NAMES[:2])) == []
    assert found(need(text="隧道流量"), offering("p1", "隧道流量")) == []
    assert found(wanted(*NAMES), product("p1", title="医院门诊", listed=False)) == []


def test_what_a_hard_rule_keeps_apart_is_in_no_bundle() -> None:
    asked = wanted(*NAMES[:3], owner="buyer", excluded_delivery_modes=("file",))
    fits = offering("p1", NAMES[0]), offering("p2", NAMES[1])
    apart = (
        offering("own", NAMES[2], owner="buyer"),
        offering("refused", NAMES[2], delivery_modes=("file",)),
        offering("core", NAMES[2], data_class="core"),
        offering("draft", NAMES[2], listed=False),
    )
    (pair,) = found(asked, *fits, *apart)
    assert ids(pair) == ["p1", "p2"]


def test_of_products_that_add_the_same_the_one_further_up_the_shortlist_is_taken() -> None:
    asked = wanted(*NAMES[:2], tags=("智慧交通",))
    first, second = offering("p2", NAMES[1]), offering("p3", NAMES[1], tags=("智慧交通",))
    (pair,) = found(asked, offering("p1", NAMES[0]), first, second)
    assert set(ids(pair)) == {"p1", "p3"}


def test_a_product_behind_the_shortlist_may_complete_a_bundle() -> None:
    asked = wanted(*NAMES[:2], title="隧道流量", tags=("隧道流量",))
    (pair,) = found(asked, offering("p1", NAMES[0]), offering("p2", NAMES[1]), top=1)
    assert set(ids(pair)) == {"p1", "p2"}


def test_the_price_is_a_sum_only_where_every_price_is_known() -> None:
    asked = wanted(*NAMES[:2])
    (pair,) = found(asked, offering("p1", NAMES[0], price=1000.0), offering("p2", NAMES[1], price=250.5))
    assert pair.to_json()["price"] == {"amount": 1250.5, "unknown": 0}
    (pair,) = found(asked, offering("p1", NAMES[0], price=0.0), offering("p2", NAMES[1]))
    assert pair.to_json()["price"] == {"amount": None, "unknown": 1}


def test_conflicts_name_who_states_what_and_the_unknown_conflicts_with_nothing() -> None:
    asked = wanted(*NAMES[:3])
    (first, *_) = found(
        asked,
        offering("p1", NAMES[0], deal_modes=("trade", "share"), delivery_modes=("api",), data_class="important"),
        offering("p2", NAMES[1], deal_modes=("share",), delivery_modes=("file",), data_class="general"),
        offering("p3", NAMES[2], deal_modes=("licence", "trade")),
    )
    said = {c["kind"]: dict(zip(c["products"], c["values"], strict=True)) for c in first.to_json()["conflicts"]}
    # Each two of the three deal modes could meet in part, all three have none in common.
    assert said == {
        "deal": {"p1": ["trade", "share"], "p2": ["share"], "p3": ["licence", "trade"]},
        "delivery": {"p1": ["api"], "p2": ["file"]},
        "data_class": {"p1": ["important"], "p2": ["general"]},
    }
    (plain,) = found(wanted(*NAMES[:2]), offering("p1", NAMES[0], deal_modes=("trade",)), offering("p2", NAMES[1]))
    assert plain.conflicts == []


@given(need_lists, product_lists, st.randoms(use_true_random=False))
def test_whatever_the_library_bundles_hold_together_and_its_order_changes_nothing(
    needs: list[NeedProfile], products: list[ProductProfile], chance: Any
) -> None:
    mixed = list(products)
    chance.shuffle(mixed)
    both = [list(_all(needs, some)) for some in (products, mixed)]
    assert [one.to_json() for one in both[0]] == [one.to_json() for one in both[1]]
    for bundle in both[0]:
        assert 2 <= len(bundle.members) <= MOST
        assert len(set(ids(bundle))) == len(bundle.members)
        assert bundle.coverage >= bundle.best_single + LEAST_ADDED - 1e-8
        assert all(member.adds for member in bundle.members)


def _all(needs: list[NeedProfile], products: list[ProductProfile]) -> Iterator[Bundle]:
    asking, supply = index_both(needs, products)
    for row in range(len(asking)):
        yield from bundles(row, asking, supply, np.array([], np.int64), WEIGHTS)


def test_on_the_scenarios_the_best_bundle_reaches_the_exhaustive_optimum(shipped: tuple[Index, Index]) -> None:
    """Against every set of up to four of all products that cover anything, whatever the engine takes for candidates."""
    needs, products = shipped
    assert len(needs) == 23
    reached: dict[str, float] = {}
    for ranked in rank(needs, products, WEIGHTS, 20):
        for row, places in ranked:
            found = covers(
                needs.elements[row],
                needs.terms[[row]],
                products,
                np.arange(len(products)),
                WEIGHTS.element_threshold,
            )
            shares = np.array([[cover.share for cover in product] for product in found]).T
            weights = element_weights(needs.elements[row])
            optimum = _optimum(shares, weights)
            offered = bundles(row, needs, products, ranked.pairs.columns[list(places)], WEIGHTS)
            assert len(offered) <= 3
            # Where none is offered, one product covers as much as any set.
            best = offered[0].coverage if offered else by_brute_force(shares, weights, range(2))
            reached[needs.profiles[row].ref] = best / optimum
            for bundle in offered:
                rows = [products.rows[product.id] for product in bundle.products]
                names = [element.name for element in needs.profiles[row].elements]
                _check_each_adds(bundle, shares, weights, rows, names)
    assert min(reached.values()) >= 0.95, reached


def _optimum(shares: Matrix, weights: Matrix) -> float:
    """The most that four products cover. Those that another one equals or beats everywhere need not be tried."""
    columns = {tuple(column) for column in shares.T.tolist() if any(column)}
    kept = [
        one
        for one in columns
        if not any(one != other and all(a <= b for a, b in zip(one, other, strict=True)) for other in columns)
    ]
    table = np.array(kept).T
    sets = [np.array(list(combinations(range(len(kept)), size))) for size in range(1, min(MOST, len(kept)) + 1)]
    return max(float((weights @ table[:, some].max(axis=2)).max()) for some in sets)


def _check_each_adds(bundle: Bundle, shares: Matrix, weights: Matrix, rows: list[int], elements: list[str]) -> None:
    whole = covered(shares, weights, rows)
    assert whole == pytest.approx(bundle.coverage, abs=1e-5)
    for left in rows:
        assert whole - covered(shares, weights, set(rows) - {left}) > 0
    own = shares[:, rows]
    for number, member in enumerate(bundle.members):
        # Every element stands with the first of those that cover it best.
        best = (own[:, number] == own.max(axis=1)) & (own[:, number] > own[:, :number].max(axis=1, initial=0))
        assert [added.element.name for added in member.adds] == [elements[place] for place in np.flatnonzero(best)]
        assert [added.share for added in member.adds] == pytest.approx(own[best, number].tolist(), abs=1e-5)
    short = own.max(axis=1) < COVERED
    assert [left.element.name for left in bundle.uncovered] == [elements[place] for place in np.flatnonzero(short)]


@pytest.fixture(scope="module")
def shipped() -> tuple[Index, Index]:
    """The scenarios and products that ship with the program."""
    return read_sides([DATA / "products.jsonl"], [DATA / "scenarios.jsonl"])
