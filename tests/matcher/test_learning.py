"""What counts as an example: judged files as they are, and rulings that speak of fit."""

from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from matcher.actions.decisions import decide
from matcher.learning import SAYS_UNFIT, JudgedFiles, judged_rulings, load_rulings, read_judged
from matcher.states import DecisionKind, NeedStatus, ProductStatus, RejectReason
from scoring.index import Index
from scoring.weights import Weights
from tests.factories import make_match, make_need, make_organisation, make_product, make_staff
from tests.matcher.judged_samples import write_judged

APPROVE, REJECT = DecisionKind.APPROVE, DecisionKind.REJECT


def test_files_are_read_as_evaluate_reads_them(tmp_path: Path) -> None:
    products, needs, judgments = write_judged(tmp_path, 3)
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "X", "title": "别的"}\n', encoding="utf-8")
    files = JudgedFiles.parse((f"{products},{more}", needs, judgments))
    assert (files.name, len(files.paths)) == ("made", 4)
    judged = read_judged(files, files.name, None)
    assert (len(judged.products), list(judged.telling), judged.pooled) == (7, ["S-00", "S-01", "S-02"], True)


def test_a_rejection_is_an_example_only_if_its_reason_speaks_of_fit(session: Session) -> None:
    staff, matches = make_staff(session), {reason: make_match(session) for reason in RejectReason}
    for reason, match in matches.items():
        decide(session, match, staff, REJECT, reason)
    assert {RejectReason.IRRELEVANT, RejectReason.COVERAGE, RejectReason.TIMELINESS} == SAYS_UNFIT
    expected = {str(matches[reason].need_id): {str(matches[reason].product_id): 0} for reason in SAYS_UNFIT}
    assert load_rulings(session).grades == expected


def test_the_last_ruling_counts_and_what_nobody_ruled_on_does_not(session: Session) -> None:
    staff = make_staff(session)
    turned, unruled = make_match(session), make_match(session)
    decide(session, turned, staff, REJECT, RejectReason.IRRELEVANT)
    decide(session, turned, staff, APPROVE)
    rulings = load_rulings(session)
    assert rulings.grades == {str(turned.need_id): {str(turned.product_id): 2}}
    assert [profile.id for profile in rulings.needs] == [str(turned.need_id)]
    assert [profile.id for profile in rulings.products] == [str(turned.product_id)]
    assert str(unruled.product_id) in [profile.id for profile in rulings.listed]


def test_rulings_stay_examples_when_the_need_is_served_and_the_product_withdrawn(session: Session) -> None:
    staff, need = make_staff(session), make_need(session, external_ref="SC-01")
    good, bad = make_match(session, need), make_match(session, need, rank=2)
    decide(session, good, staff, APPROVE)
    decide(session, bad, staff, REJECT, RejectReason.COVERAGE)
    need.status, bad.product.status = NeedStatus.CLOSED, ProductStatus.WITHDRAWN
    make_product(session, title="不相干的产品")
    rulings = load_rulings(session)
    judged = judged_rulings(rulings, "decisions", None)
    sample = judged.sample(Weights())
    assert (judged.telling, judged.pooled) == ({str(need.id): "SC-01"}, False)
    assert sorted(sample.grades.tolist()) == [0, 2]
    assert len(judged.products) == 2
    assert judged.products.statistics.to_bytes() == Index.build(rulings.listed).statistics.to_bytes()
    assert str(bad.product_id) not in [profile.id for profile in rulings.listed]


def test_rulings_are_read_in_as_many_statements_however_many_there_are(session: Session) -> None:
    staff, counts = make_staff(session), []
    buyer, seller = make_organisation(session), make_organisation(session)
    for _ in range(2):
        for _ in range(3):
            match = make_match(session, make_need(session, buyer), make_product(session, seller))
            decide(session, match, staff, APPROVE)
        session.flush()
        session.expire_all()
        statements: list[str] = []

        def note(*arguments: object, noted: list[str] = statements) -> None:
            noted.append(str(arguments[2]))

        event.listen(session.get_bind(), "before_cursor_execute", note)
        assert load_rulings(session).grades
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts == [4, 4]
