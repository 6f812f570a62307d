"""Listing profiles: data that says how to read one exchange's CSV, so that a further exchange needs no code.

Those that ship lie in ``matcher/listing_profiles``; any other file of the same form (``docs/files.md``) does as well.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from matcher.files import FileProblem, InvalidFileError
from matcher.messages import LANGUAGES, Message
from matcher.schemas.fields import kind_of
from matcher.schemas.listing_profile import ListingProfileSchema
from matcher.schemas.problems import problems

SHIPPED = Path(str(files("matcher.listing_profiles")))
Cells = Mapping[str, str]
"""A row of a CSV: column → cell."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The columns behind a field. ``split``: what stands between several values in a cell; ``values``: cell → value."""

    column: list[str]
    split: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def read(self, cells: Cells) -> list[str]:
        """The values, each once and without blanks: one for each part where cells are split, else one for each cell."""
        parts = (part for name in self.column for part in self._parts(cells[name]))
        texts = (self.values.get(text, text) for text in map(str.strip, parts))
        return list(dict.fromkeys(text for text in texts if text))

    def _parts(self, cell: str) -> list[str]:
        return cell.split(self.split) if self.split else [cell]


@dataclass(frozen=True, slots=True)
class Reference:
    """The column that names a listing, the part of its cells that counts (group 1), and what goes before it."""

    column: str
    pattern: re.Pattern[str] | None = None
    prefix: str | None = None

    def read(self, cells: Cells) -> str | None:
        """The listing's reference; ``None`` where the cell is blank or does not match."""
        name: str | None = cells[self.column].strip()
        if self.pattern and name:
            found = self.pattern.search(name)
            name = found[1] if found else None
        return f"{self.prefix or ''}{name}" if name else None


@dataclass(frozen=True, slots=True)
class Profile:
    """How to read one exchange's listings. ``dates``: column → ``iso`` or a format of ``strptime``."""

    seller: str
    feeds: Mapping[str, Feed]
    reference: Reference | None = None
    constants: Mapping[str, Any] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()

    def needed(self) -> list[str]:
        """The columns that a file must have, in the order of the profile."""
        reference = [self.reference.column] if self.reference else []
        return list(dict.fromkeys([self.seller, *reference, *self._fed(), *self.dates]))

    def kept(self, columns: list[str]) -> list[str]:
        """Those of ``columns`` that feed nothing and are not dropped: their cells go to ``extra``."""
        used = {self.seller, *self._fed(), *self.dropped}
        return [column for column in columns if column not in used]

    def column_of(self, name: str) -> str:
        """What the file calls the field ``name``: the column that feeds it, or the field itself where none does."""
        if name == "provider":
            return self.seller
        if name == "id" and self.reference:
            return self.reference.column
        return ", ".join(self.feeds[name].column) if name in self.feeds else name

    def _fed(self) -> Iterator[str]:
        return (column for feed in self.feeds.values() for column in feed.column)


def shipped_profiles() -> list[str]:
    """The names of the profiles that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def load_profile(name: str, *, language: str = LANGUAGES[0]) -> Profile:
    """The shipped profile ``name``, or the one in the file ``name`` where that ends in ``.json``.

    Raises InvalidFileError with every field that is wrong.
    """
    known = shipped_profiles()
    if name not in known and not name.endswith(".json"):
        raise _refused(name, Message("profile-unknown", known=", ".join(known)), language)
    path = SHIPPED / f"{name}.json" if name in known else Path(name)
    given = _json(path, language)
    if not isinstance(given, dict):
        raise _refused(path, Message("not-object", kind=kind_of(given)), language)
    try:
        loaded = ListingProfileSchema().load(given)
    except ValidationError as error:
        found = problems(_messages(error), language)
        wrong = [FileProblem(each.field, each.message, each.code, path=str(path), line=None) for each in found]
        raise InvalidFileError(wrong) from error
    reference = loaded.get("reference")
    return Profile(
        seller=loaded["seller"],
        feeds={name: Feed(**_given(feed)) for name, feed in loaded["feeds"].items()},
        reference=Reference(**_given(reference)) if reference else None,
        constants=loaded.get("constants") or {},
        dates=loaded.get("dates") or {},
        dropped=frozenset(loaded.get("dropped") or ()),
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _json(path: Path, language: str) -> Any:
    line = None
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        reason = Message("file-missing")
    except OSError as error:
        reason = Message("file-unreadable", reason=error.strerror or error)
    except UnicodeDecodeError as error:
        reason = Message("not-utf8", position=error.start + 1)
    except json.JSONDecodeError as error:
        line, reason = error.lineno, Message("not-json", reason=error.msg, column=error.colno)
    except RecursionError:
        reason = Message("too-deep-to-read")
    raise _refused(path, reason, language, line)


def _refused(path: Path | str, reason: Message, language: str, line: int | None = None) -> InvalidFileError:
    problem = FileProblem("", reason.in_language(language), reason.code, path=str(path), line=line)
    return InvalidFileError([problem])


def _messages(error: ValidationError) -> dict[str, Any]:
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return messages
