"""Rows of a CSV with their places, and a reject file that can be read again."""

import csv
import io
from pathlib import Path

import pytest

from matcher.files import InvalidFileError
from matcher.listing_csv import REASON, ListingFile, write_rejects


def file_of(path: Path, content: str | bytes, *needed: str) -> ListingFile:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return ListingFile(path, needed, language="en")


def test_rows_are_counted_from_0_and_placed_at_the_line_where_they_begin(tmp_path: Path) -> None:
    file = file_of(tmp_path / "l.csv", '\ufeffa,b\n"x\ny",1\n\n , \nz,"say ""yes"""\n')
    assert file.columns == ["a", "b"]
    assert [(row.number, row.line, row.cells) for row in file] == [(0, 2, ["x\ny", "1"]), (2, 6, ["z", 'say "yes"'])]
    assert file.count() == 2


def test_missing_and_repeated_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError) as refused:
        file_of(tmp_path / "l.csv", 'a," b\n c",a,,\x07,\n1,2,3,,,\n', "price", "b c", "url")
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("price", "column-missing"),
        ("url", "column-missing"),
        ("\\u0007", "column-unfit"),
        ("a", "column-twice"),
    ]


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file-empty"), ("标题\n".encode("gb18030"), "not-utf8"), (b'"a\n', "row-not-csv")]
)
def test_a_heading_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(InvalidFileError) as refused:
        file_of(tmp_path / "l.csv", content)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "file-missing"), (tmp_path, "file-is-directory")):
        with pytest.raises(InvalidFileError) as refused:
            ListingFile(path, ())
        assert refused.value.problems[0].code == code


def test_a_row_with_wrong_quotes_or_cells_spoils_no_other(tmp_path: Path) -> None:
    rows = list(file_of(tmp_path / "l.csv", 'a,b\n"x"y,1\n1,2\n1,2,3\n"open,1\n5,6\n'))
    assert [(row.line, row.problem.code if row.problem else None) for row in rows] == [
        (2, "row-not-csv"),
        (3, None),
        (4, "row-cells"),
        (5, "row-not-csv"),
    ]
    assert rows[3].cells == ['"open,1\n5,6']


def test_what_a_reject_file_keeps_is_read_again_as_it_was(tmp_path: Path) -> None:
    cells = ["=1+1", "-5℃ 以下", "'=already", " @x", "＝全角", 'plain, with "quotes"\nand lines', "\t"]
    columns = [f"c{number}" for number in range(len(cells))]
    written = io.StringIO(newline="")
    write_rejects(written, columns, [(cells, "=reason")])
    heading, row = csv.reader(io.StringIO(written.getvalue(), newline=""))
    assert heading == [*columns, REASON]
    assert row[:5] == ["'=1+1", "'-5℃ 以下", "''=already", "' @x", "'＝全角"]
    assert row[-1] == "'=reason"
    (again,) = file_of(tmp_path / "l.csv", written.getvalue())
    assert again.cells[:-1] == cells
    rewritten = io.StringIO(newline="")
    write_rejects(rewritten, [*columns, REASON], [(again.cells, "=reason")])
    assert rewritten.getvalue() == written.getvalue()


def test_a_row_with_too_many_cells_loses_none_in_the_reject_file() -> None:
    written = io.StringIO()
    write_rejects(written, ["a", "b"], [(["1", "2", "3"], "why"), (["1"], "why")])
    assert written.getvalue() == f"a,b,{REASON}\n1,2,why,3\n1,,why\n"


def test_bytes_that_are_not_utf8_are_written_as_they_came(tmp_path: Path) -> None:
    broken = "气象".encode()[:-1]
    (row,) = file_of(tmp_path / "l.csv", b"a,b\n" + broken + b",2\n")
    with (tmp_path / "r.csv").open("w", encoding="utf-8", errors="surrogateescape") as stream:
        write_rejects(stream, ["a", "b"], [(row.cells, "why")])
    assert broken + b",2,why" in (tmp_path / "r.csv").read_bytes()
