"""What would lift a match: every claim is looked up with the engine."""

from dataclasses import replace
from datetime import date
from functools import reduce
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.file_ranking import read_sides
from scoring.elements import COVERED, covers
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.near_miss import OTHER, Change, NearMiss, near_miss
from scoring.profile import Element, NeedProfile, ProductProfile, as_need, as_product
from scoring.ranking import rank, score_one, with_reranked
from scoring.tfidf import TermStatistics
from scoring.weights import Weights
from seeds.library import DATA
from tests.scoring.encoders import letter_meaning
from tests.scoring.samples import HOSPITAL, PRODUCTS, TRAFFIC_NEED, TUNNEL, WEATHER, need, product
from tests.scoring.strategies import needs, product_lists, products

WEIGHTS = Weights()
FLOOR = 3500
ASKED = need(
    "n",
    text="隧道断面流量",
    elements=(Element("断面流量", must=True), Element("能见度", must=True), Element("气温")),
    delivery_modes=("api", "stream"),
    regions=("520100",),
    update_frequency="daily",
    budget=1000.0,
    fresh_since=date(2026, 1, 1),
)
BARE = product("p", title="断面流量", elements=(Element("断面流量"),))


def statistics_of(need: NeedProfile, *products: ProductProfile) -> TermStatistics:
    """Term statistics that know every word that is said."""
    said = product("said", title=need.title, text=need.text, elements=need.elements, tags=need.tags)
    return Index.build(list({one.id: one for one in (*products, said)}.values())).statistics


def lift(need: NeedProfile, product: ProductProfile, floor: int = FLOOR, meaning: Meaning | None = None) -> Any:
    """The near miss under statistics that know every word."""
    return near_miss(need, product, statistics_of(need, product, *PRODUCTS), WEIGHTS, floor, meaning)


def engine(
    need: NeedProfile, product: ProductProfile, statistics: TermStatistics, meaning: Meaning | None = None
) -> tuple[int, bool, bool]:
    """Score, whether a rule keeps them apart, and whether all must-haves are covered."""
    wanted, offered = Index.build([need], statistics, meaning), Index.build([product], statistics, meaning)
    scored = score_one(wanted, offered, WEIGHTS)
    (covered,) = covers(wanted.elements[0], wanted.terms, offered, np.zeros(1, np.int64), WEIGHTS.element_threshold)
    complete = all(cover.share >= COVERED for cover in covered if cover.element.must)
    return int(scored.scores[0]), int(scored.excluded[0]) >= 0, complete


def lifts(need: NeedProfile, product: ProductProfile, statistics: TermStatistics, floor: int, *more: Any) -> bool:
    score, apart, complete = engine(need, product, statistics, *more)
    return score >= floor and not apart and complete


def made(product: ProductProfile, change: Change, need: NeedProfile) -> ProductProfile:
    """The change as a seller would make it, apart from how the engine does it."""
    match change.kind:
        case "element":
            return replace(product, elements=(*product.elements, Element(change.element, change.items)))
        case "listed":
            return replace(product, listed=True)
        case "certificate":
            return replace(product, certified=True, certificate_expired=False)
        case "delivery" | "deal":
            name = f"{change.kind}_modes"
            fields: dict[str, Any] = {name: (*getattr(product, name), change.value[-1])}
            return replace(product, **fields)
        case "update_frequency":
            return replace(product, update_frequency=str(change.value[0]))
        case "region":
            return replace(product, regions=tuple({*product.regions, *need.regions}))
        case "price":
            return replace(product, price=float(change.value[0]))
        case "freshness":
            return replace(product, covers_until=date.fromisoformat(str(change.value[0])))
    raise AssertionError(change.kind)


def check(
    found: NearMiss | None,
    need: NeedProfile,
    product: ProductProfile,
    statistics: TermStatistics,
    floor: int,
    meaning: Meaning | None = None,
) -> None:
    """Every figure of ``found`` against the engine."""
    before, apart, complete = engine(need, product, statistics, meaning)
    assert (found is None) == (before >= floor and not apart and complete)
    if found is None:
        return
    after = reduce(lambda changed, change: made(changed, change, need), found.changes, product)
    assert found.score_before == before
    assert found.score_after == engine(need, after, statistics, meaning)[0]
    assert found.reaches == lifts(need, after, statistics, floor, meaning)
    assert (found.excluded is not None) == apart
    for change in found.changes:
        alone = engine(need, made(product, change, need), statistics, meaning)[0]
        assert change.gain == alone - before
    if found.reaches:
        for left in found.changes:
            fewer = [change for change in found.changes if change is not left]
            without = reduce(lambda changed, change: made(changed, change, need), fewer, product)
            assert not lifts(need, without, statistics, floor, meaning)


