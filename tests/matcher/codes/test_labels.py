"""Labels of enumerations."""

import inspect
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import states
from matcher.codes.labels import label, member_of
from matcher.states import DataClass, NeedStatus, ProductKind, ProductStatus

ENUMERATIONS = [
    kind for _, kind in inspect.getmembers(states, inspect.isclass) if issubclass(kind, StrEnum) and kind is not StrEnum
]


@pytest.mark.parametrize("kind", ENUMERATIONS)
def test_every_member_has_two_labels_and_is_found_by_each(kind: type[StrEnum]) -> None:
    for member in kind:
        for language in ("zh_Hans", "en"):
            assert member_of(kind, label(member, language)) is member
        assert member_of(kind, member.value) is member
        assert label(member, "en").isascii()


def test_members_that_read_alike_keep_their_own_labels() -> None:
    # ProductStatus.WITHDRAWN == NeedOutcome.WITHDRAWN, being strings; their labels differ.
    assert label(ProductStatus.WITHDRAWN, "zh_Hans") == "已下架"
    assert label(states.NeedOutcome.WITHDRAWN, "zh_Hans") == "已撤回"
    assert label(NeedStatus.OPEN, "zh_Hans") == "征集中"


def test_an_unknown_word_has_no_member() -> None:
    assert member_of(ProductKind, "香蕉") is None
    assert member_of(DataClass, "") is None


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert member_of(ProductKind, text) in (None, *ProductKind)
