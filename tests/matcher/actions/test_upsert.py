"""Upserts by reference: what a load creates, updates, leaves, and never overwrites."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from matcher.actions.needs import put_need
from matcher.actions.organisations import put_organisation
from matcher.actions.products import put_product
from matcher.actions.scenarios import put_scenario
from matcher.actions.upsert import Outcome
from matcher.database import AMOUNT_LIMIT
from matcher.errors import InvalidInputError
from matcher.events import EventType
from matcher.models import AuditEntry, Event, Need, Organisation, Product, Scenario
from matcher.states import DataClass, NeedStatus, PriceMode, ProductKind, UpdateFrequency
from matcher.transaction import reading, writing
from tests.factories import make_organisation

ACTOR = "command:test"

FULL_PRODUCT: dict[str, Any] = {
    "external_ref": "GZ-01",
    "title": "隧道数字孪生仿真应用模型",
    "provider": "某公司",
    "kind": ProductKind.MODEL,
    "summary": "车道级孪生仿真",
    "elements": [{"name": "交通流数据", "items": []}],
    "tags": ["数字孪生"],
    "sectors": ["transport"],
    "regions": ["520000"],
    "coverage_start": date(2024, 1, 1),
    "update_frequency": UpdateFrequency.DAILY,
    "price_mode": PriceMode.FIXED,
    "price_amount": Decimal("12345678901234.56785"),
    "data_class": DataClass.GENERAL,
    "personal_information": False,
    "certificates": ["SZ2025120003445.6", {"number": "其他-1", "issued_on": date(2025, 5, 1)}],
    "extra": {"lines": [5, 7], "complete": True, "big": 1e16, "share": 0.1},
}


def put_one(sessions: sessionmaker[Session], fields: dict[str, Any], **options: Any) -> Outcome:
    with writing(sessions) as session:
        organisation = session.scalars(select(Organisation)).first() or make_organisation(session)
        return put_product(session, organisation, fields, actor=ACTOR, **options)


def the_product(sessions: sessionmaker[Session]) -> Product:
    with reading(sessions) as session:
        product = session.scalars(select(Product)).one()
        assert product.certificates is not None
        return product


def test_a_second_load_changes_nothing(sessions: sessionmaker[Session]) -> None:
    assert put_one(sessions, FULL_PRODUCT) is Outcome.CREATED
    before = the_product(sessions)
    assert put_one(sessions, FULL_PRODUCT) is Outcome.UNCHANGED
    after = the_product(sessions)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
    assert [c.id for c in after.certificates] == [c.id for c in before.certificates]


def test_every_value_comes_back_as_it_was_given(sessions: sessionmaker[Session]) -> None:
    put_one(sessions, FULL_PRODUCT)
    product = the_product(sessions)
    for name in set(FULL_PRODUCT) - {"certificates", "price_amount"}:
        assert getattr(product, name) == FULL_PRODUCT[name], name
    # 14 digits before and 4 behind the point are exact on both databases; the fifth is rounded, half to even.
    assert product.price_amount == Decimal("12345678901234.5678")
    assert [c.number for c in product.certificates] == ["SZ2025120003445.6", "其他-1"]
    assert [(c.recognised, c.valid_number) for c in product.certificates] == [(True, True), (False, None)]


def test_a_changed_row_is_updated_with_a_new_version(sessions: sessionmaker[Session]) -> None:
    put_one(sessions, FULL_PRODUCT)
    assert put_one(sessions, FULL_PRODUCT | {"title": "新名称", "certificates": []}) is Outcome.UPDATED
    product = the_product(sessions)
    assert (product.title, product.version, product.certificates) == ("新名称", 2, [])


def test_a_field_that_is_gone_becomes_unknown(sessions: sessionmaker[Session]) -> None:
    put_one(sessions, FULL_PRODUCT)
    put_one(sessions, {"external_ref": "GZ-01", "title": "隧道"})
    product = the_product(sessions)
    assert (product.kind, product.tags, product.summary) == (None, [], "")


def test_a_row_that_people_edited_is_left_alone(sessions: sessionmaker[Session]) -> None:
    put_one(sessions, FULL_PRODUCT)
    with writing(sessions) as session:
        session.scalars(select(Product)).one().title = "人工改名"
    assert put_one(sessions, FULL_PRODUCT) is Outcome.EDITED
    assert put_one(sessions, FULL_PRODUCT | {"summary": "新摘要"}) is Outcome.EDITED
    assert the_product(sessions).title == "人工改名"


def test_an_edited_row_is_overwritten_when_asked(sessions: sessionmaker[Session]) -> None:
    put_one(sessions, FULL_PRODUCT)
    with writing(sessions) as session:
        session.scalars(select(Product)).one().title = "人工改名"
    assert put_one(sessions, FULL_PRODUCT, overwrite=True) is Outcome.UPDATED
    assert the_product(sessions).title == FULL_PRODUCT["title"]


def test_where_file_and_people_agree_again_the_file_leads_again(sessions: sessionmaker[Session]) -> None:
    put_one(sessions, FULL_PRODUCT)
    with writing(sessions) as session:
        session.scalars(select(Product)).one().title = "人工改名"
    version = the_product(sessions).version
    assert put_one(sessions, FULL_PRODUCT | {"title": "人工改名"}) is Outcome.UNCHANGED
    assert the_product(sessions).version == version
    assert put_one(sessions, FULL_PRODUCT | {"title": "再次改名"}) is Outcome.UPDATED


def test_each_write_leaves_an_audit_entry_and_an_event(sessions: sessionmaker[Session]) -> None:
    for title in ("一", "一", "二"):
        put_one(sessions, {"external_ref": "GZ-01", "title": title})
    with reading(sessions) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(e.actor, e.action) for e in entries] == [(ACTOR, "product.created"), (ACTOR, "product.updated")]
    assert entries[0].after_hash == entries[1].before_hash != entries[1].after_hash
    assert [e.type for e in events] == [EventType.PRODUCT_CREATED, EventType.PRODUCT_UPDATED]
    assert events[0].payload["external_ref"] == "GZ-01"


def test_two_organisations_may_use_the_same_reference(session: Session) -> None:
    for _ in range(2):
        assert put_product(session, make_organisation(session), FULL_PRODUCT, actor=ACTOR) is Outcome.CREATED


def test_an_unknown_name_is_refused_before_anything_is_written(session: Session) -> None:
    with pytest.raises(InvalidInputError, match="titel: no such field"):
        put_product(session, make_organisation(session), {"external_ref": "X", "titel": "x"}, actor=ACTOR)
    assert session.scalars(select(Product)).all() == []


def test_an_amount_beyond_the_column_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInputError, match="price_amount"):
        put_product(session, make_organisation(session), FULL_PRODUCT | {"price_amount": AMOUNT_LIMIT}, actor=ACTOR)


def test_needs_scenarios_and_organisations_are_put_alike(session: Session) -> None:
    scenario = {"code": "SC-01", "domain": "工业", "title": "优化", "purpose": "自动调参", "tags": ["电解铝"]}
    assert [put_scenario(session, scenario, actor=ACTOR) for _ in range(2)] == [Outcome.CREATED, Outcome.UNCHANGED]
    buyer = {"external_ref": "B-1", "name": "买方", "roles": ["buyer"], "demonstration": True}
    assert [put_organisation(session, buyer, actor=ACTOR) for _ in range(2)] == [Outcome.CREATED, Outcome.UNCHANGED]
    organisation = session.scalars(select(Organisation)).one()
    need = {
        "external_ref": "SC-01",
        "text": "自动调参",
        "scenario_id": session.scalars(select(Scenario)).one().id,
        "budget": Decimal(10000),
        "status": NeedStatus.DRAFT,
    }
    outcomes = [put_need(session, organisation, need, actor=ACTOR) for _ in range(2)]
    assert outcomes == [Outcome.CREATED, Outcome.UNCHANGED]
    assert session.scalars(select(Need)).one().status is NeedStatus.DRAFT
    assert put_need(session, organisation, need | {"status": NeedStatus.OPEN}, actor=ACTOR) is Outcome.UNCHANGED
