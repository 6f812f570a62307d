"""What a seller can and cannot bring about by writing a listing differently, under frozen statistics."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.file_ranking import read_sides
from matcher.vector_file import FileVectors
from scoring.elements import covers
from scoring.index import Index
from scoring.meaning import Meaning
from scoring.profile import Element, NeedProfile, ProductProfile, Profile
from scoring.ranking import PairScores, rank, score_one
from scoring.semantic import Embedder, local_encoder
from scoring.weights import PARTS, Weights
from tests.scoring.encoders import letter_meaning
from tests.scoring.samples import product
from tests.scoring.strategies import needs, product_lists, products

DATA = Path(__file__).parents[2] / "seeds" / "data"
WEIGHTS = Weights()
ELEMENTS = PARTS.index("elements")
POINT = 100

Library: TypeAlias = tuple[Index, Index]
Add: TypeAlias = Callable[[ProductProfile, Element], ProductProfile]


def as_element(product: ProductProfile, element: Element) -> ProductProfile:
    return replace(product, elements=(*product.elements, Element(element.name, element.items)))


def as_text(product: ProductProfile, element: Element) -> ProductProfile:
    said = f"{element.name}：{'、'.join(element.items)}" if element.items else element.name
    return replace(product, text=f"{product.text}。{said}" if product.text else said)


def as_tag(product: ProductProfile, element: Element) -> ProductProfile:
    return replace(product, tags=(*product.tags, element.name))


WAYS = {"element": as_element, "text": as_text, "tag": as_tag}


@pytest.fixture(scope="module")
def library() -> Library:
    """The needs and products that ship, without meaning."""
    return read_sides([DATA / "products.jsonl"], [DATA / "scenarios.jsonl", DATA / "dev_needs.json"])


@pytest.fixture(scope="module")
def meant(library: Library, shipped_vectors: Path) -> Library:
    """The same with the local encoder's vectors."""
    meaning = Meaning(Embedder(local_encoder(), FileVectors(shipped_vectors, lambda remark: pytest.fail(str(remark)))))
    wanted, offered = library
    return (
        replace(wanted, meaning=meaning, vectors=meaning.vectors(wanted.profiles)),
        replace(offered, meaning=meaning, vectors=meaning.vectors(offered.profiles)),
    )


def missing(wanted: Index, row: int, offered: Index, column: int) -> list[Element]:
    """The need's elements that the product does not cover, as written."""
    places, threshold = np.array([column]), WEIGHTS.element_threshold
    (found,) = covers(wanted.elements[row], wanted.terms[[row]], offered, places, threshold)
    written = wanted.profiles[row].elements
    return [element for element, cover in zip(written, found, strict=True) if cover.state == "missing"]


def scores(wanted: Index, offered: Index, variants: Sequence[ProductProfile]) -> PairScores:
    """The variants' scores, in their order, under the library's statistics and encoder."""
    numbered = [replace(one, id=f"{number:07}", ref=f"{number:07}") for number, one in enumerate(variants)]
    return score_one(wanted, offered.like(numbered), WEIGHTS)


def losses(library: Library, cases: Sequence[tuple[int, int, Element]], ways: Sequence[Add]) -> tuple[float, int]:
    """The most that adding a missing element costs of the elements' value and of the score: need, product, element."""
    wanted, offered = library
    value, points = 0.0, 0
    for row in sorted({row for row, _, _ in cases}):
        alone, own = wanted.take(np.array([row])), [(column, element) for need, column, element in cases if need == row]
        before = score_one(alone, offered, WEIGHTS)
        variants = [add(as_product(offered.profiles[column]), element) for column, element in own for add in ways]
        columns = np.repeat([column for column, _ in own], len(ways))
        after = scores(alone, offered, variants)
        value = max(value, float((before.values[columns, ELEMENTS] - after.values[:, ELEMENTS]).max()))
        points = max(points, int((before.scores[columns] - after.scores).max()))
    return value, points


def as_product(profile: Profile) -> ProductProfile:
    assert isinstance(profile, ProductProfile)
    return profile


def test_a_missing_element_costs_nothing_in_whatever_way_it_is_added(library: Library) -> None:
    wanted, offered = library
    cases = [
        (row, column, element)
        for row in range(len(wanted))
        if wanted.elements[row]
        for column in range(row % 11, len(offered), 11)
        for element in missing(wanted, row, offered, column)
    ]
    assert len(cases) > 1500
    value, points = losses(library, cases, list(WAYS.values()))
    assert value == 0
    assert points <= POINT


def test_with_meaning_it_costs_nothing_either(meant: Library) -> None:
    wanted, offered = meant
    rows = [row for row in range(len(wanted)) if wanted.elements[row]][::5]
    cases = [(row, row, missing(wanted, row, offered, row)[0]) for row in rows if missing(wanted, row, offered, row)]
    assert len(cases) > 5
    value, points = losses(meant, cases, list(WAYS.values()))
    assert value == 0
    assert points <= POINT


