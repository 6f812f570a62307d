"""Scenarios in, as the catalogue holds them."""

from typing import Any

from matcher.schemas.base import RowSchema
from matcher.schemas.elements import Elements
from matcher.schemas.fields import LONGEST_TEXT, Extra, Text, Words


class ScenarioSchema(RowSchema):
    """A scenario: ``id`` and ``sector`` load as the columns ``code`` and ``domain``; what else is said is dropped."""

    id = Text(40, one_line=True, filled=True, required=True)
    sector = Text(120, filled=True, required=True)
    title = Text(500, filled=True, required=True)
    purpose = Text(LONGEST_TEXT, filled=True, required=True)
    data_elements = Elements(musts=True)
    tags = Words(most=50, limit=100)
    extra = Extra()

    def columns(self, data: dict[str, Any]) -> dict[str, Any]:
        renamed = {"id": "code", "sector": "domain", "data_elements": "elements"}
        return {renamed.get(name, name): value for name, value in data.items() if name != "extra"}
