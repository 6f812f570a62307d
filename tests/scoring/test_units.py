"""What products say, unit by unit."""

import numpy as np
from hypothesis import given, settings

from scoring.index import Index
from scoring.profile import Element, ProductProfile
from scoring.tfidf import TermCounts
from scoring.units import UNDECLARED, incidence
from tests.scoring.samples import product
from tests.scoring.strategies import product_lists


def test_title_elements_and_items_are_declared_and_come_first() -> None:
    offered = product(
        title="隧道流量", text="逐小时更新，断面流量", tags=("交通", "车型"), elements=(Element("断面流量", ("车型",)),)
    )
    units = Index.build([offered]).units
    assert units.said.row(0) == ["隧道流量", "断面流量", "车型", "交通", "逐小时更新"]
    assert units.declared.tolist() == [3]
    np.testing.assert_allclose(units.weights, [1, 1, 1, UNDECLARED, UNDECLARED])


def test_a_unit_counts_by_where_each_product_says_it() -> None:
    units = Index.build([product("p", title="车型"), product("q", text="车型"), product("r", text="车速")]).units
    place = units.places["车型"]
    np.testing.assert_allclose(units.sayers[[place]].toarray(), [[1, UNDECLARED, 0]])


def test_single_characters_count_only_where_there_is_no_pair() -> None:
    statistics = Index.build([product(text="数据、数")]).statistics
    terms, wholes = incidence(TermCounts(["数据", "数"]), statistics)
    assert [[statistics.text_of(column) for column in terms[[row]].indices] for row in (0, 1)] == [["数据"], ["数"]]
    np.testing.assert_allclose(wholes, statistics.idf[[terms[[0]].indices[0], terms[[1]].indices[0]]], rtol=1e-6)


def test_what_a_text_weighs_holds_words_that_the_statistics_have_never_seen() -> None:
    statistics = Index.build([product(text="alpha"), product("q", text="bravo")]).statistics
    terms, wholes = incidence(TermCounts(["alpha zulu"]), statistics)
    assert terms.nnz == 1
    assert wholes[0] > statistics.unseen_idf > wholes[0] - 1


@given(product_lists)
@settings(deadline=None, max_examples=40)
def test_taking_and_joining_keep_what_is_declared(offered: list[ProductProfile]) -> None:
    whole = Index.build(offered)
    rows = np.arange(len(whole))
    head, tail = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    again = whole.units.take(head).join(whole.units.take(tail))
    for row in rows.tolist():
        assert again.said.row(row) == whole.units.said.row(row)
    np.testing.assert_array_equal(again.declared, whole.units.declared)
    np.testing.assert_array_equal(again.weights, whole.units.weights)
    places = [again.places[string] for string in whole.units.said.strings]
    np.testing.assert_array_equal(again.terms[places].toarray(), whole.units.terms.toarray())
