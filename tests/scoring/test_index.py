"""An index of one side: built at once, updated row by row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import ProfileError
from scoring.explanation import explain
from scoring.index import Index
from scoring.profile import NeedProfile, ProductProfile
from scoring.ranking import rank, score_one
from scoring.tfidf import TermCounts
from scoring.weights import Weights
from tests.scoring.samples import NEEDS, PRODUCTS, TRAFFIC_NEED, TUNNEL, product
from tests.scoring.strategies import any_texts, needs, product_lists, products


def assert_equal(one: Index, other: Index) -> None:
    """Both hold the same rows and answer alike."""
    assert list(one.profiles) == list(other.profiles)
    assert list(one.elements) == list(other.elements)
    assert one.terms.shape == other.terms.shape
    assert (one.terms != other.terms).nnz == 0
    for row in range(len(one)):
        assert one.tags.row(row) == other.tags.row(row)
        assert one.units.said.row(row) == other.units.said.row(row)
        assert one.document(row) == other.document(row)
    for name, column in one.facets.numbers.items():
        np.testing.assert_array_equal(column, other.facets.numbers[name])
    for wanted in NEEDS:
        asking = Index.build([wanted], one.statistics)
        scored = [score_one(asking, index, Weights()) for index in (one, other)]
        np.testing.assert_array_equal(scored[0].values, scored[1].values)
        np.testing.assert_array_equal(scored[0].points, scored[1].points)
        np.testing.assert_array_equal(scored[0].excluded, scored[1].excluded)
        told = [
            explain(asking, index, pairs, Weights(), "f") for index, pairs in zip((one, other), scored, strict=True)
        ]
        assert told[0] == told[1]


@given(product_lists, st.data())
@settings(deadline=None, max_examples=40)
def test_the_order_of_profiles_does_not_matter(offered: list[ProductProfile], data: st.DataObject) -> None:
    shuffled = Index.build(data.draw(st.permutations(offered)))
    index = Index.build(offered)
    assert shuffled.statistics.to_bytes() == index.statistics.to_bytes()
    assert_equal(shuffled, index)


def test_rows_are_in_order_of_ref_then_id() -> None:
    index = Index.build([product("3", ref="A"), product("1", ref="B"), product("2", ref="A")])
    assert [profile.id for profile in index.profiles] == ["2", "3", "1"]
    assert index.rows == {"2": 0, "3": 1, "1": 2}


def test_two_profiles_with_one_id_are_refused_by_that_id() -> None:
    with pytest.raises(ProfileError, match="'p-1'"):
        Index.build([product("p-1", ref="a"), product("p-2"), product("p-1", ref="b")])
    with pytest.raises(ProfileError, match="'p-1'"):
        Index.build([]).updated([product("p-1", ref="a"), product("p-1", ref="b")])


@given(product_lists, product_lists, st.sets(st.sampled_from([f"id-{number}" for number in range(14)])))
@settings(deadline=None, max_examples=60)
def test_an_updated_index_equals_one_built_anew_with_the_same_statistics(
    before: list[ProductProfile], changed: list[ProductProfile], removed: set[str]
) -> None:
    index = Index.build(before)
    after = {profile.id: profile for profile in before if profile.id not in removed}
    after |= {profile.id: profile for profile in changed}
    assert_equal(index.updated(changed, removed), Index.build(after.values(), index.statistics))


def test_updating_leaves_the_index_it_starts_from_as_it_was() -> None:
    index = Index.build(PRODUCTS)
    index.updated([replace(TUNNEL, title="x")], [PRODUCTS[1].id])
    assert_equal(index, Index.build(PRODUCTS))


def test_removing_what_is_not_there_changes_nothing() -> None:
    index = Index.build(PRODUCTS)
    assert_equal(index.updated([], ["nobody"]), index)


@given(product_lists.filter(bool), st.data())
@settings(deadline=None, max_examples=30)
def test_taken_rows_are_the_rows_asked_for(offered: list[ProductProfile], data: st.DataObject) -> None:
    index = Index.build(offered)
    rows = sorted(data.draw(st.sets(st.integers(0, len(offered) - 1))))
    chosen = [profile for row, profile in enumerate(index.profiles) if row in rows]
    assert_equal(index.take(np.array(rows, np.int64)), Index.build(chosen, index.statistics))


def test_an_index_of_nothing_works_everywhere() -> None:
    empty = Index.build([])
    nobody = Index.build([], empty.statistics)
    assert (len(empty), empty.statistics.documents, empty.rows) == (0, 0, {})
    assert list(rank(nobody, empty, Weights(), 5)) == []
    asking = Index.build(NEEDS, empty.statistics)
    (ranked,) = rank(asking, empty, Weights(), 5)
    assert [(row, len(places)) for row, places in ranked] == [(0, 0), (1, 0)]
    assert explain(asking, empty, ranked.pairs, Weights(), "f") == []
    assert len(score_one(asking.take(np.array([0])), empty, Weights())) == 0
    assert_equal(empty.updated([], ["x"]), empty)
    assert_equal(empty.updated(PRODUCTS), Index.build(PRODUCTS, empty.statistics))
    assert_equal(
        Index.build(PRODUCTS).updated([], [offer.id for offer in PRODUCTS]),
        Index.build([], Index.build(PRODUCTS).statistics),
    )


def scores_of(wanted: Sequence[NeedProfile], offered: Sequence[ProductProfile]) -> None:
    """Scores and explains all pairs; nothing may be NaN or out of range where it is known."""
    supply = Index.build(offered)
    for profile in wanted:
        asking = Index.build([profile], supply.statistics)
        scored = score_one(asking, supply, Weights())
        assert not np.isnan(scored.values[:, 0]).any()
        known = scored.values[~np.isnan(scored.values)]
        assert ((known >= 0) & (known <= 1)).all()
        assert ((scored.scores >= 0) & (scored.scores <= 10_000)).all()
        for breakdown in explain(asking, supply, scored, Weights(), "f"):
            assert sum(part.points for part in breakdown.parts) == breakdown.score


@given(needs(text=any_texts), products(text=any_texts), any_texts)
@settings(deadline=None, max_examples=100)
def test_no_text_raises_or_spoils_a_score(wanted: NeedProfile, offered: ProductProfile, text: str) -> None:
    strange: dict[str, Any] = {"title": text, "tags": (text, *wanted.tags), "elements": wanted.elements}
    scores_of([wanted, replace(wanted, id="n2", **strange)], [offered, replace(offered, id="p2", **strange)])


@pytest.mark.parametrize(
    "text",
    [
        "数据" * 50_000,
        "流量，" * 33_000,
        "traffic counts " * 7_000,
        "a" * 100_000,
        "，" * 100_000,
        "\x00\ud800😀‮مرحبا\u202c",
        "我们想要",
        "we would like to have some of the",
        " \n\t\u3000",
    ],
    ids=["characters", "clauses", "english", "one word", "punctuation", "strange", "stop words", "stop", "blank"],
)
def test_long_and_empty_texts_are_scored_in_a_moment(text: str) -> None:
    hard: dict[str, Any] = {"text": text, "title": text[:500], "tags": (text[:100],)}
    scores_of([replace(TRAFFIC_NEED, **hard), TRAFFIC_NEED], [replace(TUNNEL, **hard), PRODUCTS[1]])


def test_traditional_and_full_width_writing_match_simplified_and_half_width() -> None:
    supply = Index.build([product("p", title="交通流量数据 API"), product("q", title="氣象站點")])
    simplified, traditional = (
        score_one(Index.build([NeedProfile(id="n", ref="n", text=text)], supply.statistics), supply, Weights())
        for text in ("交通流量数据 api 气象站点", "交通流量數據 ＡＰＩ 氣象站點")
    )
    np.testing.assert_array_equal(simplified.values, traditional.values)
    assert (simplified.values[:, 0] > 0).all()


def test_a_need_finds_what_a_listing_calls_by_another_name() -> None:
    supply = Index.build(
        [*PRODUCTS, product("p-a", title="企业社会保险缴费"), product("p-b", title="企业雇主保险缴费")]
    )
    asking = Index.build([NeedProfile(id="n", ref="n", text="社保缴费")], supply.statistics)
    cosines = supply.cosines(asking, np.zeros(2, np.int64), np.array([supply.rows["p-a"], supply.rows["p-b"]]))
    assert cosines[0] > 1.2 * cosines[1]


def test_what_a_listing_could_have_said_does_not_count_for_it() -> None:
    supply = Index.build([product("p-a", title="社保"), product("p-b", title="社会保险")])
    plain = supply.statistics.matrix(TermCounts(["社保", "社会保险"]))
    assert (supply.terms != plain).nnz == 0


def test_words_of_the_title_count_once_more() -> None:
    supply = Index.build([product("p-a", title="隧道", text="桥梁"), product("p-b", title="桥梁", text="隧道")])
    asking = Index.build([NeedProfile(id="n", ref="n", text="隧道")], supply.statistics)
    in_title, in_text = supply.cosines(asking, np.zeros(2, np.int64), np.arange(2)).tolist()
    assert in_title > in_text > 0


def test_an_english_need_finds_an_english_listing() -> None:
    supply = Index.build([*PRODUCTS, product("p-en", title="Hourly traffic counts", text="Vehicle flows of tunnels.")])
    asking = Index.build(
        [NeedProfile(id="n", ref="n", text="We want the flow of vehicles in a tunnel")], supply.statistics
    )
    scored = score_one(asking, supply, Weights())
    assert np.argmax(scored.scores) == supply.rows["p-en"]
    assert scored.values[supply.rows["p-en"], 0] > 0.5
