"""Content of a row as one hash: whether two listings say the same, however they came here."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


def content_hash(fields: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the fields that say something, whatever their order.

    Unknown values (``None``, ``""``, ``[]``, ``{}``) count as absent, so a column added later changes no hash. Numbers
    are compared by value: JSONB gives back ``1e16`` as a whole number.
    """
    known = {name: _plain(value) for name, value in fields.items() if value not in EMPTY}
    text = json.dumps(known, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case Decimal():
            return f"{value.normalize():f}"
        case date() | UUID():
            return str(value)
        case float() if value.is_integer():
            return int(value)
    return value
