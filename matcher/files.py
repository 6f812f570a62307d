"""Products, needs and judgments from files, with every problem at its file, line and field.

Products and needs: JSON Lines or one JSON array, UTF-8. Judgments: ``need<TAB>product<TAB>grade``. Nothing is returned
unless every file is right: whoever loads them never stops half way.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from matcher.errors import FieldProblem, InvalidInputError
from matcher.messages import LANGUAGES, Message, printable
from matcher.schemas.fields import clean_text, kind_of
from matcher.schemas.loading import RowLoader
from matcher.schemas.need import FileNeedSchema
from matcher.schemas.problems import problems
from matcher.schemas.product import FileProductSchema

MOST_PROBLEMS = 20
LONGEST_PATH = 4096
BOM = b"\xef\xbb\xbf"

Row = dict[str, Any]
Judgments = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem(FieldProblem):
    """One thing wrong in a file. ``line`` counts from 1, ``None`` for the file as a whole; ``field`` may be empty."""

    path: str
    line: int | None

    def __str__(self) -> str:
        place = printable(self.path, LONGEST_PATH) + ("" if self.line is None else f":{self.line}")
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


class InvalidFileError(InvalidInputError):
    """Files refused, with up to MOST_PROBLEMS problems in the order of reading; ``more``: reading stopped there."""

    code = "invalid-file"
    problems: tuple[FileProblem, ...]

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__(problems)
        self.more = len(problems) >= MOST_PROBLEMS

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class _StopReadingError(Exception):
    """So many problems that more would not help."""


class _Report:
    """The problems found so far, in the reader's language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.problems: list[FileProblem] = []

    def add(self, path: Path, line: int | None, field: str, message: Message) -> None:
        text = message.in_language(self.language)
        self.append(FileProblem(field, text, message.code, path=str(path), line=line))

    def add_all(self, path: Path, line: int, error: ValidationError, names: dict[str, str]) -> None:
        """A row's errors; ``names``: the schema's name of a field → its name in the file."""
        for problem in problems(_messages(error), self.language):
            first, dot, rest = problem.field.partition(".")
            field = names.get(first, first) + dot + rest
            self.append(FileProblem(field, problem.message, problem.code, path=str(path), line=line))

    def append(self, problem: FileProblem) -> None:
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise _StopReadingError


def read_products(paths: Iterable[Path | str], *, language: str = LANGUAGES[0]) -> list[Row]:
    """Products of all files as names of columns (see FileProductSchema), in order. Raises InvalidFileError.

    About 15 µs a row with id, title and summary. An ``external_ref`` must be unique over all the files.
    """
    return _read_all(paths, RowLoader(FileProductSchema), "external_ref", language)


def read_needs(paths: Iterable[Path | str], *, language: str = LANGUAGES[0]) -> list[Row]:
    """Needs of all files as names of columns (see FileNeedSchema), in order; scenarios too. Raises InvalidFileError."""
    return _read_all(paths, RowLoader(FileNeedSchema), "external_ref", language)


def read_rows(path: Path | str, loader: RowLoader, key: str, *, language: str = LANGUAGES[0]) -> list[Row]:
    """Rows of one file through any schema; ``key``: the column that must be unique. Raises InvalidFileError."""
    return _read_all([path], loader, key, language)


def read_judgments(paths: Iterable[Path | str], *, language: str = LANGUAGES[0]) -> Judgments:
    """Grades 0–3 by need and product. Blank lines and a heading that ends in ``grade`` are skipped.

    A pair may be given twice with the same grade, not with two. Raises InvalidFileError.
    """
    judgments: Judgments = {}
    places: dict[tuple[str, str], str] = {}

    def take(path: Path, report: _Report) -> int:
        count = 0
        for line, text in _lines(path, report):
            columns = [column.strip() for column in text.split("\t")]
            if line == 1 and columns[-1].casefold() == "grade":
                continue
            count += 1
            if (judgment := _judgment(path, line, columns, report)) is None:
                continue
            need, product, grade = judgment
            present = judgments.setdefault(need, {}).setdefault(product, grade)
            first = places.setdefault((need, product), f"{path}:{line}")
            if present != grade:
                report.add(path, line, "grade", Message("judgment-conflict", first=first, grade=present))
        return count

    _each_file(paths, take, language)
    return judgments


def _messages(error: ValidationError) -> dict[str, Any]:
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return messages


def _judgment(path: Path, line: int, columns: list[str], report: _Report) -> tuple[str, str, int] | None:
    if len(columns) != 3:
        report.add(path, line, "", Message("judgment-columns", count=len(columns)))
        return None
    need, product, grade = columns
    for field, value in (("need", need), ("product", product)):
        try:
            if not clean_text(value, limit=120):
                report.add(path, line, field, Message("required"))
                return None
        except ValidationError as error:
            report.add_all(path, line, ValidationError({field: error.messages}), {})
            return None
    if grade not in ("0", "1", "2", "3"):
        report.add(path, line, "grade", Message("grade", value=grade))
        return None
    return need, product, int(grade)


