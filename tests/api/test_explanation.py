"""Breakdowns in words."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import words
from api.explanation import explain, points
from matcher.states import DealMode, PriceMode
from tests.api.conftest import Web, full_breakdown


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(brought=st.lists(st.integers(0, 2000), min_size=1, max_size=6))
def test_pieces_of_the_bar_follow_each_other_and_end_at_the_score(web: Web, brought: list[int]) -> None:
    parts = [{"part": "text", "weight": 0.1, "known": True, "value": 1, "points": number} for number in brought]
    with web.app.test_request_context():
        explanation = explain({"score": sum(brought), "fingerprint": "", "parts": parts})
    ends = [part.start + part.points for part in explanation.parts]
    assert [part.start for part in explanation.parts] == [0, *ends[:-1]]
    assert ends[-1] == explanation.score
    assert explanation.in_words.endswith(f"= {points(sum(brought))}")


def test_weights_of_unknown_parts_go_to_the_others(web: Web) -> None:
    rows: list[dict[str, Any]] = [
        {"part": "text", "weight": 0.6, "known": True, "value": 0.5, "points": 3750},
        {"part": "tags", "weight": 0.2, "known": False, "value": None, "points": 0},
        {"part": "facets", "weight": 0.2, "known": True, "value": 1.0, "points": 2500, "facets": []},
    ]
    with web.app.test_request_context():
        text, tags, facets = explain({"score": 6250, "fingerprint": "", "parts": rows}).parts
    # 0.6 / 0.8 = 75 % and 0.2 / 0.8 = 25 %
    assert [round(part.weight, 9) for part in (text, tags, facets)] == [75, 0, 25]
    assert (text.filled, tags.filled, facets.filled) == (5000, 0, 10_000)


@pytest.mark.parametrize("broken", [{}, {"score": 0}, {"parts": []}, {"parts": [{"part": "later", "points": 3}]}])
def test_a_breakdown_of_another_version_is_shown_as_far_as_it_goes(web: Web, broken: dict[str, Any]) -> None:
    with web.app.test_request_context():
        assert explain(broken).in_words


def test_codes_that_this_version_does_not_know_stay_as_they_are(web: Web) -> None:
    breakdown = full_breakdown()
    breakdown["parts"][3]["facets"] = [
        {"facet": "moon", "state": "odd", "value": None, "need": ["x"], "product": 7},
        {"facet": "deal", "state": "agree", "value": 1.0, "need": ["barter"], "product": ["trade"]},
    ]
    breakdown["parts"][4]["facts"] = [{"fact": "colour", "value": "green"}]
    with web.app.test_request_context():
        *_, facets, trust = explain(breakdown).parts
        assert [(row.name, row.need, row.product) for row in facets.facets] == [
            ("moon", "x", "7"),
            ("交易方式", "barter", words.label(DealMode.TRADE)),
        ]
    assert trust.facts[0][2] == "colour: green"


@pytest.mark.parametrize(
    ("amount", "unit", "chinese", "english"),
    [
        (Decimal("0.5000"), "次", "0.5 元/次", "CNY 0.5/次"),
        (Decimal(3000), None, "3,000 元", "CNY 3,000"),
        (Decimal("12500.00"), None, "1.25 万元", "CNY 12,500"),
        (Decimal(0), None, "0 元", "CNY 0"),
        (None, None, "—", "—"),
    ],
)
def test_money_is_written_as_each_language_writes_it(
    web: Web, amount: Decimal | None, unit: str | None, chinese: str, english: str
) -> None:
    with web.app.test_request_context():
        assert words.money(amount, unit) == chinese
    with web.app.test_request_context("/api/", headers={"Accept-Language": "en"}):
        assert words.money(amount, unit) == english


def test_a_price_keeps_the_words_of_its_source(web: Web) -> None:
    with web.app.test_request_context():
        assert words.price(PriceMode.NEGOTIABLE, None, None, "价格面议") == "价格面议"
        assert words.price(PriceMode.FREE, None, None, None) == words.label(PriceMode.FREE)
        assert words.price(None, None, None, None) == "—"
