"""Products in: as the API takes them (names of columns) and as files hold them."""

from typing import Any

from matcher.codes.regions import is_region
from matcher.codes.sectors import is_sector
from matcher.schemas.base import RowSchema
from matcher.schemas.elements import Certificates, Elements, PriceText
from matcher.schemas.fields import LONGEST_TEXT, Amount, Choice, Codes, Day, Extra, Flag, Prose, Text, Words
from matcher.schemas.mapping import (
    Mapper,
    frequency_columns,
    mapped,
    mode_columns,
    price_columns,
    region_columns,
    sector_columns,
)
from matcher.states import DataClass, DealMode, DeliveryMode, PriceMode, ProductKind, ProductStatus, UpdateFrequency

CLASS_WORDS = {"一般": DataClass.GENERAL, "重要": DataClass.IMPORTANT, "核心": DataClass.CORE}
KIND_WORDS = {"接口": ProductKind.API, "报告": ProductKind.REPORT, "数据服务": ProductKind.PLATFORM_SERVICE}


class ProductSchema(RowSchema):
    """A product by the names of its columns, with ``certificates``: numbers, or objects with number, issuer, dates."""

    external_ref = Text(120, one_line=True, filled=True, required=True)
    title = Text(500, filled=True, required=True)
    provider = Text(300)
    kind = Choice(ProductKind)
    summary = Text(LONGEST_TEXT)
    scenario = Text(LONGEST_TEXT)
    elements = Elements()
    tags = Words(most=50, limit=100)
    outcomes = Words(most=50, limit=500)
    sectors = Codes(is_sector, "codes of matcher.codes.sectors")
    sector_text = Text(300)
    regions = Codes(is_region, "GB/T 2260")
    region_text = Text(500)
    coverage_start = Day()
    coverage_end = Day()
    volume = Text(500)
    update_frequency = Choice(UpdateFrequency)
    frequency_text = Text(200)
    delivery_modes = Codes(lambda code: code in set(DeliveryMode), ", ".join(DeliveryMode))
    deal_modes = Codes(lambda code: code in set(DealMode), ", ".join(DealMode))
    price_mode = Choice(PriceMode)
    price_amount = Amount()
    price_unit = Text(40)
    price_text = Text(200)
    data_class = Choice(DataClass)
    personal_information = Flag()
    certificates = Certificates()
    sample = Text(LONGEST_TEXT)
    extra = Extra()


class FileProductSchema(RowSchema):
    """A product as catalogue files hold it: sectors, regions, frequency and price in the source's words.

    Loads as names of columns: words become codes and stay in ``*_text``. Only ``id`` and ``title`` are required.
    """

    id = Text(120, one_line=True, filled=True, required=True)
    title = Text(500, filled=True, required=True)
    provider = Text(300)
    sector = Prose(300)
    kind = Choice(ProductKind, also=KIND_WORDS)
    summary = Text(LONGEST_TEXT)
    scenario = Text(LONGEST_TEXT)
    data_elements = Elements(keep_unknown=True)
    tags = Words(most=50, limit=100)
    outcomes = Words(most=50, limit=500)
    region = Prose(500)
    coverage_start = Day()
    coverage_end = Day()
    volume = Text(500)
    update_frequency = Prose(200)
    delivery_modes = Words(most=20, limit=100)
    deal_modes = Words(most=20, limit=100)
    price = PriceText()
    data_class = Choice(DataClass, also=CLASS_WORDS)
    personal_information = Flag()
    registration_nos = Certificates()
    sample = Text(LONGEST_TEXT)
    status = Choice(ProductStatus)
    extra = Extra()

    ALIASES = {  # noqa: RUF012
        "external_ref": "id",
        "elements": "data_elements",
        "sectors": "sector",
        "regions": "region",
        "class": "data_class",
        "certificates": "registration_nos",
        "description": "summary",
    }
    """Other names under which a field is read, where its own is absent."""

    def columns(self, data: dict[str, Any]) -> dict[str, Any]:
        return mapped(data, _MAPPERS, _RENAMED)


_RENAMED = {"id": "external_ref", "data_elements": "elements", "registration_nos": "certificates"}
_MAPPERS: dict[str, Mapper] = {
    "sector": sector_columns,
    "region": region_columns,
    "update_frequency": frequency_columns,
    "price": price_columns,
    "delivery_modes": mode_columns("delivery_modes", DeliveryMode),
    "deal_modes": mode_columns("deal_modes", DealMode),
}
