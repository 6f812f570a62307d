"""Keyset pagination: pages stay put while rows come and go, and the last one costs no more than the first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from matcher.errors import FieldProblem, InvalidInputError

READERS: dict[type, Any] = {int: int, str: str, UUID: UUID, datetime: datetime.fromisoformat}
"""How a value that travelled as JSON becomes what the column holds."""


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by ``key``, never NULL and of the Python type ``kind``, and then by ``id``, which is unique."""

    key: ColumnElement[Any]
    kind: type
    id: ColumnElement[UUID]
    descending: bool = False

    def clauses(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """What to order by; ties go by ascending id in both directions."""
        return (self.key.desc() if self.descending else self.key.asc()), self.id.asc()

    def behind(self, after: tuple[Any, ...] | None) -> ColumnElement[bool] | None:
        """The condition for rows behind ``after``, the (key, id) of the last row of the page before.

        Both may be given as text, as they come out of a cursor. Raises InvalidInputError for what is no such pair.
        """
        if after is None:
            return None
        try:
            key_text, id_text = after
            key, row_id = _read(self.kind, key_text), _read(UUID, id_text)
        except (TypeError, ValueError) as error:
            raise InvalidInputError([FieldProblem("cursor", "not a place in this list", "invalid-cursor")]) from error
        further = self.key < key if self.descending else self.key > key
        return or_(further, and_(self.key == key, self.id > row_id))


def _read(kind: type, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    if kind is str or not isinstance(value, str):
        raise TypeError(value)
    return READERS[kind](value)
