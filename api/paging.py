"""Keyset paging: an opaque cursor and the envelope of a page.

A cursor holds the sort key and id of the last row seen, so a page stays right while rows come and go. It is not signed:
it only says where to start, and whoever forges one sees nothing that a list would not show.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from api.language import _
from matcher.errors import FieldProblem, InvalidInputError

Row = TypeVar("Row")
Key = tuple[Any, UUID]

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100
LONGEST_CURSOR = 2000
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows and the cursor of the page behind them, ``None`` at the end."""

    items: Sequence[Row]
    next_cursor: str | None


def read_page(rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[Any, Any]]) -> Page[Row]:
    """A page of at most ``limit`` of ``rows``, which hold one row more than the page where there is a next one."""
    shown = rows[:limit]
    return Page(shown, encode_cursor(key(shown[-1])) if len(rows) > limit else None)


def encode_cursor(after: tuple[Any, Any]) -> str:
    """An opaque, URL-safe text for a sort key and an id."""
    key, row_id = after
    plain = [key.isoformat() if isinstance(key, datetime) else key, str(row_id)]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, kind: type[str] | type[int] | type[datetime]) -> Key | None:
    """The sort key, of ``kind``, and id in ``cursor``; InvalidInputError for anything that this list did not make."""
    if not cursor:
        return None
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError("too long")
        plain = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        key, row_id = plain
        return _key(key, kind), UUID(row_id)
    except (ValueError, TypeError, AttributeError, RecursionError):
        message = _("This is not a cursor of this list. Start again without one.")
        raise InvalidInputError([FieldProblem("cursor", message, "invalid-cursor")]) from None


def _key(key: Any, kind: type[str] | type[int] | type[datetime]) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(key)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment
    if not isinstance(key, kind) or isinstance(key, bool):
        raise TypeError("another kind of key")
    # What a database cannot bind would end as a fault of ours.
    if isinstance(key, int) and abs(key) > LARGEST_NUMBER:
        raise ValueError("out of range")
    if isinstance(key, str) and not is_plain(key):
        raise ValueError("control characters")
    return key


def is_plain(text: str) -> bool:
    """Whether ``text`` can be bound and stored: no control character but line break and tab, no lone surrogate."""
    return all(
        (character >= " " and character != "\x7f" and not "\ud800" <= character <= "\udfff") or character in "\n\t\r"
        for character in text
    )