@pytest.mark.parametrize("way", ["element", "text"])
@given(needs().filter(lambda need: bool(need.elements)), products(), product_lists, st.data())
@settings(deadline=None, max_examples=120)
def test_to_whatever_product_a_missing_element_is_added_it_costs_at_most_a_point(
    way: str, wanted: NeedProfile, offered: ProductProfile, others: list[ProductProfile], data: st.DataObject
) -> None:
    statistics = Index.build([one for one in others if one.id != offered.id] + [offered]).statistics
    asking, supply = Index.build([wanted], statistics), Index.build([offered], statistics)
    lacking = missing(asking, 0, supply, 0)
    if not lacking:
        return
    before = score_one(asking, supply, WEIGHTS)
    after = scores(asking, supply, [WAYS[way](offered, data.draw(st.sampled_from(lacking)))])
    assert after.values[0, ELEMENTS] >= before.values[0, ELEMENTS]
    assert after.scores[0] >= before.scores[0] - POINT


@pytest.mark.parametrize("with_meaning", [False, True])
@given(needs(), products(), product_lists, st.data())
@settings(deadline=None, max_examples=60)
def test_shuffled_tags_and_elements_change_nothing(
    with_meaning: bool,
    wanted: NeedProfile,
    offered: ProductProfile,
    others: list[ProductProfile],
    data: st.DataObject,
) -> None:
    statistics = Index.build([one for one in others if one.id != offered.id] + [offered]).statistics
    # The encoder of the tests counts letters; what a real one makes of another order is another text's vector.
    meaning = letter_meaning() if with_meaning else None
    shuffled = [
        replace(
            side,
            tags=tuple(data.draw(st.permutations(side.tags))),
            elements=tuple(
                replace(element, items=tuple(data.draw(st.permutations(element.items))))
                for element in data.draw(st.permutations(side.elements))
            ),
        )
        for side in (wanted, offered)
    ]
    first, second = (
        score_one(Index.build([need], statistics, meaning), Index.build([offer], statistics, meaning), WEIGHTS)
        for need, offer in ((wanted, offered), shuffled)
    )
    for name in ("totals", "scores", "points", "values", "facets", "excluded"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("between", ["\n", "。", ""])
@pytest.mark.parametrize("with_meaning", [False, True])
def test_a_description_said_ten_times_says_no_more(
    library: Library, request: pytest.FixtureRequest, between: str, with_meaning: bool
) -> None:
    wanted, offered = request.getfixturevalue("meant") if with_meaning else library
    columns = np.arange(0, len(offered), 10 if with_meaning else 1)
    some = [as_product(offered.profiles[int(column)]) for column in columns]
    # A sentence must end for the next one to be the same again.
    repeated = [replace(one, text=between.join([f"{one.text.rstrip('。')}。"] * 10)) for one in some]
    for row in range(0, len(wanted), 9):
        alone = wanted.take(np.array([row]))
        before, after = scores(alone, offered, some), scores(alone, offered, repeated)
        assert (after.scores <= before.scores).all()


def stuffed(library: Library) -> dict[str, ProductProfile]:
    """Listings that hold every seed's words at once, in several ways, each with all that inspires trust."""
    every = [profile for side in library for profile in side.profiles]
    titles = "。".join(profile.title for profile in every if profile.title)
    texts = "。".join(profile.text for profile in every if profile.text)
    elements = dict.fromkeys(Element(one.name, one.items) for profile in every for one in profile.elements)
    tags = dict.fromkeys(tag for profile in every for tag in profile.tags)
    phrases = [phrase for element in elements for phrase in (element.name, *element.items)]
    everything = "。".join([titles, texts, *phrases, *tags])
    words = tuple(dict.fromkeys([*tags, *phrases, *everything.replace("，", "。").split("。")]))
    variants: dict[str, dict[str, Any]] = {
        "fields": {"title": titles, "text": texts, "elements": tuple(elements), "tags": tuple(tags)},
        "text": {"title": "数据", "text": everything},
        "title": {"title": everything},
        "ten times": {"title": "数据", "text": everything * 10},
        "tags": {"title": "数据", "tags": words},
        "elements": {"title": "数据", "elements": tuple(map(Element, words))},
    }
    return {name: product("stuffed", certified=True, filled=1.0, **said) for name, said in variants.items()}


def led(wanted: Index, offered: Index, listing: ProductProfile) -> list[str]:
    """The needs whose shortlist the listing leads."""
    supply = offered.updated([listing])
    return [
        wanted.profiles[row].ref
        for ranked in rank(wanted, supply, WEIGHTS, 1)
        for row, places in ranked
        for place in places
        if supply.profiles[ranked.pairs.columns[place]].id == listing.id
    ]


@pytest.mark.parametrize("name", ["fields", "text", "title", "ten times", "tags", "elements"])
def test_a_listing_of_everybodys_words_leads_no_shortlist(library: Library, name: str) -> None:
    assert led(*library, stuffed(library)[name]) == []


@pytest.mark.parametrize("name", ["fields", "tags"])
def test_with_meaning_it_leads_none_either(meant: Library, name: str) -> None:
    assert led(*meant, stuffed(meant)[name]) == []
