"""Codes and values as people read them in the current language."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import flask_babel

from api.language import _, current_language
from matcher.codes import labels
from matcher.codes.regions import region_label
from matcher.codes.sectors import sector_label
from matcher.states import DealMode, DeliveryMode, PriceMode, UpdateFrequency

UNKNOWN = "—"
TIME_ZONE = ZoneInfo("Asia/Shanghai")
FACET_CODES: dict[str, type[StrEnum]] = {
    "update_frequency": UpdateFrequency,
    "delivery": DeliveryMode,
    "deal": DealMode,
}


def label(member: StrEnum) -> str:
    """An enum's value in words."""
    return labels.label(member, current_language())


def sector(code: str) -> str:
    """A sector's name."""
    return sector_label(code, current_language())


def region(code: str) -> str:
    """A region's name."""
    return region_label(code, current_language())


def joined(items: Iterable[str]) -> str:
    """Words in a row, with the comma that the language writes."""
    return ("、" if current_language() == "zh_Hans" else ", ").join(items)


def modes(kind: type[StrEnum], codes: Iterable[str]) -> str:
    """Delivery or deal modes in a row; a code that this version does not know stays as it is."""
    return joined(_member(kind, code) for code in codes)


def facet_name(facet: str) -> str:
    """A facet's name."""
    names = {
        "sector": _("Sector"),
        "region": _("Region"),
        "update_frequency": _("Update frequency"),
        "delivery": _("Delivery"),
        "deal": _("Deal"),
        "price": _("Price"),
        "freshness": _("Freshness"),
    }
    return names.get(facet, facet)


def facet_values(facet: str, values: Any) -> str:
    """One side's values of a facet in words; a dash where nothing is known."""
    if values is None or values == [] or values == "":
        return UNKNOWN
    items = values if isinstance(values, list | tuple) else [values]
    return joined(_facet_value(facet, item) for item in items)


def _facet_value(facet: str, value: Any) -> str:
    if facet == "sector":
        return sector(str(value))
    if facet == "region":
        return region(str(value))
    if facet in FACET_CODES:
        return _member(FACET_CODES[facet], str(value))
    if facet == "price" and isinstance(value, int | float):
        return money(Decimal(str(value)))
    if isinstance(value, date):
        return day(value)
    return str(value)


def _member(kind: type[StrEnum], code: str) -> str:
    return next((label(member) for member in kind if member.value == code), code)


def joined_modes(delivery: Iterable[str], deal: Iterable[str]) -> str:
    """Delivery and deal modes in one row."""
    return joined(part for part in (modes(DeliveryMode, delivery), modes(DealMode, deal)) if part)


def money(amount: Decimal | None, unit: str | None = None) -> str:
    """An amount in yuan, with 万 where it reads easier in Chinese."""
    if amount is None:
        return UNKNOWN
    if current_language() == "zh_Hans":
        text = f"{(amount / 10_000).normalize():,f} 万元" if amount >= 10_000 else f"{amount.normalize():,f} 元"
    else:
        text = f"CNY {amount.normalize():,f}"
    return f"{text}/{unit}" if unit else text


def price(mode: PriceMode | None, amount: Decimal | None, unit: str | None, text: str | None) -> str:
    """A listing's price: the source's own words first, else what was understood of them."""
    if text:
        return text
    if amount is not None:
        return money(amount, unit)
    return label(mode) if mode is not None else UNKNOWN


def yes_or_no(value: bool | None) -> str:
    """A flag in words."""
    if value is None:
        return UNKNOWN
    return _("Yes") if value else _("No")


def day(value: date | None) -> str:
    """A day, 2026-03-05 in every language: it sorts and nobody misreads it."""
    return value.isoformat() if value is not None else UNKNOWN


def moment(value: datetime | None) -> str:
    """An instant in Chinese time, to the minute."""
    if value is None:
        return UNKNOWN
    return value.astimezone(TIME_ZONE).strftime("%Y-%m-%d %H:%M")


def count(number: int) -> str:
    """A number with the separators of the language."""
    text: str = flask_babel.format_decimal(number)
    return text
