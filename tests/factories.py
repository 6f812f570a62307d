"""Rows for tests, one factory per model: each is valid as it comes and takes what the test is about as keywords."""

from functools import cache
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from matcher.actions.passwords import hash_password
from matcher.database import new_id, utcnow
from matcher.models import Engine, Match, Need, Organisation, Product, Run, Scenario, Shortlist, Staff
from matcher.states import OrganisationRole, RunStatus, StaffRole

PASSWORD = "long-enough-for-tests"
FINGERPRINT = "f" * 64

_numbers = count(1)
Row = TypeVar("Row")


def make_organisation(session: Session, **fields: Any) -> Organisation:
    """A provider."""
    number = next(_numbers)
    known = {"external_ref": f"ORG-{number}", "name": f"数据商{number}", "roles": [OrganisationRole.PROVIDER]}
    return _added(session, Organisation(**known | fields))


def make_product(session: Session, organisation: Organisation | None = None, **fields: Any) -> Product:
    """A listed product."""
    number = next(_numbers)
    known = {
        "organisation": organisation or make_organisation(session),
        "external_ref": f"P-{number}",
        "title": f"高速公路通行数据{number}",
        "summary": "高速公路收费站通行流量统计",
    }
    return _added(session, Product(**known | fields))


def make_need(session: Session, organisation: Organisation | None = None, **fields: Any) -> Need:
    """An open need."""
    number = next(_numbers)
    buyer = organisation or make_organisation(session, roles=[OrganisationRole.BUYER])
    known = {
        "organisation": buyer,
        "external_ref": f"N-{number}",
        "title": f"通行流量分析{number}",
        "text": "需要高速公路收费站的通行流量",
    }
    return _added(session, Need(**known | fields))


def make_scenario(session: Session, **fields: Any) -> Scenario:
    """A scenario."""
    number = next(_numbers)
    known = {"code": f"SC-{number}", "domain": "工业领域", "title": f"场景{number}", "purpose": "优化生产工艺"}
    return _added(session, Scenario(**known | fields))


def make_staff(session: Session, **fields: Any) -> Staff:
    """A reviewer whose password is PASSWORD."""
    number = next(_numbers)
    known = {"email": f"staff{number}@example.org", "name": f"审核员{number}", "role": StaffRole.REVIEWER}
    return _added(session, Staff(password_hash=_password_hash(), **known | fields))


def make_run(session: Session, **fields: Any) -> Run:
    """A finished run of the engine FINGERPRINT, which is made where missing."""
    fingerprint = fields.get("fingerprint", FINGERPRINT)
    if session.get(Engine, fingerprint) is None:
        _added(session, Engine(fingerprint=fingerprint, weights={}, term_statistics=b""))
    known = {
        "fingerprint": fingerprint,
        "library_hash": "0" * 64,
        "status": RunStatus.FINISHED,
        "finished_at": utcnow(),
    }
    return _added(session, Run(**known | fields))


def make_match(session: Session, need: Need | None = None, product: Product | None = None, **fields: Any) -> Match:
    """A proposed match with 50 points; its need gets a shortlist that it heads."""
    need, product = need or make_need(session), product or make_product(session)
    run_id: UUID = fields.pop("run_id", None) or make_run(session).id
    score = fields.pop("score", 5000)
    known = {
        "need": need,
        "product": product,
        "run_id": run_id,
        "score": score,
        "rank": 1,
        "breakdown": breakdown(score),
        "fingerprint": FINGERPRINT,
        "need_version": need.version,
        "product_version": product.version,
        "scored_at": utcnow(),
    }
    match = _added(session, Match(id=new_id(), **known | fields))
    if session.get(Shortlist, need.id) is None:
        facts = {"need_version": need.version, "size": 1, "best_score": score, "scored_at": utcnow()}
        _added(session, Shortlist(need_id=need.id, run_id=run_id, **facts))
    return match


def breakdown(score: int, fingerprint: str = FINGERPRINT) -> dict[str, Any]:
    """A breakdown whose text part has all the points."""
    terms = [{"term": "通行", "points": score}]
    text = {"part": "text", "weight": 1.0, "known": True, "value": score / 10_000, "points": score, "terms": terms}
    return {"score": score, "fingerprint": fingerprint, "parts": [text | {"other": 0}]}


@cache
def _password_hash() -> str:
    """Made once: a good hash takes a tenth of a second."""
    return hash_password(PASSWORD)


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def bundle(products: list[Product], **fields: Any) -> dict[str, Any]:
    """A bundle as a run stores it: each product covers one element, one more is missing."""
    element = {"share": 1.0, "must": False}
    members = [
        {"product": str(product.id), "adds": [element | {"element": f"数据{number}"}]}
        for number, product in enumerate(products, 1)
    ]
    return {
        "products": [str(product.id) for product in products],
        "coverage": 0.75,
        "best_single": 0.5,
        "members": members,
        "uncovered": [{"element": "气象数据", "share": 0.0, "must": True}],
        "price": {"amount": None, "unknown": len(products)},
        "conflicts": [],
    } | fields
