"""Content hashes: equal where two listings say the same."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from matcher.content import content_hash
from matcher.states import ProductKind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 1, "b": None, "c": "", "d": [], "e": {}}),
        ({"a": Decimal("0.5")}, {"a": Decimal("0.5000")}),
        ({"a": Decimal(100)}, {"a": Decimal("1E+2")}),
        ({"a": [1.0, 1e16]}, {"a": [1, 10**16]}),
        ({"a": (1, 2)}, {"a": [1, 2]}),
        ({"kind": ProductKind.MODEL}, {"kind": "model"}),
        ({"day": date(2026, 3, 1)}, {"day": "2026-03-01"}),
        ({"extra": {"x": 1, "y": 2}}, {"extra": {"y": 2, "x": 1}}),
    ],
)
def test_the_same_content_has_the_same_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": False}, {}),
        ({"a": 0}, {}),
        ({"a": "1"}, {"a": 1}),
    ],
)
def test_other_content_has_another_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert content_hash(one) != content_hash(other)
