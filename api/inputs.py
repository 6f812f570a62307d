"""Paths, query parameters and form fields, read so that nothing that can be typed makes a fault.

Messages of the checks are codes; ``api.problem_texts`` words them.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Any, TypeVar

import marshmallow
from werkzeug.routing import UnicodeConverter, ValidationError

from api.paging import is_plain

Member = TypeVar("Member", bound=StrEnum)
LONGEST_SEARCH = 200
LONGEST_KEY = 200
Messages = dict[str, str | list[Any] | dict[Any, Any]]
MESSAGES: Messages = {
    "required": "required",
    "null": "null",
    "invalid": "invalid",
    "unknown": "invalid-choice:{choices}",
}
TEXT_MESSAGES: Messages = MESSAGES | {"invalid": "invalid-string"}
NUMBER_MESSAGES: Messages = MESSAGES | {"invalid": "invalid-integer"}


def check_plain(text: str) -> None:
    """Control characters and lone surrogates are refused: no database can hold all of them."""
    if not is_plain(text):
        raise marshmallow.ValidationError("control-characters")


class KeyConverter(UnicodeConverter):
    """An id or a reference in a path. What no database can hold names no row: 404."""

    def to_python(self, value: str) -> str:
        if len(value) > LONGEST_KEY or not is_plain(value):
            raise ValidationError
        return value


def choice(kind: type[Member], text: str | None, offered: Collection[Member] | None = None) -> Member | None:
    """The member of ``kind`` named ``text``; None where there is none or it is not offered."""
    return next((member for member in (kind if offered is None else offered) if member.value == text), None)


def search_words(text: str | None) -> str | None:
    """What to look for, None for nothing; control characters go, since no database can hold them."""
    words = "".join(character for character in text or "" if is_plain(character)).strip()[:LONGEST_SEARCH]
    return words or None
