"""Facets' values and hard rules in words."""

import pytest

from matcher.codes.facets import facet_value, rule_label
from scoring.facets import RULES


@pytest.mark.parametrize(
    ("facet", "value", "chinese", "english"),
    [
        ("sector", "transport", "交通运输", "Transport"),
        ("region", "520100", "贵阳市", "Guiyang"),
        ("update_frequency", "daily", "每日", "Daily"),
        ("delivery", "api", "API 接口", "API"),
        ("deal", "pledge", "质押融资", "Pledge financing"),
        ("price", 12500.0, "12,500", "12,500"),
        ("price", 0.5, "0.50", "0.50"),
        ("freshness", "2026-03-05", "2026-03-05", "2026-03-05"),
        ("delivery", "pigeon", "pigeon", "pigeon"),
        ("price", "面议", "面议", "面议"),
        ("colour", "trade", "trade", "trade"),
    ],
)
def test_a_value_reads_in_both_languages_and_what_is_unknown_stays(
    facet: str, value: object, chinese: str, english: str
) -> None:
    assert facet_value(facet, value, "zh_Hans") == chinese
    assert facet_value(facet, value, "en") == english


def test_every_hard_rule_has_words_in_both_languages() -> None:
    for rule in RULES:
        chinese, english = rule_label(rule, "zh_Hans"), rule_label(rule, "en")
        assert not chinese.isascii()
        assert english.isascii()
        assert rule not in (chinese, english)
    assert rule_label("later", "en") == "later"
