"""From text to terms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.tokens import (
    SEPARATOR,
    Terms,
    clauses,
    is_stop_word,
    key_text,
    normalise,
    normalise_all,
    stem,
    word_key,
)
from tests.scoring.strategies import any_texts


def spelled(text: str) -> list[str]:
    terms = Terms([normalise(text)])
    return sorted(key_text(int(key)) or terms.words[int(key)] for key in terms.keys)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＰＩ　１２３", "api 123"),
        ("數據產品", "数据产品"),
        ("頭髮與發展", "头发与发展"),
        ("Straße", "strasse"),
        ("ﬁle ㎡", "file m2"),
        ("\ud83d", "?"),
        ("a\udc00b", "a?b"),
        ("", ""),
    ],
)
def test_what_writers_mean_alike_becomes_alike(written: str, folded: str) -> None:
    assert normalise(written) == folded


def test_a_nul_counts_as_a_separator() -> None:
    assert normalise_all(["交通\x00流量", "x"]) == ["交通\n流量", "x"]


@given(st.lists(any_texts, max_size=6))
@settings(deadline=None, max_examples=150)
def test_normalising_many_texts_at_once_equals_one_by_one(texts: list[str]) -> None:
    assert normalise_all(texts) == [normalise(text.replace("\x00", SEPARATOR)) for text in texts]


@given(any_texts)
@settings(deadline=None, max_examples=100)
def test_a_normalised_text_can_be_written_anywhere(text: str) -> None:
    assert normalise(text).encode("utf-8").decode("utf-8") == normalise(text)


def test_chinese_gives_characters_pairs_and_longer_words() -> None:
    # 用 is a stop word and no term of its own, but a pair may hold it. 人工智能 is a word that jieba knows.
    assert spelled("信用评价") == sorted(["信", "评", "价", "信用", "用评", "评价"])
    assert set(spelled("人工智能")) >= {"人", "人工", "工智", "人工智能"}


def test_words_of_three_and_more_characters_are_terms() -> None:
    assert "高速公路" in spelled("贵州省高速公路")


def test_english_words_are_kept_whole_and_lose_their_plural() -> None:
    assert spelled("Vehicles and Companies") == ["company", "vehicle"]


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("companies", "company"),
        ("vehicles", "vehicle"),
        ("roads", "road"),
        ("status", "status"),
        ("access", "access"),
        ("gas", "gas"),
        ("ties", "tie"),
        ("data", "data"),
        ("", ""),
    ],
)
def test_the_stemmer_takes_plurals_back_only(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


def test_no_pair_of_characters_crosses_a_separator_or_punctuation() -> None:
    assert "通流" in spelled("交通流量")
    assert "通流" not in spelled("交通，流量")
    assert "通流" not in spelled(f"交通{SEPARATOR}流量")


def test_a_pair_of_two_stop_characters_is_no_term_but_one_of_them_may_stand_in_a_word() -> None:
    assert is_stop_word("的")
    assert "目的" in spelled("目的")
    assert spelled("的了") == []


@pytest.mark.parametrize("text", ["我们想要", "请问有没有", "we need some of the", "，。！？", " \n\t", "", "的"])
def test_stop_words_and_punctuation_give_no_terms(text: str) -> None:
    assert spelled(text) == []


def test_rare_characters_beyond_the_basic_plane_are_chinese_too() -> None:
    assert spelled("𠮷野") == sorted(["𠮷", "野", "𠮷野"])


def test_kana_hangul_arabic_and_cyrillic_words_are_words() -> None:
    assert spelled("データ 데이터 بيانات данные") == sorted(["データ", "데이터", "بيانات", "данные"])


def test_terms_count_every_occurrence_in_its_text() -> None:
    terms = Terms(["盐 盐", "", "盐"])
    assert terms.rows.tolist() == [0, 0, 2]
    assert set(terms.keys.tolist()) == {ord("盐")}


def test_no_texts_give_no_terms() -> None:
    assert len(Terms([]).keys) == 0


@given(st.lists(any_texts.map(normalise), max_size=5))
@settings(deadline=None, max_examples=100)
def test_terms_of_many_texts_are_the_terms_of_each(texts: list[str]) -> None:
    texts = [text.replace("\x00", SEPARATOR) for text in texts]
    together = Terms(texts)
    for row, text in enumerate(texts):
        assert sorted(together.keys[together.rows == row]) == sorted(Terms([text]).keys)


@given(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), st.sampled_from("数据\U00020bb7㐀"))
def test_keys_of_characters_and_pairs_spell_themselves(first: str, second: str) -> None:
    terms = Terms([first + second])
    assert {key_text(int(key)) for key in terms.keys} <= {first, second, first + second}


def test_keys_of_words_are_the_same_on_every_machine() -> None:
    # blake2b-64 of "vehicle" is fixed by RFC 7693; the key keeps 62 of its bits with bit 62 set.
    assert word_key("vehicle") == word_key("vehicle") != word_key("vehicles")
    assert word_key("vehicle") >> 62 == 1
    assert key_text(word_key("vehicle")) is None


def test_a_word_never_has_the_key_of_a_pair() -> None:
    pairs = Terms(["数据"]).keys
    assert not np.any(pairs & (1 << 62))


def test_clauses_are_the_pieces_between_punctuation() -> None:
    assert clauses("流量、车速；(车型)。 api/file") == ["流量", "车速", "车型", "api", "file"]
    assert clauses("流量 车速 api 数据\n能见度") == ["流量", "车速", "api", "数据", "能见度"]
    assert clauses("traffic counts, driver's age; 2 km ") == ["traffic counts", "driver's age", "2 km"]
    assert clauses("，。 \n") == []
