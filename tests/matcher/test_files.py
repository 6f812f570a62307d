"""Files are read whole or refused, with each problem at its file, line and field."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.files import MOST_PROBLEMS, InvalidFileError, read_judgments, read_needs, read_products
from seeds.library import DATA

Read = Callable[..., Any]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


Write = Callable[..., Path]


def refused(read: Read, *paths: Path) -> list[tuple[int | None, str, str]]:
    with pytest.raises(InvalidFileError) as raised:
        read(paths, language="en")
    return [(problem.line, problem.field, problem.code) for problem in raised.value.problems]


def test_the_shipped_files_are_read() -> None:
    products = read_products([DATA / "products.jsonl"])
    needs = read_needs([DATA / "scenarios.jsonl", DATA / "dev_needs.json"])
    judgments = read_judgments([DATA / "judgments.tsv"])
    assert len(products) == 127
    assert len(needs) == 23 + 72
    assert judgments.keys() <= {need["external_ref"] for need in needs}
    refs = {product["external_ref"] for product in products}
    assert all(judged.keys() <= refs for judged in judgments.values())


def test_json_lines_and_arrays_read_alike(write: Write) -> None:
    rows = [{"id": f"P-{n}", "title": f"标题{n}"} for n in range(3)]
    lines = write("\n".join(json.dumps(row) for row in rows), "a.jsonl")
    array = write(json.dumps(rows, indent=2, ensure_ascii=False), "b.json")
    assert read_products([lines]) == read_products([array])


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_tolerated(write: Write) -> None:
    path = write(b'\xef\xbb\xbf{"id": "a", "title": "x"}\r\n\r\n{"id": "b", "title": "y\\r\\nz"}\r\n')
    assert [row["title"] for row in read_products([path])] == ["x", "y\nz"]


def test_an_emoji_in_two_escapes_is_text(write: Write) -> None:
    assert read_products([write('{"id": "a", "title": "\\ud83d\\ude00"}')])[0]["title"] == "😀"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(None, "", "file-empty")]),
        ("\n \n", [(None, "", "file-empty")]),
        ("[]", [(None, "", "file-empty")]),
        ('{"id": "a", "title": "x"}\n{"id":', [(2, "", "not-json")]),
        ('{"id": "a", "title": "x"} {"id": "b", "title": "y"}', [(1, "", "not-json")]),
        ('[\n{"id": "a", "title": "x"},\n{"id": "b"}\n]', [(3, "title", "required")]),
        ('[\n{"id": "a", "title": "x"},\n{"id": "b"\n]', [(3, "", "not-json")]),
        ('[{"id": "a", "title": "x"},]', [(1, "", "not-json")]),
        ('[{"id": "a", "title": "x"}\n{"id": "b", "title": "y"}]', [(2, "", "not-json")]),
        ('[{"id": "a", "title": "x"}', [(1, "", "not-json")]),
        ('[{"id": "a", "title": "x"}] x', [(1, "", "not-json")]),
        ("[", [(1, "", "not-json")]),
        ("[1]\n[2]", [(1, "", "not-object"), (2, "", "not-object")]),
        ('3\n"x"\nnull', [(1, "", "not-object"), (2, "", "not-object"), (3, "", "not-object")]),
        ('{"id": "a", "title": "x", "price": NaN}', [(1, "", "not-finite")]),
        ('{"id": "a", "title": "x", "price": -Infinity}', [(1, "", "not-finite")]),
        ('{"id": "a", "title": "x", "price": 1e400}', [(1, "price", "not-finite")]),
        ('{"id": "a", "title": "x", "price": ' + "9" * 500 + "}", [(1, "price", "out-of-range")]),
        ('{"id": "a", "title": "x", "price": ' + "9" * 5000 + "}", [(1, "", "number-too-long")]),
        ('{"id": "a", "title": "x\\u0000"}', [(1, "title", "control-character")]),
        ('{"id": "a", "title": "x\\ud800"}', [(1, "title", "lone-surrogate")]),
        ('{"id": "a", "title": "x\x01"}', [(1, "", "not-json")]),
        (b'{"id": "a", "title": "x"}\n{"id": "b", "title": "\xff"}', [(2, "", "not-utf8")]),
        (b'[{"id": "a",\n"title": "\xff"}]', [(2, "", "not-utf8")]),
        ('{"id": "a", "title": "x", "z": ' + "[" * 100 + "]" * 100 + "}", [(1, "z", "too-deep")]),
        ('{"id": "a", "title": "x", "z": ' + "[" * 100_000 + "]" * 100_000 + "}", [(1, "", "too-deep-to-read")]),
        ("[" * 100_000, [(1, "", "too-deep-to-read")]),
        ('{"id": "a", "title": "' + "x" * 1_000_000 + '"}', [(1, "title", "too-long")]),
        ('{"id": "a", "title": "x"}\n\n{"id": "a", "title": "y"}', [(3, "id", "duplicate-id")]),
        (
            '{"external_ref": 7, "title": "x"}\n{"external_ref": "7", "title": "y"}',
            [(2, "external_ref", "duplicate-id")],
        ),
        ('{"external_ref": [], "title": "x"}', [(1, "external_ref", "not-text")]),
    ],
)
def test_bad_products_are_refused_at_their_line_and_field(
    write: Write, content: str | bytes, expected: list[tuple[int | None, str, str]]
) -> None:
    assert refused(read_products, write(content)) == expected


def test_an_empty_need_is_refused_at_its_line(write: Write) -> None:
    assert refused(read_needs, write('{"id": "a", "text": "x"}\n{"id": "b", "text": " "}')) == [
        (2, "text", "empty-need")
    ]


def test_duplicate_ids_across_files_name_both_places(write: Write) -> None:
    first = write('{"id": "a", "title": "x"}', "first.jsonl")
    second = write('\n{"id": "a", "title": "x"}', "second.jsonl")
    with pytest.raises(InvalidFileError, match=r"second\.jsonl:2: id: .*first\.jsonl:1"):
        read_products([first, second])


def test_what_is_no_readable_file_is_said_plainly(tmp_path: Path) -> None:
    assert refused(read_products, tmp_path) == [(None, "", "file-is-directory")]
    assert refused(read_products, tmp_path / "none.jsonl") == [(None, "", "file-missing")]
    assert refused(read_products, Path("a\0b")) == [(None, "", "file-unreadable")]


def test_problems_of_all_files_are_reported_up_to_a_limit(write: Write) -> None:
    path = write("\n".join(f'{{"id": "{n}"}}' for n in range(100)))
    with pytest.raises(InvalidFileError) as raised:
        read_products([path, path])
    assert len(raised.value.problems) == MOST_PROBLEMS
    assert raised.value.more
    assert str(raised.value).count("\n") == MOST_PROBLEMS - 1


def test_problems_are_said_in_the_language_asked_for(write: Write) -> None:
    path = write('{"id": "a"}')
    with pytest.raises(InvalidFileError, match="必须填写"):
        read_products([path])
    with pytest.raises(InvalidFileError, match="is required"):
        read_products([path], language="en")


def test_judgments_are_read_by_need_and_product(write: Write) -> None:
    path = write("need\tproduct\tgrade\nN-1\tP-1\t3\r\n\nN-1\tP-2\t0\nN-2\tP-1\t1\nN-2\tP-1\t1\n", "grades.tsv")
    assert read_judgments([path]) == {"N-1": {"P-1": 3, "P-2": 0}, "N-2": {"P-1": 1}}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [(None, "", "file-empty")]),
        ("need\tproduct\tgrade\n", [(None, "", "file-empty")]),
        ("N\tP\t4", [(1, "grade", "grade")]),
        ("N\tP\t-1", [(1, "grade", "grade")]),
        ("N\tP\t1.0", [(1, "grade", "grade")]),
        ("N\tP\t²", [(1, "grade", "grade")]),
        ("N\tP\t", [(1, "grade", "grade")]),
        ("N\tP", [(1, "", "judgment-columns")]),
        ("N P 3", [(1, "", "judgment-columns")]),
        ("N\t\t3", [(1, "product", "required")]),
        ("N\x00\tP\t3", [(1, "need", "control-character")]),
        ("N\tP\t3\nN\tP\t2", [(2, "grade", "judgment-conflict")]),
        (b"N\tP\xff\t3", [(1, "", "not-utf8")]),
    ],
)
def test_bad_judgments_are_refused_at_their_line_and_column(
    write: Write, content: str | bytes, expected: list[tuple[int | None, str, str]]
) -> None:
    assert refused(read_judgments, write(content)) == expected


def read_or_refused(read: Read, path: Path) -> tuple[Any, str]:
    """What the file holds, or what is wrong with it."""
    try:
        return read([path]), ""
    except InvalidFileError as error:
        return None, str(error)


@given(content=st.binary(max_size=200) | st.text(alphabet='[]{}":,\\ud80itle\n\t0123 NaN', max_size=80).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("read", [read_products, read_needs, read_judgments])
def test_any_file_is_read_or_refused(read: Read, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    rows, said = read_or_refused(read, path)
    assert bool(rows) is not bool(said)
    assert said.encode() is not None


@given(titles=st.lists(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(titles: list[str], tmp_path: Path) -> None:
    rows = [{"id": str(n), "title": title} for n, title in enumerate(titles) if title.strip()]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    if rows:
        assert [row["title"] for row in read_products([path])] == [row["title"].strip() for row in rows]


def test_twenty_thousand_short_products_are_read_within_three_seconds(write: Write) -> None:
    # 0.4 s on two cores at rest; the bound leaves room for a busy machine and still shows a schema built per row.
    summary = "把隧道视频监控识别出的事件、路侧设备信息与车流数据融合起来的车道级孪生仿真模型" * 6
    path = write("\n".join(json.dumps({"id": str(n), "title": "标题", "summary": summary}) for n in range(20_000)))
    began = time.perf_counter()
    assert len(read_products([path])) == 20_000
    assert time.perf_counter() - began < 3
