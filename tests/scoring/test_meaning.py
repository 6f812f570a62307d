"""What is embedded, and the scale on which two vectors are alike."""

import numpy as np
import pytest

from scoring.index import Index
from scoring.meaning import Meaning, cosines_of, said
from scoring.probes import PROBES
from scoring.profile import Element
from scoring.ranking import rank, score_one
from scoring.semantic import Embedder, local_encoder
from scoring.weights import PARTS, Weights
from tests.scoring.encoders import letter_meaning
from tests.scoring.samples import PRODUCTS, TRAFFIC_NEED, need, product

MEANING = PARTS.index("meaning")


def test_a_profile_says_title_text_elements_and_tags_once() -> None:
    offered = product(
        title="车流", text="逐小时", elements=(Element("断面", ("车型", "车速")), Element("路况")), tags=("高速",)
    )
    assert said(offered) == "车流。逐小时。断面：车型、车速、路况。高速"


def test_a_sentence_said_again_says_no_more() -> None:
    assert said(product(text="甲。乙。。甲。\n乙。")) == said(product(text="甲。乙。"))


def test_likeness_runs_from_unlike_to_like_probes() -> None:
    meaning = letter_meaning()
    low, full = meaning.scale
    assert meaning.likeness(np.array([low - 1, low, (low + full) / 2, full, full + 1])).tolist() == pytest.approx(
        [0, 0, 0.5, 1, 1]
    )


def test_the_local_models_find_every_probe_its_partner() -> None:
    meaning = Meaning(Embedder(local_encoder()))
    asked, offered = zip(*PROBES, strict=True)
    left, right = meaning.embedder.vectors(asked, asking=True), meaning.embedder.vectors(offered)
    assert (left @ right.T).argmax(axis=1).tolist() == list(range(len(PROBES)))
    low, full = meaning.scale
    assert low < full


def test_without_an_encoder_meaning_is_unknown_and_takes_no_share() -> None:
    offered = Index.build(PRODUCTS)
    scored = score_one(offered.like([TRAFFIC_NEED]), offered, Weights())
    assert np.isnan(scored.values[:, MEANING]).all()
    assert (scored.points[:, MEANING] == 0).all()


def test_a_need_without_a_common_word_is_matched_by_meaning() -> None:
    # The letters are the same, the words are not.
    meaning = letter_meaning()
    offered = Index.build([product("flow", title="abcd"), product("other", title="xyz")], meaning=meaning)
    wanted_index = offered.like([need(title="dcba")])
    (ranked,) = rank(wanted_index, offered, Weights(), 5)
    assert offered.profiles[ranked.pairs.columns[0]].id == "flow"
    assert ranked.pairs.values[0, MEANING] == 1


def test_an_index_keeps_its_vectors_through_take_join_and_update() -> None:
    meaning = letter_meaning()
    whole = Index.build(PRODUCTS, meaning=meaning)
    pieces = Index.build(PRODUCTS[:2], whole.statistics, meaning).updated(PRODUCTS[2:])
    assert whole.vectors is not None
    assert pieces.vectors is not None
    assert np.array_equal(whole.vectors, pieces.vectors)


def test_cosines_of_pairs_are_those_of_the_whole_matrix() -> None:
    rows = letter_meaning().vectors(PRODUCTS)
    left, right = np.array([0, 1, 2, 2]), np.array([1, 1, 0, 2])
    assert np.array_equal(cosines_of(rows, rows, left, right), (rows @ rows.T)[left, right])


def test_a_need_of_stop_words_alone_is_like_nothing() -> None:
    offered = Index.build(PRODUCTS, meaning=letter_meaning())
    asked = offered.like([need(title="想要"), need(id="blank", title="")])
    assert asked.vectors is not None
    assert not asked.vectors.any()
    (ranked,) = rank(asked, offered, Weights(), 5)
    assert len(ranked.pairs) == 0
    assert np.isnan(score_one(asked.take(np.array([0])), offered, Weights()).values[:, MEANING]).all()


def test_what_hard_rules_leave_is_found_by_meaning_too() -> None:
    # More products than candidates share the need's words and are refused; the one that is left shares its letters.
    refused = [product(f"r{number}", title="abcd", delivery_modes=("api",)) for number in range(5)]
    offered = Index.build([*refused, product("left", title="dcba", delivery_modes=("file",))], meaning=letter_meaning())
    asked = offered.like([need(title="abcd", excluded_delivery_modes=("api",))])
    (ranked,) = rank(asked, offered, Weights(candidates=2), 2)
    assert [offered.profiles[column].id for column in ranked.pairs.columns] == ["left"]