def _read_all(paths: Iterable[Path | str], loader: RowLoader, key: str, language: str) -> list[Row]:
    rows: list[Row] = []
    places: dict[str, tuple[Path, int]] = {}

    def take(path: Path, report: _Report) -> int:
        count = 0
        for line, value in _values(path, report):
            count += 1
            if not isinstance(value, dict):
                report.add(path, line, "", Message("not-object", kind=kind_of(value)))
                continue
            try:
                row = loader.load(value)
            except ValidationError as error:
                report.add_all(path, line, error, loader.names_in_file(value))
                continue
            except RecursionError:
                report.add(path, line, "", Message("too-deep-to-read"))
                continue
            first = places.setdefault(row[key], (path, line))
            if first == (path, line):
                rows.append(row)
            else:
                field = loader.names_in_file(value).get("id", "id")
                report.add(path, line, field, Message("duplicate-id", id=row[key], first=f"{first[0]}:{first[1]}"))
        return count

    _each_file(paths, take, language)
    return rows


def _each_file(paths: Iterable[Path | str], take: Callable[[Path, _Report], int], language: str) -> None:
    """``take`` each file: it returns how many rows it saw. Raises InvalidFileError in the end if anything is wrong."""
    report = _Report(language)
    with suppress(_StopReadingError), _collector_paused():
        for path in map(Path, paths):
            before = len(report.problems)
            if take(path, report) == 0 and len(report.problems) == before:
                report.add(path, None, "", Message("file-empty"))
    if report.problems:
        raise InvalidFileError(report.problems)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows are many small objects without cycles, among which the collector finds nothing in a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _values(path: Path, report: _Report) -> Iterator[tuple[int, Any]]:
    """Line and value of each row; what is no JSON is reported and left out."""
    content = _content(path, report)
    if content.lstrip()[:1] == b"[" and not _is_lines_of_lists(content):
        yield from _array_values(path, content, report)
        return
    for line, text in _decoded_lines(path, content, report):
        try:
            yield line, _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            report.add(path, line, "", _json_problem(error))


def _is_lines_of_lists(content: bytes) -> bool:
    """JSON Lines whose rows are lists: wrong too, but each line for itself."""
    first, _, rest = content.strip().partition(b"\n")
    return first.rstrip().endswith(b"]") and rest.lstrip()[:1] == b"["


def _array_values(path: Path, content: bytes, report: _Report) -> Iterator[tuple[int, Any]]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        report.add(path, line, "", Message("not-utf8", position=error.start + 1))
        return
    position, line, counted = text.index("[") + 1, 1, 0
    separator = ""
    while True:
        position = _skip_space(text, position)
        if text[position : position + 1] == "]" and separator != ",":
            break
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            report.add(path, line, "", _json_problem(error))
            return
        yield line, value
        position = _skip_space(text, position)
        separator = text[position : position + 1]
        if separator == ",":
            position += 1
        elif separator != "]":
            problem = json.JSONDecodeError("Expecting ',' or ']'", text, position)
            report.add(path, problem.lineno, "", _json_problem(problem))
            return
    rest = _skip_space(text, position + 1)
    if rest < len(text):
        problem = json.JSONDecodeError("Extra data", text, rest)
        report.add(path, problem.lineno, "", _json_problem(problem))


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _json_problem(error: ValueError | RecursionError) -> Message:
    if isinstance(error, json.JSONDecodeError):
        return Message("not-json", reason=error.msg, column=error.colno)
    if isinstance(error, _NotFiniteError):
        return Message("not-finite", value=str(error))
    return Message("too-deep-to-read") if isinstance(error, RecursionError) else Message("number-too-long")


class _NotFiniteError(ValueError):
    """NaN or Infinity, which Python's reader would accept."""


def _refuse_constant(name: str) -> None:
    raise _NotFiniteError(name)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _lines(path: Path, report: _Report) -> Iterator[tuple[int, str]]:
    yield from _decoded_lines(path, _content(path, report), report)


def _decoded_lines(path: Path, content: bytes, report: _Report) -> Iterator[tuple[int, str]]:
    for line, raw in enumerate(content.split(b"\n"), start=1):
        if raw.strip():
            try:
                yield line, raw.decode().strip("\r")
            except UnicodeDecodeError as error:
                report.add(path, line, "", Message("not-utf8", position=error.start + 1))


def _content(path: Path, report: _Report) -> bytes:
    try:
        return path.read_bytes().removeprefix(BOM)
    except FileNotFoundError:
        problem = Message("file-missing")
    except IsADirectoryError:
        problem = Message("file-is-directory")
    except (OSError, ValueError) as error:
        problem = Message("file-unreadable", reason=getattr(error, "strerror", None) or error)
    report.add(path, None, "", problem)
    return b""
