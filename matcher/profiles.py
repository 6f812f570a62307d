"""The one bridge from stored rows and loaded files to what the engine knows.

``fields`` is what a schema loads or a row's columns hold, by column name: both lead to the same profile.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matcher.codes.registration import parse_registration_number
from matcher.states import NeedStatus, PriceMode, ProductStatus
from scoring.profile import Element, NeedProfile, ProductProfile

if TYPE_CHECKING:  # ranking files needs no database, and no second spent on loading one
    from matcher.models import Certificate, Need, Product

LOCAL_TIME = ZoneInfo("Asia/Shanghai")

_COMPARABLE_PRICES = (PriceMode.FIXED, PriceMode.PER_PERIOD, PriceMode.FREE)
"""A price per call says nothing about a budget, and a negotiable one has no amount."""

_LISTING_FIELDS = (
    "summary",
    "elements",
    "tags",
    "sectors",
    "region_text",
    "volume",
    "frequency_text",
    "delivery_modes",
    "deal_modes",
    "price_mode",
)
"""The fields whose filled share counts as a listing's completeness."""


def today() -> date:
    """The day it is for the exchange's people."""
    return datetime.now(LOCAL_TIME).date()


def product_profile(fields: Mapping[str, Any], *, id: str, on: date) -> ProductProfile:  # noqa: A002
    """A product as the engine sees it on the day ``on``, which decides whether certificates hold."""
    certified, expired = _certified(fields.get("certificates") or (), on)
    return ProductProfile(
        **_of_both_sides(fields, id),
        text=fields.get("summary") or "",
        listed=fields.get("status") in (None, ProductStatus.LISTED),
        data_class=fields.get("data_class"),
        price=_price(fields),
        covers_until=fields.get("coverage_end"),
        certified=certified,
        certificate_expired=expired,
        filled=sum(bool(fields.get(name)) for name in _LISTING_FIELDS) / len(_LISTING_FIELDS),
    )


def need_profile(fields: Mapping[str, Any], *, id: str) -> NeedProfile:  # noqa: A002
    """A need as the engine sees it."""
    budget = fields.get("budget")
    return NeedProfile(
        **_of_both_sides(fields, id),
        text=fields.get("text") or "",
        open=fields.get("status") in (None, NeedStatus.OPEN),
        budget=None if budget is None else float(budget),
        excluded_delivery_modes=_codes(fields, "excluded_delivery_modes"),
        excluded_deal_modes=_codes(fields, "excluded_deal_modes"),
        requires_certificate=bool(fields.get("requires_certificate")),
        fresh_since=fields.get("fresh_since"),
    )


def _of_both_sides(fields: Mapping[str, Any], id: str) -> dict[str, Any]:  # noqa: A002
    return {
        "id": id,
        "ref": fields["external_ref"],
        "owner": _owner(fields),
        "title": fields.get("title") or "",
        "elements": _elements(fields),
        "update_frequency": fields.get("update_frequency"),
        **{name: _codes(fields, name) for name in ("tags", "sectors", "regions", "delivery_modes", "deal_modes")},
    }


def profile_of_product(row: "Product", on: date) -> ProductProfile:
    """A stored product's profile; its id is the row's."""
    certificates = [_certificate_fields(certificate) for certificate in row.certificates]
    return product_profile(_columns(row) | {"certificates": certificates}, id=str(row.id), on=on)


def profile_of_need(row: "Need") -> NeedProfile:
    """A stored need's profile; its id is the row's."""
    return need_profile(_columns(row), id=str(row.id))


def _columns(row: "Product | Need") -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _certificate_fields(certificate: "Certificate") -> dict[str, Any]:
    return {name: getattr(certificate, name) for name in ("number", "expires_on", "revoked_on")}


def _owner(fields: Mapping[str, Any]) -> str | None:
    owner = fields.get("organisation_id")
    return None if owner is None else str(owner)


def _codes(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(fields.get(name) or ())


def _elements(fields: Mapping[str, Any]) -> tuple[Element, ...]:
    return tuple(
        Element(element["name"], tuple(element.get("items") or ()), bool(element.get("must")))
        for element in fields.get("elements") or ()
    )


def _price(fields: Mapping[str, Any]) -> float | None:
    if fields.get("price_mode") == PriceMode.FREE:
        return 0.0
    amount = fields.get("price_amount")
    return float(amount) if amount is not None and fields.get("price_mode") in _COMPARABLE_PRICES else None


def _certified(certificates: Sequence[str | Mapping[str, Any]], on: date) -> tuple[bool | None, bool]:
    """Whether a certificate holds on that day (None: none on record that says so), and whether one has run out."""
    holds, ended = False, False
    for given in certificates:
        known: Mapping[str, Any] = {"number": given} if isinstance(given, str) else given
        number = parse_registration_number(known["number"])
        over = any(day is not None and day <= on for day in (known.get("expires_on"), known.get("revoked_on")))
        ended |= over
        holds |= number.recognised and number.check_holds is not False and not over
    return (True if holds else False if ended else None), ended and not holds
