"""Facets, compared one by one, and the hard rules."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from matcher.states import UpdateFrequency
from scoring.facets import FREQUENCIES, RULES, FacetColumns, agreement, exclusions, region_agreement, trust
from scoring.profile import NeedProfile, ProductProfile
from scoring.weights import FACETS
from tests.scoring.samples import need, product
from tests.scoring.strategies import need_lists, product_lists

ONE = np.zeros(1, np.int64)


def state(facet: str, wanted: dict[str, Any], offered: dict[str, Any]) -> float | None:
    needs, products = FacetColumns.build([need(**wanted)]), FacetColumns.build([product(**offered)])
    value = float(agreement(needs, products, ONE, ONE)[0, FACETS.index(facet)])
    return None if np.isnan(value) else value


def rule(wanted: NeedProfile, offered: ProductProfile) -> str | None:
    found = int(exclusions(FacetColumns.build([wanted]), FacetColumns.build([offered]), ONE, ONE)[0])
    return RULES[found] if found >= 0 else None


@pytest.mark.parametrize(
    ("facet", "field", "wanted", "offered", "expected"),
    [
        ("sector", "sectors", ("health",), ("health",), 1),
        ("sector", "sectors", ("transport", "health"), ("health",), 0.5),
        ("sector", "sectors", ("health",), ("health", "finance", "transport", "culture"), 0.25),
        ("sector", "sectors", ("transport",), ("health",), 0),
        ("sector", "sectors", (), ("health",), None),
        ("sector", "sectors", ("transport",), (), None),
        ("region", "regions", ("520100",), ("520000",), 1),
        ("region", "regions", ("520000",), ("520100",), 0.5),
        ("region", "regions", ("520000",), ("440000",), 0),
        ("region", "regions", (), ("440000",), None),
        ("update_frequency", "update_frequency", "daily", "daily", 1),
        ("update_frequency", "update_frequency", "daily", "realtime", 1),
        ("update_frequency", "update_frequency", "daily", "weekly", 0.5),
        ("update_frequency", "update_frequency", "daily", "monthly", 0),
        ("update_frequency", "update_frequency", "daily", None, None),
        ("update_frequency", "update_frequency", None, "daily", None),
        ("delivery", "delivery_modes", ("api",), ("api", "file"), 1),
        ("delivery", "delivery_modes", ("api",), ("file",), 0),
        ("delivery", "delivery_modes", ("api",), (), None),
        ("deal", "deal_modes", ("trade",), ("licence", "trade"), 1),
        ("deal", "deal_modes", ("trade",), ("pledge",), 0),
        ("deal", "deal_modes", (), (), None),
    ],
)
def test_coded_facets(facet: str, field: str, wanted: Any, offered: Any, expected: float | None) -> None:
    assert state(facet, {field: wanted}, {field: offered}) == expected


@pytest.mark.parametrize(
    ("budget", "price", "expected"),
    [
        (100.0, 100.0, 1),
        (100.0, 0.0, 1),
        (100.0, 100.01, 0.5),
        (100.0, 125.0, 0.5),  # up to 1.25 times the budget a price is talked over
        (100.0, 125.01, 0),
        (0.0, 0.0, 1),
        (0.0, 1.0, 0),
        (None, 1.0, None),
        (100.0, None, None),
    ],
)
def test_price_against_budget(budget: float | None, price: float | None, expected: float | None) -> None:
    assert state("price", {"budget": budget}, {"price": price}) == expected


@pytest.mark.parametrize(
    ("since", "updated", "expected"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), 1),
        (date(2026, 1, 1), date(2025, 12, 31), 0),
        (None, date(2025, 12, 31), None),
        (date(2026, 1, 1), None, None),
    ],
)
def test_freshness(since: date | None, updated: date | None, expected: float | None) -> None:
    assert state("freshness", {"fresh_since": since}, {"covers_until": updated}) == expected


@pytest.mark.parametrize(
    ("wanted", "covered", "expected"),
    [
        (("520102",), ("520102",), 1),
        (("520102",), ("520100",), 1),
        (("520102",), ("520000",), 1),
        (("520102",), ("100000",), 1),
        (("520000",), ("520102",), 0.5),
        (("100000",), ("520000",), 0.5),
        (("100000",), ("100000",), 1),
        (("520102",), ("520103",), 0),
        (("520100",), ("522300",), 0),
        (("520000",), ("500000",), 0),
        (("110000",), ("100000",), 1),
        (("520000", "440000"), ("520000",), 0.5),  # (1 + 0) / 2
        (("520000", "440000"), ("520100", "440000"), 0.75),  # (½ + 1) / 2
    ],
)
def test_regions_contain_each_other(wanted: tuple[str, ...], covered: tuple[str, ...], expected: float) -> None:
    assert region_agreement(wanted, covered) == expected


def test_frequencies_are_those_of_the_domain_in_its_order() -> None:
    assert tuple(UpdateFrequency) == FREQUENCIES


def excluded_cases() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [
        ("not_listed", {}, {"listed": False}),
        ("need_closed", {"open": False}, {}),
        ("core_class", {}, {"data_class": "core"}),
        ("own_product", {"owner": "o1"}, {"owner": "o1"}),
        ("excluded_delivery", {"excluded_delivery_modes": ("api", "file")}, {"delivery_modes": ("api",)}),
        ("excluded_deal", {"excluded_deal_modes": ("pledge",)}, {"deal_modes": ("pledge",)}),
        ("certificate_required", {"requires_certificate": True}, {"certificate_expired": True}),
    ]


@pytest.mark.parametrize(("name", "wanted", "offered"), excluded_cases())
def test_every_hard_rule_keeps_a_pair_apart_by_its_name(
    name: str, wanted: dict[str, Any], offered: dict[str, Any]
) -> None:
    assert rule(need(**wanted), product(**offered)) == name


def test_every_hard_rule_has_a_case() -> None:
    assert [name for name, _, _ in excluded_cases()] == list(RULES)


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ({}, {}),
        ({"owner": "o1"}, {"owner": "o2"}),
        ({"owner": "o1"}, {}),
        ({}, {"owner": "o1"}),
        ({"excluded_delivery_modes": ("api",)}, {"delivery_modes": ("api", "file")}),
        ({"excluded_delivery_modes": ("api",)}, {}),
        ({"excluded_deal_modes": ("pledge",)}, {}),
        ({"requires_certificate": True}, {"certified": None}),
        ({"requires_certificate": True}, {"certified": True, "certificate_expired": True}),
        ({}, {"certificate_expired": True}),
        ({}, {"data_class": "important"}),
    ],
)
def test_a_choice_left_open_or_unknown_excludes_nothing(wanted: dict[str, Any], offered: dict[str, Any]) -> None:
    assert rule(need(**wanted), product(**offered)) is None


def test_the_first_rule_that_holds_is_given() -> None:
    assert rule(need(open=False, owner="o"), product(listed=False, owner="o")) == "not_listed"


@pytest.mark.parametrize(
    ("certified", "filled", "expected"),
    [(True, 0.8, 0.9), (False, 0.8, 0.4), (None, 0.8, 0.8), (True, None, 1.0), (None, None, None)],
)
def test_trust_is_the_mean_of_what_is_known(
    certified: bool | None, filled: float | None, expected: float | None
) -> None:
    assert trust(product(certified=certified, filled=filled)) == (None if expected is None else pytest.approx(expected))


@given(need_lists, product_lists)
@settings(deadline=None, max_examples=80)
def test_many_pairs_at_once_are_compared_as_each_alone(
    wanted: list[NeedProfile], offered: list[ProductProfile]
) -> None:
    rows, columns = (places.ravel() for places in np.indices((len(wanted), len(offered))))
    needs, products = FacetColumns.build(wanted), FacetColumns.build(offered)
    states, rules = agreement(needs, products, rows, columns), exclusions(needs, products, rows, columns)
    assert states.shape == (len(rows), len(FACETS))
    for k, (row, column) in enumerate(zip(rows, columns, strict=True)):
        single = FacetColumns.build([wanted[row]]), FacetColumns.build([offered[column]])
        np.testing.assert_array_equal(states[k], agreement(*single, ONE, ONE)[0])
        assert rules[k] == exclusions(*single, ONE, ONE)[0]


@given(need_lists, product_lists, product_lists)
@settings(deadline=None, max_examples=40)
def test_columns_put_together_are_compared_as_columns_built_together(
    wanted: list[NeedProfile], first: list[ProductProfile], second: list[ProductProfile]
) -> None:
    rows, columns = (places.ravel() for places in np.indices((len(wanted), len(first) + len(second))))
    needs = FacetColumns.build(wanted)
    joined = FacetColumns.build(first).join(FacetColumns.build(second))
    together = FacetColumns.build([*first, *second])
    backwards = np.arange(len(first) + len(second))[::-1]
    for one, other in ((joined, together), (joined.take(backwards), together.take(backwards))):
        np.testing.assert_array_equal(agreement(needs, one, rows, columns), agreement(needs, other, rows, columns))
        np.testing.assert_array_equal(exclusions(needs, one, rows, columns), exclusions(needs, other, rows, columns))
