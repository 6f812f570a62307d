"""Term statistics, weights and nearest products, held against scikit-learn and against plain arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

import scoring.tfidf
from scoring.errors import IndexFormatError
from scoring.tfidf import Nearest, TermCounts, TermStatistics
from scoring.tokens import Terms, key_text, normalise_all
from tests.scoring.strategies import texts

CORPUS = normalise_all(
    [
        "隧道交通流量数据，逐小时更新，含交通流量",
        "氣象站點觀測數據：氣溫、降水與能見度",
        "Hourly traffic counts of highway tunnels",
        "医院门诊量统计 API，API 文档",
        "，。！",
        "高速公路隧道隧道隧道",
    ]
)


def terms_as_strings(text: str) -> list[str]:
    terms = Terms([text])
    return [key_text(int(key)) or terms.words[int(key)] for key in terms.keys]


def fitted(corpus: list[str]) -> TermStatistics:
    return TermStatistics.fit(TermCounts(corpus))


def test_weights_equal_those_of_scikit_learn_with_the_idf_of_bm25() -> None:
    reference = TfidfVectorizer(analyzer=terms_as_strings, sublinear_tf=True).fit(CORPUS)
    statistics = fitted(CORPUS)
    reference.idf_ = np.array(
        [
            math.log((6 + 1) / (sum(name in terms_as_strings(text) for text in CORPUS) + 0.5))
            for name in reference.get_feature_names_out()
        ]
    )
    expected = reference.transform(CORPUS).toarray()
    own = statistics.matrix(TermCounts(CORPUS)).toarray()
    names = [statistics.text_of(column) for column in range(len(statistics.keys))]
    assert set(names) == set(reference.vocabulary_)
    order = [reference.vocabulary_[name] for name in names]
    np.testing.assert_allclose(own, expected[:, order], atol=2**-13 + 1e-6)  # weights are multiples of 2^-12


def test_scikit_learns_default_analyser_sees_no_chinese_words() -> None:
    # Its token pattern takes everything between punctuation for one word: why there is an analyser of our own.
    vectorizer = TfidfVectorizer()
    vectors = vectorizer.fit_transform(["隧道交通流量数据", "交通流量"])
    assert sorted(vectorizer.vocabulary_) == ["交通流量", "隧道交通流量数据"]
    assert (vectors[0] @ vectors[1].T).nnz == 0
    ours = fitted(["隧道交通流量数据", "交通流量"])
    first, second = ours.matrix(TermCounts(["隧道交通流量数据", "交通流量"]))
    assert float((first @ second.T).toarray()[0, 0]) > 0.25


def test_an_idf_by_hand() -> None:
    # 3 texts; 盐 in 2 of them: ln((3 + 1) / (2 + ½)) = 0.47000; in 1: ln(4 / 1.5) = 0.98083; in none: ln(4 / 0.5).
    statistics = fitted(["盐 糖", "盐", "茶"])
    idf = {statistics.text_of(column): float(value) for column, value in enumerate(statistics.idf)}
    assert idf == pytest.approx({"盐": math.log(1.6), "糖": math.log(8 / 3), "茶": math.log(8 / 3)})
    assert statistics.unseen_idf == pytest.approx(math.log(8))


def test_what_every_text_says_weighs_next_to_nothing_and_never_less() -> None:
    statistics = fitted(["数据"] * 1000)
    assert (statistics.idf > 0).all()
    assert (statistics.idf < 0.001).all()


def test_a_cosine_by_hand() -> None:
    # 盐 twice and 糖 once in a corpus of 2 where both hold 盐: idf(盐) = ln(3 / 2.5) = 0.182322, idf(糖) = ln 2 =
    # 0.693147. First text: ((1 + ln 2) · 0.182322, 0.693147) = (0.308698, 0.693147), length 0.758775. Second: (1).
    # Cosine 0.308698 / 0.758775.
    corpus = ["盐 盐 糖", "盐"]
    matrix = fitted(corpus).matrix(TermCounts(corpus))
    assert (matrix @ matrix.T).toarray()[0, 1] == pytest.approx(0.406838, abs=2**-12)


@given(st.lists(texts, max_size=6), st.data())
@settings(deadline=None, max_examples=60)
def test_the_order_of_documents_does_not_matter(corpus: list[str], data: st.DataObject) -> None:
    documents = normalise_all(corpus)
    shuffled = data.draw(st.permutations(documents))
    assert fitted(documents).to_bytes() == fitted(shuffled).to_bytes()


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_size_of_a_block_changes_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = fitted(CORPUS)
    matrix = whole.matrix(TermCounts(CORPUS))
    monkeypatch.setattr(scoring.tfidf, "_BLOCK", size)
    blocks = fitted(CORPUS)
    assert blocks.to_bytes() == whole.to_bytes()
    assert (blocks.matrix(TermCounts(CORPUS)) != matrix).nnz == 0


@given(st.lists(texts, min_size=1, max_size=5))
@settings(deadline=None, max_examples=60)
def test_rows_have_unit_length_or_are_empty(corpus: list[str]) -> None:
    documents = normalise_all(corpus)
    matrix = fitted(documents).matrix(TermCounts(documents))
    lengths = sparse.linalg.norm(matrix, axis=1)
    assert all(length == pytest.approx(1, abs=2**-10) or length == 0 for length in lengths)
    assert matrix.dtype == np.float32
    assert matrix.has_sorted_indices


def test_terms_that_the_corpus_lacks_are_left_out_of_the_length_too() -> None:
    matrix = fitted(["盐", "糖"]).matrix(TermCounts(["盐 茶", "茶"]))
    assert matrix[0].data.tolist() == [1.0]
    assert matrix[1].nnz == 0


def test_columns_of_unknown_keys_are_minus_one() -> None:
    statistics = fitted(["盐 糖"])
    asked = np.array([ord("盐"), 1, 1 << 62, ord("糖")], np.int64)
    columns = statistics.columns_of(asked)
    assert (columns < 0).tolist() == [False, True, True, False]
    assert statistics.keys[columns[[0, 3]]].tolist() == [ord("盐"), ord("糖")]
    assert fitted([]).columns_of(asked).tolist() == [-1] * 4


@pytest.mark.parametrize("corpus", [CORPUS, [], [""]], ids=["corpus", "nothing", "blank"])
def test_a_snapshot_survives_its_bytes(corpus: list[str]) -> None:
    statistics = fitted(corpus)
    read = TermStatistics.from_bytes(statistics.to_bytes())
    assert read.keys.tolist() == statistics.keys.tolist()
    assert read.document_frequency.tolist() == statistics.document_frequency.tolist()
    assert (read.documents, read.words) == (statistics.documents, statistics.words)
    assert read.to_bytes() == statistics.to_bytes()


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    whole = fitted(CORPUS).to_bytes()
    for damaged in (b"", b"nothing", whole[: len(whole) // 2], whole[1:]):
        with pytest.raises(IndexFormatError):
            TermStatistics.from_bytes(damaged)


def nearest(needs: list[str], products: list[str], top: int, head: int | None = None) -> dict[int, dict[int, float]]:
    statistics = fitted(products)
    left, right = (statistics.matrix(TermCounts(side)) for side in (needs, products))
    rows, columns, cosines = Nearest(right, statistics, head).candidates(left, top, 2)
    assert (np.diff(rows) >= 0).all()
    found: dict[int, dict[int, float]] = {row: {} for row in range(len(needs))}
    for row, column, cosine in zip(rows.tolist(), columns.tolist(), cosines.tolist(), strict=True):
        found[row][column] = cosine
    return found


@given(st.lists(texts, min_size=1, max_size=4), st.lists(texts, min_size=1, max_size=7), st.integers(1, 8))
@settings(deadline=None, max_examples=80)
def test_candidates_are_the_nearest_of_all_and_of_equals_the_first(
    needs: list[str], products: list[str], top: int
) -> None:
    needs, products = normalise_all(needs), normalise_all(products)
    everything = nearest(needs, products, len(products))
    for row, found in nearest(needs, products, top).items():
        order = sorted(everything[row], key=lambda column: (-everything[row][column], column))
        assert found == {column: everything[row][column] for column in order[:top]}


def test_of_many_equal_products_the_first_are_candidates() -> None:
    found = nearest(["交通流", "降水"], ["交通流量"] * 30 + ["降水"], 10)
    assert sorted(found[0]) == list(range(10))
    assert sorted(found[1]) == [30]


def test_candidates_of_nothing_are_none() -> None:
    assert nearest(["交通"], [], 5) == {0: {}}
    assert nearest([], ["交通"], 5) == {}


@given(st.lists(texts, min_size=1, max_size=4), st.lists(texts, min_size=1, max_size=7), st.integers(1, 6))
@settings(deadline=None, max_examples=80)
def test_setting_common_terms_apart_changes_no_cosine(needs: list[str], products: list[str], head: int) -> None:
    needs, products = normalise_all(needs), normalise_all(products)
    whole = nearest(needs, products, len(products))
    for row, found in nearest(needs, products, len(products), head).items():
        assert found == {column: whole[row][column] for column in found}


def test_sums_of_weights_are_exact_in_any_order() -> None:
    # Multiples of 2^-12 multiply to multiples of 2^-24, which float32 adds without rounding up to 1.
    statistics = fitted(CORPUS)
    matrix = statistics.matrix(TermCounts(CORPUS)).toarray()
    products = matrix[0] * matrix[5]
    assert set(np.modf(matrix * 2**12)[0].ravel().tolist()) == {0.0}
    assert products[::-1].cumsum(dtype=np.float32)[-1] == products.cumsum(dtype=np.float32)[-1] == math.fsum(products)
