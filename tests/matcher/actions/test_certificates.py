"""Findings from certificate numbers: odd and double numbers are kept and flagged."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.actions.certificates import CHECK_FAILED, DUPLICATE, UNRECOGNISED
from matcher.actions.products import put_product
from matcher.database import utcnow
from matcher.models import Organisation, Product
from matcher.queries.findings import open_findings
from matcher.states import FindingStatus
from tests.factories import make_organisation, make_staff

GOOD = "SZ2025120003445.6"
# 2+0+2+5+1+2+0+0+0+3+4+4+5 = 28; 28 mod 11 = 6, so 7 is wrong.
WRONG_CHECK = "SZ2025120003445.7"


def put(session: Session, organisation: Organisation, ref: str, *numbers: str) -> None:
    put_product(session, organisation, {"external_ref": ref, "title": ref, "certificates": list(numbers)}, actor="t")


def flagged(session: Session) -> list[tuple[str, str]]:
    session.flush()
    refs = {product.id: product.external_ref for product in session.scalars(select(Product))}
    return sorted((refs[finding.subject_id], finding.rule) for finding in open_findings(session, "product"))


def test_a_good_number_raises_nothing(session: Session) -> None:
    put(session, make_organisation(session), "A", GOOD)
    assert flagged(session) == []


def test_odd_numbers_are_flagged_and_kept(session: Session) -> None:
    put(session, make_organisation(session), "A", WRONG_CHECK, "粤数登字第1号")
    assert flagged(session) == [("A", CHECK_FAILED), ("A", UNRECOGNISED)]


def test_a_number_printed_twice_is_flagged_on_both(session: Session) -> None:
    seller = make_organisation(session)
    put(session, seller, "A", GOOD)
    put(session, make_organisation(session), "B", " sz2025120003445.6 ")
    assert flagged(session) == [("A", DUPLICATE), ("B", DUPLICATE)]
    assert {finding.details["products"] for finding in open_findings(session)} == {"A", "B"}


def test_the_flag_goes_when_the_number_is_corrected(session: Session) -> None:
    seller = make_organisation(session)
    put(session, seller, "A", GOOD)
    put(session, seller, "B", GOOD)
    put(session, seller, "B", "GZ2024092900001")
    assert flagged(session) == []
    put(session, seller, "B", GOOD)
    assert flagged(session) == [("A", DUPLICATE), ("B", DUPLICATE)]


def test_a_third_listing_brings_the_other_flags_up_to_date(session: Session) -> None:
    seller = make_organisation(session)
    for ref in "ABC":
        put(session, seller, ref, GOOD)
    assert [finding.details["products"] for finding in open_findings(session)] == ["B, C", "A, C", "A, B"]


def test_what_staff_resolved_stays_resolved_until_something_new_is_seen(session: Session) -> None:
    seller, staff = make_organisation(session), make_staff(session)
    put(session, seller, "A", "粤数登字第1号")
    finding = open_findings(session)[0]
    finding.status, finding.resolved_at, finding.resolved_by = FindingStatus.RESOLVED, utcnow(), staff.id
    session.flush()
    put_product(session, seller, {"external_ref": "A", "title": "新", "certificates": ["粤数登字第1号"]}, actor="t")
    assert flagged(session) == []
    put(session, seller, "A", "粤数登字第2号")
    assert flagged(session) == [("A", UNRECOGNISED)]
