"""Cursors come back as they went, and nothing else passes for one."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.paging import Page, decode_cursor, encode_cursor, is_plain, read_page
from matcher.errors import InvalidInputError
from tests.api.conftest import Web

ID = UUID("01a1fdae-3f5c-70a9-a044-3fa2f88796b6")


@pytest.mark.parametrize(
    ("key", "kind"), [("SC-07", str), ("编号", str), (-1, int), (datetime(2026, 3, 5, tzinfo=UTC), datetime)]
)
def test_a_cursor_comes_back_as_it_went(key: Any, kind: Any) -> None:
    assert decode_cursor(encode_cursor((key, ID)), kind) == (key, ID)


@pytest.mark.parametrize(
    "plain", [[1, str(ID)], ["a"], ["a", 7], ["a\x00", str(ID)], "ab", {}, None, ["a", "b"], [[], {}]]
)
def test_a_cursor_of_another_list_is_refused(web: Web, plain: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")
    with web.app.test_request_context(), pytest.raises(InvalidInputError):
        decode_cursor(cursor, str)


@pytest.mark.parametrize("plain", [[True, str(ID)], [2**31, str(ID)], [1.5, str(ID)], ["1", str(ID)]])
def test_a_number_that_no_column_holds_is_refused(web: Web, plain: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()
    with web.app.test_request_context(), pytest.raises(InvalidInputError):
        decode_cursor(cursor, int)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=100))
def test_any_text_is_a_cursor_or_invalid_input(web: Web, text: str) -> None:
    with web.app.test_request_context(), suppress(InvalidInputError):
        assert decode_cursor(text, str) is None or is_plain(text)


def test_a_page_has_a_cursor_only_where_more_follows() -> None:
    rows = [("a", ID), ("b", ID), ("c", ID)]
    assert read_page(rows, 3, lambda row: row) == Page(rows, None)
    page = read_page(rows, 2, lambda row: row)
    assert page.items == rows[:2]
    assert decode_cursor(page.next_cursor, str) == ("b", ID)
    assert read_page([], 2, lambda row: row) == Page([], None)
