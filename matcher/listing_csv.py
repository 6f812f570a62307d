"""An exchange's CSV as a stream of rows with their places, and the file that keeps the rows which were refused."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from matcher.files import BOM, FileProblem, InvalidFileError
from matcher.messages import LANGUAGES, Message, printable
from matcher.schemas.problems import LONGEST_NAME

REASON = "reject_reason"
"""The column that a reject file has more than the file it comes from; such a file can be corrected and read again."""

LONGEST_COLUMN = 200
"""Characters of a column's name."""

_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
"""What a spreadsheet would take for a formula (OWASP, CSV injection), or what looks like one made harmless."""
_HARMLESS = re.compile(r"'" + _FORMULA.pattern)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: ``number`` counts rows from 0, ``line`` is where it begins in the file, from 1.

    Where the row is no CSV, ``problem`` says so and the only cell is its text. Bytes that are not UTF-8 are kept as
    lone surrogates (PEP 383), so that what is refused can be written as it came.
    """

    number: int
    line: int
    cells: list[str]
    problem: Message | None = None


class ListingFile:
    """A CSV with a heading, UTF-8 with or without a byte order mark, read anew each time it is iterated."""

    def __init__(self, path: Path, needed: Iterable[str], *, language: str = LANGUAGES[0]) -> None:
        """Read the heading, which must have the columns ``needed``. Raises InvalidFileError."""
        self.path, self.language = path, language
        self.columns = [" ".join(name.split()) for name in self._heading()]
        named = [name for name in self.columns if name]
        missing = [(name, "column-missing") for name in needed if name not in named]
        unfit = [(name, "column-unfit") for name in named if len(name) > LONGEST_COLUMN or not name.isprintable()]
        twice = [(name, "column-twice") for name in dict.fromkeys(named) if named.count(name) > 1]
        if wrong := [*missing, *unfit, *twice]:
            raise InvalidFileError([self.problem(1, name, Message(code)) for name, code in wrong])
        self._restored = REASON in self.columns

    def __iter__(self) -> Iterator[CsvRow]:
        """The rows behind the heading; rows without any text are left out, though counted unless the line is empty."""
        rows = self._rows()
        next(rows)
        for row in rows:
            if row.problem is None and len(row.cells) != len(self.columns):
                counts = Message("row-cells", columns=len(self.columns), count=len(row.cells))
                yield CsvRow(row.number - 1, row.line, row.cells, counts)
            elif row.problem or any(map(str.strip, row.cells)):
                cells = list(map(_restored, row.cells)) if self._restored else row.cells
                yield CsvRow(row.number - 1, row.line, cells, row.problem)

    def count(self) -> int:
        """How many rows there are, good or bad."""
        return sum(1 for _ in self)

    def problem(self, line: int | None, field: str, reason: Message) -> FileProblem:
        """Something wrong in this file, in the reader's language."""
        field = printable(field, LONGEST_NAME)
        return FileProblem(field, reason.in_language(self.language), reason.code, path=str(self.path), line=line)

    def _heading(self) -> list[str]:
        try:
            heading = next(self._rows(), None)
        except FileNotFoundError:
            raise self._refused(Message("file-missing")) from None
        except IsADirectoryError:
            raise self._refused(Message("file-is-directory")) from None
        except OSError as error:
            raise self._refused(Message("file-unreadable", reason=error.strerror or error)) from error
        if heading is None:
            raise self._refused(Message("file-empty"))
        if wrong := heading.problem or not_utf8("".join(heading.cells)):
            raise self._refused(wrong)
        return heading.cells

    def _refused(self, reason: Message) -> InvalidFileError:
        return InvalidFileError([self.problem(None, "", reason)])

    def _rows(self) -> Iterator[CsvRow]:
        taken: list[str] = []
        with self.path.open("rb") as stream:
            reader = csv.reader(_lines(stream, taken), strict=True)
            number = 0
            while True:
                taken.clear()
                line = reader.line_num + 1
                try:
                    row = CsvRow(number, line, next(reader))
                except StopIteration:
                    return
                except csv.Error as error:
                    row = CsvRow(number, line, ["".join(taken).rstrip("\r\n")], Message("row-not-csv", reason=error))
                if row.cells:
                    yield row
                    number += 1


def not_utf8(text: str) -> Message | None:
    """Where ``text`` was not UTF-8, said for people; ``None`` where it was."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return Message("not-utf8", position=len(text[: error.start].encode()) + 1)
    return None


def write_rejects(stream: IO[str], columns: list[str], rows: Iterable[tuple[list[str], str]]) -> None:
    """Rows with the reason for each, under the heading of the file they come from.

    Cells that a spreadsheet would run as a formula get an apostrophe in front, which reading them again takes away.
    ``stream`` should encode with ``surrogateescape``: then a cell that is not UTF-8 is written as it was.
    """
    writer = csv.writer(stream, lineterminator="\n")
    place = columns.index(REASON) if REASON in columns else len(columns)
    behind = place + (REASON in columns)
    writer.writerow([*columns[:place], REASON, *columns[behind:]])
    for cells, reason in rows:
        filled = [*cells, *[""] * (len(columns) - len(cells))]
        writer.writerow([_harmless(cell) for cell in (*filled[:place], reason, *filled[behind:])])


def _lines(stream: IO[bytes], taken: list[str]) -> Iterator[str]:
    for number, line in enumerate(stream):
        text = (line if number else line.removeprefix(BOM)).decode(errors="surrogateescape")
        taken.append(text)
        yield text


def _harmless(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _restored(cell: str) -> str:
    return cell[1:] if _HARMLESS.match(cell) else cell
