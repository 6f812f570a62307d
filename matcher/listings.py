"""An exchange's listings as products: what a profile makes of each row of a CSV, and what is wrong with the others."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from marshmallow import ValidationError, fields

from matcher.codes.text import folded
from matcher.errors import FieldProblem, InvalidInputError
from matcher.files import FileProblem
from matcher.listing_csv import REASON, CsvRow, ListingFile, not_utf8
from matcher.listing_profile import Cells, Profile
from matcher.messages import LANGUAGES, Message
from matcher.progress import Report
from matcher.schemas.fields import LONGEST_TEXT, clean_text
from matcher.schemas.listing_profile import ISO, PRODUCT
from matcher.schemas.loading import RowLoader
from matcher.schemas.problems import problems
from matcher.schemas.product import FileProductSchema

Ids = Callable[[int, str], str]
"""Makes a product's id from its row, counted from 0, and its reference."""

_LISTS = frozenset(name for name, kind in PRODUCT.fields.items() if isinstance(kind, fields.List))
_BETWEEN_VALUES, _BETWEEN_CELLS = "；", "\n"
_PLAIN_NUMBER = re.compile(r"\d{0,2}d?")


@dataclass(frozen=True, slots=True)
class Listing:
    """A row that is a product: ``given`` as catalogue files hold it, ``fields`` by the names of its columns."""

    row: CsvRow
    given: dict[str, Any]
    fields: dict[str, Any]

    @property
    def seller(self) -> str:
        """The provider's name as printed."""
        return str(self.fields["provider"])


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is none, and why, in the order of its columns."""

    row: CsvRow
    problems: tuple[FileProblem, ...]


class ListingReader:
    """The listings of a file, in its order. A reference that a seller has used before in the file is refused.

    Where the profile finds no reference in a row, it is ``text-`` and 12 hexadecimal digits of the SHA-256 of title and
    summary, with ``-2``, ``-3`` … where the seller says the same again. ``ids``: makes ids that must be
    unique over the file, whoever sells.
    """

    def __init__(self, file: ListingFile, profile: Profile, ids: Ids | None = None) -> None:
        self.file, self.profile, self._ids = file, profile, ids
        self._kept = [name for name in profile.kept(file.columns) if name and name != REASON]
        self._loader = RowLoader(FileProductSchema)

    def __iter__(self) -> Iterator[Listing | Refused]:
        lines: dict[tuple[str, str], int] = {}
        texts: Counter[tuple[str, str]] = Counter()
        for row in self.file:
            if row.problem:
                yield Refused(row, (self.file.problem(row.line, "", row.problem),))
                continue
            try:
                listing = self._listing(row, texts)
            except ValidationError as error:
                yield Refused(row, self._problems(row, error))
                continue
            ref = str(listing.fields["external_ref"])
            first = lines.setdefault(("" if self._ids else seller_ref(listing.seller), ref), row.line)
            if first == row.line:
                yield listing
            else:
                taken = Message("duplicate-id", id=ref, first=f"{self.file.path}:{first}")
                yield Refused(row, (self.file.problem(row.line, self.profile.column_of("id"), taken),))

    def _listing(self, row: CsvRow, texts: "Counter[tuple[str, str]]") -> Listing:
        """The row as a product. Raises ValidationError, by column."""
        cells = dict(zip(self.file.columns, row.cells, strict=True))
        if wrong := {name: [reason] for name, cell in cells.items() if (reason := not_utf8(cell))}:
            raise ValidationError(wrong)
        wrong = self._with_plain_dates(cells)
        given = self._given(cells)
        given["extra"] = (given.get("extra") or {}) | self._extra(cells, wrong)
        ref = (self.profile.reference and self.profile.reference.read(cells)) or self._ref_of_text(given, texts)
        given["id"] = self._ids(row.number, ref) if self._ids else ref
        if not given["provider"]:
            wrong[self.profile.seller] = [Message("required")]
        loaded = dict[str, Any]()
        try:
            loaded = self._loader.load(given)
        except ValidationError as error:
            wrong = self._by_column(_messages(error)) | wrong
        if wrong:
            raise ValidationError(wrong)
        return Listing(row, given, loaded)

    def _with_plain_dates(self, cells: dict[str, str]) -> dict[str, Any]:
        """Write the dates of ``cells`` as ISO 8601; what is wrong with them, by column."""
        wrong = {}
        for column, form in self.profile.dates.items():
            text = cells[column].strip()
            try:
                cells[column] = _iso(text, form) if text else ""
            except ValueError:
                wrong[column] = [Message("not-date" if form == ISO else "date-unlike", format=form, value=text)]
        return wrong

    def _given(self, cells: Cells) -> dict[str, Any]:
        given = dict(self.profile.constants)
        for name, feed in self.profile.feeds.items():
            values = feed.read(cells)
            if values and name in _LISTS and feed.split:
                given[name] = values
            elif values:
                given[name] = (_BETWEEN_VALUES if feed.split else _BETWEEN_CELLS).join(values)
        given["provider"] = cells[self.profile.seller].strip()
        return given

    def _extra(self, cells: Cells, wrong: dict[str, Any]) -> dict[str, str]:
        """What feeds no field, less blanks; what is wrong with it is added to ``wrong``."""
        kept = {}
        for name in self._kept:
            try:
                kept[name] = clean_text(cells[name], limit=LONGEST_TEXT)
            except ValidationError as error:
                wrong.setdefault(name, error.messages)
        return {name: text for name, text in kept.items() if text}

    def _ref_of_text(self, given: dict[str, Any], texts: "Counter[tuple[str, str]]") -> str:
        said = json.dumps([given.get("title"), given.get("summary")], ensure_ascii=False)
        prefix = self.profile.reference.prefix if self.profile.reference else None
        ref = f"{prefix or ''}text-{_digest(said)}"
        texts[given["provider"], ref] += 1
        times = texts[given["provider"], ref]
        return ref if times == 1 else f"{ref}-{times}"

    def _problems(self, row: CsvRow, error: ValidationError) -> tuple[FileProblem, ...]:
        found, path = problems(_messages(error), self.file.language), str(self.file.path)
        return tuple(FileProblem(each.field, each.message, each.code, path=path, line=row.line) for each in found)

    def _by_column(self, messages: dict[str, Any]) -> dict[str, Any]:
        """What is wrong with fields as what is wrong with the columns that feed them."""
        return {self.profile.column_of(name): wrong for name, wrong in messages.items()}


def accepted(
    rows: Iterable[Listing | Refused], total: int, refused: list[Refused], report: Report
) -> Iterator[Listing]:
    """The rows that are listings; the others are added to ``refused``. ``report`` is told of each row."""
    for done, row in enumerate(rows, start=1):
        if isinstance(row, Refused):
            refused.append(row)
        else:
            yield row
        report(done, total)


def seller_ref(name: str) -> str:
    """The reference of an organisation of which only the name is known, however its width, case and spaces are."""
    return "seller-" + _digest(re.sub(r"\s+", "", folded(name)))


def parse_ids(template: str, *, language: str = LANGUAGES[0]) -> Ids:
    """Ids from a template with ``{row}`` (``{row:04d}``) or ``{ref}`` in it and nothing else to fill in.

    Raises InvalidInputError.
    """
    try:
        parts = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(template) if name is not None
        ]
    except ValueError:
        parts = []
    if not parts or not all(_is_safe(*part) for part in parts):
        refusal = Message("ids-template", value=template)
        raise InvalidInputError([FieldProblem("--ids", refusal.in_language(language), refusal.code)])
    return lambda row, ref: template.format(row=row, ref=ref)


def as_json_line(listing: Listing) -> str:
    """The listing as a line of a file that ``matcher rank`` and ``matcher evaluate`` read."""
    return json.dumps({"id": listing.given["id"]} | listing.given, ensure_ascii=False) + "\n"


def _is_safe(name: str, spec: str | None, conversion: str | None) -> bool:
    plain = _PLAIN_NUMBER.fullmatch(spec or "") if name == "row" else name == "ref" and not spec
    return bool(plain) and conversion is None


def _iso(text: str, form: str) -> str:
    """``text``, written as ``form`` says, as ISO 8601; without a time where it has none. Raises ValueError."""
    if form == ISO:
        datetime.fromisoformat(text)
        return text
    instant = datetime.strptime(text, form)  # noqa: DTZ007 - a listing's day, kept as printed
    return instant.date().isoformat() if instant.time() == instant.min.time() else instant.isoformat()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _messages(error: ValidationError) -> dict[str, Any]:
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return messages
