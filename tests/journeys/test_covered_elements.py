"""What the engine calls covered a reader calls covered: a draw from the library that ships, read pair by pair."""

import csv

import pytest

from tests.journeys.covered_elements import DRAWN, LABELS, Covered, labels, pool
from tests.journeys.inputs import Side, fold, library

RIGHT = 0.85


@pytest.fixture(scope="module")
def covered() -> list[Covered]:
    return pool()


def test_of_a_hundred_covered_elements_drawn_at_least_85_are_right(covered: list[Covered]) -> None:
    right, drawn = labels(), covered[:DRAWN]
    assert len(drawn) == DRAWN, "fewer pairs are covered than are to be drawn"
    unread = [
        f"{pair.need} · {pair.element} · {pair.product} (“{pair.unit}”)" for pair in drawn if pair.key not in right
    ]
    assert unread == [], (
        "nobody has read these: look at both sides, add a line with 1 or 0 and the reason to "
        f"{LABELS.name}, as tests/journeys/covered_elements.py says"
    )
    wrong = [pair.key for pair in drawn if not right[pair.key]]
    assert len(wrong) <= DRAWN * (1 - RIGHT), wrong


def test_the_draw_is_the_same_every_time_and_spread_over_the_needs(covered: list[Covered]) -> None:
    assert [pair.key for pair in pool()] == [pair.key for pair in covered]
    drawn = covered[:DRAWN]
    assert len({pair.need for pair in drawn}) > DRAWN / 3
    assert sum(pair.need.startswith(("SC-", "EQ-")) for pair in drawn) > DRAWN / 4


def test_every_label_has_a_reason_and_speaks_of_what_both_sides_say() -> None:
    needs, products = library()
    with LABELS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert len({(row["need"], row["element"], row["product"]) for row in rows}) == len(rows)
    for row in rows:
        asking: Side = needs[row["need"]] if row["need"] in needs else products[row["need"]]
        assert row["element"] in [element.name for element in asking.elements], row
        assert row["right"] in "01", row
        assert row["reason"].strip(), row
        assert products[row["product"]].says(fold(row["unit"])), row
