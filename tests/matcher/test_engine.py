"""The stored library in the engine's hands."""

from sqlalchemy.orm import Session, sessionmaker

from matcher.engine import Scorer, load_library
from matcher.models import Organisation
from matcher.states import DataClass, NeedStatus, ProductStatus
from matcher.transaction import reading, writing
from scoring.diversity import Diversity
from scoring.tfidf import TermStatistics
from scoring.weights import Weights
from tests.factories import make_need, make_organisation, make_product


def test_only_listed_products_and_open_needs_are_loaded(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        listed = make_product(session)
        make_product(session, status=ProductStatus.WITHDRAWN)
        wanted = make_need(session)
        make_need(session, status=NeedStatus.EXPIRED)
    with reading(sessions) as session:
        library = load_library(session)
    assert [product.id for product in library.products] == [str(listed.id)]
    assert [need.id for need in library.needs] == [str(wanted.id)]
    assert library.versions == {str(listed.id): 1, str(wanted.id): 1}


def test_shortlists_come_in_the_order_of_the_needs_with_breakdowns_that_add_up(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        for _ in range(3):
            make_product(session)
        needs = [make_need(session, external_ref=ref) for ref in ("N-b", "N-a")]
    with reading(sessions) as session:
        library = load_library(session)
    found = Scorer.for_library(library).shortlists(library.needs, top=2)
    assert [shortlist.need for shortlist in found] == [str(need.id) for need in needs]
    for shortlist in found:
        assert len(shortlist.matches) == 2
        for scored in shortlist.matches:
            assert (
                sum(part["points"] for part in scored.breakdown["parts"]) == scored.score == scored.breakdown["score"]
            )


def test_a_need_of_stop_words_gets_an_empty_shortlist_that_says_so(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        make_product(session)
        make_need(session, title="", text="我们想要的是什么")
    with reading(sessions) as session:
        library = load_library(session)
    (shortlist,) = Scorer.for_library(library).shortlists(library.needs, top=5)
    assert (shortlist.matches, shortlist.reason) == ([], "stop_words_only")


def test_explaining_any_pair_gives_the_score_of_the_shortlist(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        for _ in range(4):
            make_product(session)
        make_need(session)
    with reading(sessions) as session:
        library = load_library(session)
    scorer = Scorer.for_library(library)
    (shortlist,) = scorer.shortlists(library.needs, top=4)
    products = {product.id: product for product in library.products}
    for scored in shortlist.matches:
        explanation = scorer.explain(library.needs[0], products[scored.product])
        assert explanation.excluded is None
        assert explanation.breakdown == scored.breakdown


def test_explaining_a_pair_that_a_rule_keeps_apart_names_the_rule(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        owner: Organisation = make_organisation(session)
        make_product(session, owner)
        make_product(session, data_class=DataClass.CORE)
        make_need(session, owner)
    with reading(sessions) as session:
        library = load_library(session)
    scorer = Scorer.for_library(library)
    rules = {scorer.explain(library.needs[0], product).excluded for product in library.products}
    assert rules == {"own_product", "core_class"}


def test_a_stored_engine_computes_the_same_score_again(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        make_product(session)
        make_need(session)
    with reading(sessions) as session:
        library = load_library(session)
    scorer = Scorer.for_library(library)
    (first,) = scorer.shortlists(library.needs, top=1)
    statistics = TermStatistics.from_bytes(scorer.term_statistics)
    again = Scorer.for_products(library.products, Weights.from_json(scorer.weights_json), statistics)
    (second,) = again.shortlists(library.needs, top=1)
    assert again.fingerprint == scorer.fingerprint
    assert second == first


def test_products_of_one_seller_that_say_the_same_stand_behind_the_best(sessions: sessionmaker[Session]) -> None:
    with writing(sessions) as session:
        seller, other = make_organisation(session), make_organisation(session)
        same = {"title": "高速公路通行数据", "summary": "高速公路收费站通行流量统计"}
        refs = {
            str(make_product(session, owner, external_ref=ref, **same).id): ref
            for owner, ref in [
                (seller, "P-1"),
                (seller, "P-2"),
                (other, "P-3"),
                (seller, "P-4"),
            ]
        }
        make_need(session)
    with reading(sessions) as session:
        library = load_library(session)
    scorer = Scorer.for_library(library)
    (plain,) = scorer.shortlists(library.needs, top=3)
    assert [(refs[scored.product], scored.alike) for scored in plain.matches] == [("P-1", []), ("P-2", []), ("P-3", [])]
    (folded,) = scorer.shortlists(library.needs, 3, Diversity(collapse=True))
    told = [(refs[scored.product], [refs[key] for key in scored.alike]) for scored in folded.matches]
    assert told == [("P-1", ["P-2", "P-4"]), ("P-3", [])]
    assert [scored.breakdown for scored in folded.matches] == [plain.matches[0].breakdown, plain.matches[2].breakdown]
    (capped,) = scorer.shortlists(library.needs, 4, Diversity(cap=1))
    assert [refs[scored.product] for scored in capped.matches] == ["P-1", "P-3", "P-2", "P-4"]
