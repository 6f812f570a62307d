"""The bridge from rows and files to profiles."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matcher.profiles import need_profile, product_profile, profile_of_need, profile_of_product
from matcher.states import NeedStatus, PriceMode, ProductStatus, UpdateFrequency
from matcher.transaction import writing
from scoring.profile import Element
from tests.factories import make_need, make_product

ON = date(2026, 11, 21)
VALID, FAILED = "SZ2025120003445.6", "SZ2025120003445.7"


def test_a_product_of_a_title_alone_is_unknown_in_everything_else() -> None:
    profile = product_profile({"external_ref": "P-1", "title": "路网数据"}, id="1", on=ON)
    assert profile.listed
    assert (profile.price, profile.certified, profile.data_class, profile.update_frequency) == (None,) * 4
    assert (profile.elements, profile.tags, profile.sectors, profile.regions) == ((),) * 4
    assert profile.filled == 0


@pytest.mark.parametrize(
    ("mode", "amount", "price"),
    [
        (PriceMode.FIXED, Decimal(5000), 5000.0),
        (PriceMode.PER_PERIOD, Decimal(300), 300.0),
        (PriceMode.FREE, None, 0.0),
        (PriceMode.PER_CALL, Decimal("0.5"), None),
        (PriceMode.NEGOTIABLE, None, None),
        (None, None, None),
    ],
)
def test_only_a_price_that_can_stand_beside_a_budget_is_compared(
    mode: PriceMode | None, amount: Decimal | None, price: float | None
) -> None:
    fields = {"external_ref": "P-1", "price_mode": mode, "price_amount": amount}
    assert product_profile(fields, id="1", on=ON).price == price


@pytest.mark.parametrize(
    ("certificates", "certified", "expired"),
    [
        ([], None, False),
        ([VALID], True, False),
        ([FAILED], None, False),
        (["粤数登字第1号"], None, False),
        ([{"number": VALID, "expires_on": date(2026, 11, 22)}], True, False),
        ([{"number": VALID, "expires_on": ON}], False, True),
        ([{"number": VALID, "revoked_on": date(2026, 1, 1)}], False, True),
        ([{"number": VALID, "expires_on": ON}, "GZ2024092900001"], True, False),
    ],
)
def test_a_product_is_certified_while_one_of_its_certificates_holds(
    certificates: list[object], certified: bool | None, expired: bool
) -> None:
    profile = product_profile({"external_ref": "P-1", "certificates": certificates}, id="1", on=ON)
    assert (profile.certified, profile.certificate_expired) == (certified, expired)


def test_the_filled_share_counts_the_ten_fields_of_a_listing() -> None:
    fields = {"external_ref": "P-1", "summary": "通行流量", "tags": ["交通"], "sectors": [], "volume": None}
    assert product_profile(fields, id="1", on=ON).filled == 2 / 10  # summary and tags of ten fields


def test_data_is_as_fresh_as_the_last_day_it_is_about_not_as_the_last_edit_of_its_listing() -> None:
    fields = {"external_ref": "P-1", "updated_at": datetime(2026, 3, 1, tzinfo=UTC), "coverage_end": date(2025, 12, 31)}
    assert product_profile(fields, id="1", on=ON).covers_until == date(2025, 12, 31)


def test_a_need_says_what_it_wants_and_what_it_refuses() -> None:
    profile = need_profile(
        {
            "external_ref": "N-1",
            "elements": [{"name": "交通流", "items": ["车流量"], "must": True}],
            "budget": Decimal("1000.50"),
            "excluded_delivery_modes": ["file"],
            "requires_certificate": True,
            "status": NeedStatus.CLOSED,
        },
        id="1",
    )
    assert profile.elements == (Element("交通流", ("车流量",), must=True),)
    assert (profile.budget, profile.excluded_delivery_modes) == (1000.5, ("file",))
    assert profile.requires_certificate
    assert not profile.open


def test_stored_rows_give_the_same_profiles_as_their_fields(sessions: sessionmaker[Session]) -> None:
    shared: dict[str, Any] = {"tags": ["收费站"], "sectors": ["transport"], "update_frequency": UpdateFrequency.DAILY}
    with writing(sessions) as session:
        product = make_product(session, external_ref="P-7", status=ProductStatus.PAUSED, **shared)
        need = make_need(session, external_ref="N-7", **shared)
        session.flush()
        stored = profile_of_product(product, ON)
        wanted = profile_of_need(need)
        fields = {"external_ref": "P-7", "title": product.title, "summary": product.summary, **shared}
        given = product_profile(
            fields | {"status": "paused", "organisation_id": product.organisation_id, "updated_at": product.updated_at},
            id=str(product.id),
            on=ON,
        )
    assert stored == given
    assert not stored.listed
    assert (wanted.ref, wanted.tags, wanted.update_frequency) == ("N-7", ("收费站",), "daily")