@settings(max_examples=60, deadline=None)
@given(needs(), products(), product_lists, st.integers(0, 10_000))
def test_every_claim_is_what_the_engine_says(
    wanted: NeedProfile, offered: ProductProfile, library: list[ProductProfile], floor: int
) -> None:
    statistics = Index.build([one for one in library if one.id != offered.id] + [offered]).statistics
    check(near_miss(wanted, offered, statistics, WEIGHTS, floor), wanted, offered, statistics, floor)


@settings(max_examples=30, deadline=None)
@given(needs(), products(), st.integers(0, 10_000))
def test_every_claim_holds_with_meaning_too(wanted: NeedProfile, offered: ProductProfile, floor: int) -> None:
    statistics, meaning = statistics_of(wanted, offered), letter_meaning()
    check(near_miss(wanted, offered, statistics, WEIGHTS, floor, meaning), wanted, offered, statistics, floor, meaning)


@pytest.mark.parametrize("floor", [2000, 4000, 6000, 8000])
@pytest.mark.parametrize("offered", [BARE, TUNNEL, WEATHER, HOSPITAL], ids=lambda product: product.id)
def test_no_smaller_set_of_changes_would_do(offered: ProductProfile, floor: int) -> None:
    statistics = statistics_of(ASKED, offered, *PRODUCTS)
    found = near_miss(ASKED, offered, statistics, WEIGHTS, floor)
    check(found, ASKED, offered, statistics, floor)
    if found is None or not found.reaches:
        return
    every = _every_change(ASKED, offered)
    for size in range(len(found.changes)):
        for some in combinations(every, size):
            changed = reduce(lambda product, change: made(product, change, ASKED), some, offered)
            assert not lifts(ASKED, changed, statistics, floor), some


def _every_change(need: NeedProfile, _product: ProductProfile) -> list[Change]:
    return [
        *(Change("element", element.name, element.items) for element in need.elements),
        Change("certificate"),
        Change("delivery", value=need.delivery_modes),
        Change("region", value=need.regions),
        Change("update_frequency", value=(str(need.update_frequency),)),
        Change("price", value=(need.budget or 0.0,)),
        Change("freshness", value=(need.fresh_since.isoformat() if need.fresh_since else "",)),
    ]


def test_a_missing_must_have_is_named_and_added() -> None:
    found = lift(ASKED, BARE, floor=0)
    assert (found.musts, found.missing, found.reaches) == ((1, 2), ("能见度",), True)
    assert [(change.kind, change.element, change.must) for change in found.changes] == [("element", "能见度", True)]


def test_a_match_that_counts_needs_no_change() -> None:
    complete = replace(BARE, elements=ASKED.elements)
    assert lift(ASKED, complete, floor=0) is None
    assert lift(need(text="断面流量"), BARE, floor=1) is None


def test_a_facet_that_differs_is_a_change_of_its_own() -> None:
    asked = need(text="断面流量", delivery_modes=("stream", "api"), excluded_delivery_modes=("stream",))
    offered = product("p", title="断面流量", delivery_modes=("file",), price=10.0)
    before = engine(asked, offered, statistics_of(asked, offered))[0]
    found = near_miss(asked, offered, statistics_of(asked, offered), WEIGHTS, before + 1)
    assert found is not None
    (change,) = found.changes
    # The refused one of the welcome modes would not do.
    assert (change.kind, change.value, change.had, found.reaches) == ("delivery", ("api",), True, True)
    assert change.gain == found.score_after - found.score_before > 0


def test_what_nobody_asked_for_is_no_change() -> None:
    asked = need(text="医院门诊 断面流量 气温")
    found = lift(asked, product("p", title="断面流量"), floor=10_000)
    assert (found.changes, found.reaches, found.score_after) == ((), False, found.score_before)


@pytest.mark.parametrize(
    ("asked", "offered", "rule", "kind"),
    [
        ({}, {"listed": False}, "not_listed", "listed"),
        ({"excluded_delivery_modes": ("file",)}, {"delivery_modes": ("file",)}, "excluded_delivery", "delivery"),
        ({"excluded_deal_modes": ("trade",)}, {"deal_modes": ("trade",)}, "excluded_deal", "deal"),
        ({"requires_certificate": True}, {"certificate_expired": True}, "certificate_required", "certificate"),
    ],
)
def test_a_rule_that_the_seller_can_lift_is_lifted(
    asked: dict[str, Any], offered: dict[str, Any], rule: str, kind: str
) -> None:
    found = lift(need(text="断面流量", **asked), product("p", title="断面流量", **offered), floor=1)
    assert (found.excluded, found.reaches, [change.kind for change in found.changes]) == (rule, True, [kind])


