"""The words behind a score."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.breakdown import calibrated
from scoring.facets import RULES
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.weights import FACETS, PARTS, Weights
from tests.scoring.samples import HOSPITAL, PRODUCTS, TRAFFIC_NEED, TUNNEL, explain_pair, need, product
from tests.scoring.strategies import needs, products

STATISTICS = Index.build(PRODUCTS).statistics


def parts(wanted: NeedProfile, offered: ProductProfile, weights: Weights | None = None) -> dict[str, dict[str, Any]]:
    breakdown = explain_pair(wanted, offered, weights, STATISTICS).to_json()
    return {part["part"]: part for part in breakdown["parts"]}


def test_parts_stand_in_their_order_under_the_fingerprint() -> None:
    breakdown = explain_pair(TRAFFIC_NEED, TUNNEL).to_json()
    assert [part["part"] for part in breakdown["parts"]] == list(PARTS)
    assert breakdown["fingerprint"] == "f" * 64
    assert breakdown["score"] == sum(part["points"] for part in breakdown["parts"]) > 0


def test_shared_terms_are_named_as_people_read_them() -> None:
    text = parts(TRAFFIC_NEED, TUNNEL)["text"]
    named = [term["term"] for term in text["terms"]]
    assert {"隧道", "交通流量"} <= set(named)
    points = [term["points"] for term in text["terms"]]
    assert points == sorted(points, reverse=True)
    assert min(points) > 0
    assert sum(points) + text["other"] == text["points"]


def test_a_word_that_matched_through_a_synonym_is_shown_with_the_one_that_was_asked() -> None:
    wanted, offered = need(text="企业社保缴纳人数"), product(text="参保单位按月缴社会保险费")
    shown = {part["part"]: part for part in explain_pair(wanted, offered).to_json()["parts"]}["text"]
    assert {(term["term"], term.get("asked")) for term in shown["terms"]} == {("社会保险", "社保")}
    assert sum(term["points"] for term in shown["terms"]) + shown["other"] == shown["points"]
    both = {part["part"]: part for part in explain_pair(wanted, product(text="社保，即社会保险")).to_json()["parts"]}
    assert {term["term"]: term.get("asked") for term in both["text"]["terms"]} == {"社保": None, "社会保险": "社保"}


def test_no_more_than_twelve_terms_are_named() -> None:
    words = " ".join(f"word{number}" for number in range(30))
    offered = product(text=words)
    text = {
        part["part"]: part for part in explain_pair(need(text="，".join(words.split())), offered).to_json()["parts"]
    }
    assert len(text["text"]["terms"]) <= 12
    assert text["text"]["other"] > 0


def test_tags_are_shown_as_pairs_and_leftovers_in_their_own_writing() -> None:
    wanted = need(tags=("ＡＰＩ", "api", "智慧旅游", "气象"))
    tags = parts(wanted, product(tags=("Api", "智慧文旅", "医疗", "醫療")))["tags"]
    assert tags["pairs"] == [
        {"need": "ＡＰＩ", "product": "Api", "similarity": 1.0},
        {"need": "智慧旅游", "product": "智慧文旅", "similarity": 0.75},
    ]
    assert (tags["need_only"], tags["product_only"]) == (["气象"], ["医疗"])
    # (1 + 0.75) over 3 + 3 − 2 different tags = 0.4375, of which 0.5 is full: 0.875.
    assert tags["value"] == pytest.approx(0.4375 / Weights().tags_full)


def test_elements_are_listed_by_how_far_they_are_covered() -> None:
    wanted = need(
        elements=(
            Element("平均车速", must=True),
            Element("路况", ("断面流量", "能见度", "积水")),
            Element("信用评分", must=True),
        )
    )
    elements = parts(wanted, TUNNEL)["elements"]
    assert elements["covered"] == [{"element": "平均车速", "must": True, "share": 1.0, "by": "平均车速"}]
    # One item of three: √(1/3).
    assert elements["partly"] == [{"element": "路况", "must": False, "share": 0.5774, "by": "断面流量"}]
    assert [(entry["element"], entry["must"]) for entry in elements["missing"]] == [("信用评分", True)]
    assert elements["value"] == pytest.approx((1 + 3**-0.5 + 0) / 3, abs=1e-4)


def test_facets_show_both_sides_and_their_state() -> None:
    facets = {facet["facet"]: facet for facet in parts(TRAFFIC_NEED, TUNNEL)["facets"]["facets"]}
    assert list(facets) == list(FACETS)
    assert facets["sector"] == {
        "facet": "sector",
        "state": "agree",
        "value": 1.0,
        "need": ["transport"],
        "product": ["transport"],
    }
    assert facets["region"]["state"] == "agree"
    assert facets["delivery"] == {
        "facet": "delivery",
        "state": "unknown",
        "value": None,
        "need": [],
        "product": ["api"],
    }
    assert parts(need(regions=("100000",)), TUNNEL)["facets"]["facets"][1]["state"] == "partly"
    assert parts(need(sectors=("health",)), TUNNEL)["facets"]["facets"][0]["state"] == "disagree"


def test_trust_names_its_facts() -> None:
    trust = parts(TRAFFIC_NEED, TUNNEL)["trust"]
    assert trust["facts"] == [{"fact": "certificate", "value": True}, {"fact": "completeness", "value": 0.8}]
    assert trust["value"] == pytest.approx(0.9)
    assert parts(TRAFFIC_NEED, HOSPITAL)["trust"]["known"] is False


def test_an_unknown_part_has_no_points_and_a_part_left_out_has_none_either() -> None:
    bare = parts(need(text="隧道"), product(text="隧道"))
    assert [name for name, part in bare.items() if part["known"]] == ["text"]
    whole = calibrated(np.array([1.0]), Weights().slope, Weights().offset)[0]
    assert bare["text"]["points"] == round(10_000 * whole)
    for name in PARTS:
        assert parts(TRAFFIC_NEED, TUNNEL, Weights().without(name))[name]["points"] == 0


@given(needs(), products())
@settings(deadline=None, max_examples=150)
def test_every_detail_follows_from_the_value_of_its_part(wanted: NeedProfile, offered: ProductProfile) -> None:
    weights = Weights()
    found = {part["part"]: part for part in explain_pair(wanted, offered).to_json()["parts"]}
    tags = found["tags"]
    if tags["known"]:
        total = sum(pair["similarity"] for pair in tags["pairs"])
        different = len(tags["pairs"]) + len(tags["need_only"]) + len(tags["product_only"])
        assert tags["value"] == pytest.approx(min(1, total / different / weights.tags_full), abs=1e-4)
    elements = found["elements"]
    entries = [entry for state in ("covered", "partly", "missing") for entry in elements[state]]
    assert len(entries) == len(wanted.elements)
    assert elements["known"] == bool(entries)
    if entries:
        assert elements["value"] == pytest.approx(sum(entry["share"] for entry in entries) / len(entries), abs=2e-4)
    known = [facet for facet in found["facets"]["facets"] if facet["value"] is not None]
    weight = sum(weights.facets[facet["facet"]] for facet in known)
    assert found["facets"]["known"] == bool(known)
    if known:
        agreed = sum(weights.facets[facet["facet"]] * facet["value"] for facet in known)
        assert found["facets"]["value"] == pytest.approx(agreed / weight, abs=1e-4)
        assert found["facets"]["weight"] == pytest.approx(weight, abs=1e-4)


def test_rules_have_distinct_names() -> None:
    assert len(set(RULES)) == len(RULES)
