"""Needs in: as the API takes them (names of columns) and as files hold them."""

from typing import Any

from marshmallow import ValidationError

from matcher.codes.regions import is_region
from matcher.codes.sectors import is_sector
from matcher.messages import Message
from matcher.schemas.base import RowSchema
from matcher.schemas.elements import Budget, Elements
from matcher.schemas.fields import LONGEST_TEXT, Amount, Choice, Codes, Day, Extra, Flag, Prose, Text, Words
from matcher.schemas.mapping import Mapper, frequency_columns, mapped, mode_columns, region_columns, sector_columns
from matcher.states import DealMode, DeliveryMode, NeedStatus, UpdateFrequency


class NeedSchema(RowSchema):
    """A need by the names of its columns. Something must be asked for: a text, a title or elements."""

    external_ref = Text(120, one_line=True, filled=True, required=True)
    title = Text(500)
    text = Text(LONGEST_TEXT)
    elements = Elements(musts=True)
    tags = Words(most=50, limit=100)
    sectors = Codes(is_sector, "codes of matcher.codes.sectors")
    sector_text = Text(300)
    regions = Codes(is_region, "GB/T 2260")
    region_text = Text(500)
    coverage_start = Day()
    coverage_end = Day()
    update_frequency = Choice(UpdateFrequency)
    frequency_text = Text(200)
    delivery_modes = Codes(lambda code: code in set(DeliveryMode), ", ".join(DeliveryMode))
    excluded_delivery_modes = Codes(lambda code: code in set(DeliveryMode), ", ".join(DeliveryMode))
    deal_modes = Codes(lambda code: code in set(DealMode), ", ".join(DealMode))
    excluded_deal_modes = Codes(lambda code: code in set(DealMode), ", ".join(DealMode))
    budget = Amount()
    requires_certificate = Flag()
    fresh_since = Day()
    deadline_on = Day()
    extra = Extra()

    def check(self, row: dict[str, Any], *, partial: bool) -> None:
        super().check(row, partial=partial)
        if not partial:
            refuse_empty(row)


class FileNeedSchema(RowSchema):
    """A need as files hold it: ``id`` and any of ``text``, ``title``, ``data_elements``; sector and so on in words.

    Loads as names of columns: words become codes and stay in ``*_text``. A scenario's ``purpose`` is read as its text.
    """

    id = Text(120, one_line=True, filled=True, required=True)
    title = Text(500)
    text = Text(LONGEST_TEXT)
    data_elements = Elements(musts=True, keep_unknown=True)
    tags = Words(most=50, limit=100)
    sector = Prose(300)
    region = Prose(500)
    coverage_start = Day()
    coverage_end = Day()
    update_frequency = Prose(200)
    delivery_modes = Words(most=20, limit=100)
    excluded_delivery_modes = Words(most=20, limit=100)
    deal_modes = Words(most=20, limit=100)
    excluded_deal_modes = Words(most=20, limit=100)
    budget = Budget()
    requires_certificate = Flag()
    fresh_since = Day()
    deadline_on = Day()
    status = Choice(NeedStatus)
    extra = Extra()

    ALIASES = {  # noqa: RUF012
        "external_ref": "id",
        "purpose": "text",
        "elements": "data_elements",
        "sectors": "sector",
        "regions": "region",
        "deadline": "deadline_on",
    }
    """Other names under which a field is read, where its own is absent."""

    def columns(self, data: dict[str, Any]) -> dict[str, Any]:
        return mapped(data, _MAPPERS, _RENAMED)

    def check(self, row: dict[str, Any], *, partial: bool) -> None:
        super().check(row, partial=partial)
        refuse_empty(row)


def refuse_empty(row: dict[str, Any]) -> None:
    """Raise ValidationError where the need asks for nothing."""
    if not (row.get("text") or row.get("title") or row.get("elements")):
        raise ValidationError({"text": [Message("empty-need")]})


_RENAMED = {"id": "external_ref", "data_elements": "elements"}
_MAPPERS: dict[str, Mapper] = {
    "sector": sector_columns,
    "region": region_columns,
    "update_frequency": frequency_columns,
    "delivery_modes": mode_columns("delivery_modes", DeliveryMode),
    "excluded_delivery_modes": mode_columns("excluded_delivery_modes", DeliveryMode),
    "deal_modes": mode_columns("deal_modes", DealMode),
    "excluded_deal_modes": mode_columns("excluded_deal_modes", DealMode),
}
