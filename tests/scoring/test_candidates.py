"""Candidates: the nearest in text united with the nearest in meaning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import candidates as module
from scoring.candidates import candidates
from scoring.index import Index
from scoring.profile import NeedProfile, ProductProfile
from tests.scoring.encoders import letter_meaning
from tests.scoring.samples import need, product
from tests.scoring.strategies import need_lists, product_lists


@given(need_lists, product_lists, st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_candidates_are_the_union_of_the_nearest_in_text_and_in_meaning(
    wanted: list[NeedProfile], offered: list[ProductProfile], top: int
) -> None:
    products = Index.build(offered, meaning=letter_meaning())
    needs = products.like(wanted)
    assert needs.vectors is not None
    assert products.vectors is not None
    cosines, likenesses = (needs.terms @ products.terms.T).toarray(), needs.vectors @ products.vectors.T
    expected = set()
    for row in range(len(needs)):
        by_text = [c for c in np.lexsort((np.arange(len(products)), -cosines[row])) if cosines[row, c] > 0][:top]
        by_meaning = np.lexsort((np.arange(len(products)), -likenesses[row]))[: top * bool(needs.vectors[row].any())]
        expected |= {(row, int(column)) for column in (*by_text, *by_meaning)}
    rows, columns, found = candidates(needs, products, top)
    assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == expected
    assert len(rows) == len(expected)
    assert (np.diff(rows) >= 0).all()
    assert np.array_equal(found, cosines[rows, columns])


def test_in_a_large_library_only_a_need_whose_words_find_too_little_is_searched_by_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LARGE", 2)
    products = Index.build(
        [product("a", title="隧道车流"), product("b", title="隧道车速"), product("c", title="abc")],
        meaning=letter_meaning(),
    )
    needs = products.like([need("plenty", title="隧道"), need("little", title="cba")])
    rows, columns, _ = candidates(needs, products, 1)
    found = {(needs.profiles[r].id, products.profiles[c].id) for r, c in zip(rows, columns, strict=True)}
    assert found == {("plenty", "a"), ("little", "c")}
