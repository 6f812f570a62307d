"""From a source's words to codes: each function adds its columns to a row and keeps the words beside the codes."""

from collections.abc import Callable, Mapping
from typing import Any

from matcher.codes.frequency import parse_frequency
from matcher.codes.labels import member_of
from matcher.codes.modes import deal_modes, delivery_modes
from matcher.codes.placeholders import says_nothing
from matcher.codes.price import Price
from matcher.codes.regions import region_codes
from matcher.codes.sectors import sector_codes
from matcher.states import DealMode, DeliveryMode

Row = dict[str, Any]
Mapper = Callable[[Row, Any], None]


def sector_columns(row: Row, text: str) -> None:
    """``sectors`` and ``sector_text``."""
    if not says_nothing(text):
        row["sectors"] = list(sector_codes(text))
        row["sector_text"] = text


def region_columns(row: Row, text: str) -> None:
    """``regions`` and ``region_text``."""
    if not says_nothing(text):
        row["regions"] = list(region_codes(text))
        row["region_text"] = text


def frequency_columns(row: Row, text: str) -> None:
    """``update_frequency`` and ``frequency_text``."""
    if not says_nothing(text):
        row["update_frequency"] = parse_frequency(text)
        row["frequency_text"] = text


def price_columns(row: Row, price: Price) -> None:
    """``price_mode``, ``price_amount``, ``price_unit`` and ``price_text``."""
    if not says_nothing(price.text):
        row["price_mode"], row["price_amount"] = price.mode, price.amount
        row["price_unit"], row["price_text"] = price.unit, price.text


def mode_columns(name: str, kind: type[DeliveryMode] | type[DealMode]) -> Mapper:
    """A function that sets the column ``name``; words without a mode stay in ``extra``."""

    def read(row: Row, words: list[str]) -> None:
        modes: dict[str, None] = {}
        unread = []
        for word in words:
            found = _modes(kind, word)
            modes.update(dict.fromkeys(found))
            if not found and not says_nothing(word):
                unread.append(word)
        row[name] = list(modes)
        if unread:
            row["extra"] = row.get("extra", {}) | {name: unread}

    return read


def _modes(kind: type[DeliveryMode] | type[DealMode], word: str) -> tuple[str, ...]:
    if member := member_of(kind, word):
        return (member.value,)
    found = delivery_modes(word) if kind is DeliveryMode else deal_modes(word)
    return tuple(mode.value for mode in found)


def mapped(data: Row, mappers: Mapping[str, Mapper], renamed: Mapping[str, str]) -> Row:
    """The columns of what a file said: a field goes through its mapper or gets its column's name; blanks drop."""
    row: Row = {}
    for name, value in data.items():
        if value is None or value == "" or value == []:
            continue
        mapper = mappers.get(name)
        if mapper is None:
            row[renamed.get(name, name)] = value
        else:
            mapper(row, value)
    return row