def test_where_no_mode_is_welcome_any_that_is_not_refused_will_do() -> None:
    asked = need(text="断面流量", excluded_delivery_modes=("file", "report"))
    (change,) = lift(asked, product("p", title="断面流量", delivery_modes=("file",)), floor=1).changes
    assert (change.value, change.refused) == ((OTHER,), ("file", "report"))
    assert change.to_json()["value"] == []


@pytest.mark.parametrize("rule", ["own_product", "core_class", "need_closed"])
def test_a_rule_that_the_seller_cannot_lift_leaves_nothing_to_change(rule: str) -> None:
    asked = need(text="断面流量", owner="o", open=rule != "need_closed", elements=(Element("气温"),))
    offered = product(
        "p",
        title="断面流量",
        listed=False,  # this rule comes first, and to lift it would help nothing
        owner="o" if rule == "own_product" else None,
        data_class="core" if rule == "core_class" else None,
    )
    found = lift(asked, offered)
    assert (found.excluded, found.changes, found.reaches) == (rule, (), False)


def test_two_rules_at_once_are_both_lifted() -> None:
    asked = need(text="断面流量", excluded_delivery_modes=("file",))
    offered = product("p", title="断面流量", listed=False, delivery_modes=("file",))
    found = lift(asked, offered, floor=1)
    assert found.reaches
    assert {change.kind for change in found.changes} == {"listed", "delivery"}


def test_out_of_reach_the_best_steps_are_given_with_their_gain() -> None:
    found = lift(TRAFFIC_NEED, HOSPITAL, floor=10_000)
    assert not found.reaches
    assert found.score_after > found.score_before
    assert found.changes
    assert all(change.gain for change in found.changes)
    assert found.to_json()["changes"][0].keys() >= {"kind", "gain", "had"}


def test_one_change_that_reaches_the_floor_goes_before_two() -> None:
    statistics = statistics_of(ASKED, BARE, *PRODUCTS)
    asked = replace(ASKED, elements=tuple(replace(element, must=False) for element in ASKED.elements))
    added = replace(BARE, elements=(*BARE.elements, Element("能见度")))
    floor = engine(asked, added, statistics)[0]
    found = near_miss(asked, BARE, statistics, WEIGHTS, floor)
    assert found is not None
    assert (found.reaches, len(found.changes)) == (True, 1)


def test_a_hypothetical_listing_is_never_stored() -> None:
    stored: list[bytes] = []

    class Store:
        def get(self, _encoder: str, _digests: Any) -> dict[bytes, Any]:
            return {}

        def put(self, _encoder: str, vectors: Any) -> None:
            stored.extend(vectors)

    meaning = letter_meaning()
    meaning.embedder._store = Store()
    meaning.vectors([ASKED])
    meaning.vectors([BARE])
    assert meaning.scale
    own = set(stored)
    lift(ASKED, BARE, 9_000, meaning)
    assert set(stored) == own


def test_on_the_shipped_library_every_claim_holds() -> None:
    wanted, offered = read_sides([DATA / "products.jsonl"], [DATA / "scenarios.jsonl"])
    reached = 0
    for ranked in rank(wanted, offered, WEIGHTS, 5):
        for row, places in ranked:
            asked = as_need(wanted.profiles[row])
            listing = as_product(offered.profiles[int(ranked.pairs.columns[places.stop - 1])])
            found = near_miss(asked, listing, offered.statistics, WEIGHTS, FLOOR)
            check(found, asked, listing, offered.statistics, FLOOR)
            reached += found is None or found.reaches
    assert reached > len(wanted) / 2


def test_what_a_reranker_said_of_the_pair_stays_as_it_is() -> None:
    statistics = statistics_of(TRAFFIC_NEED, *PRODUCTS)
    found = near_miss(TRAFFIC_NEED, WEATHER, statistics, WEIGHTS, FLOOR, reranked=0.3)
    assert found is not None
    changed = reduce(lambda product, change: made(product, change, TRAFFIC_NEED), found.changes, WEATHER)
    for listing, told in ((WEATHER, found.score_before), (changed, found.score_after)):
        wanted, offered = Index.build([TRAFFIC_NEED], statistics), Index.build([listing], statistics)
        scored = with_reranked(score_one(wanted, offered, WEIGHTS), np.array([0.3]), WEIGHTS)
        assert told == scored.scores[0]
    plain = near_miss(TRAFFIC_NEED, WEATHER, statistics, WEIGHTS, FLOOR)
    assert plain is not None
    assert plain.score_before != found.score_before
