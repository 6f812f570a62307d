"""Fillers."""

import pytest

from matcher.codes.placeholders import says_nothing


@pytest.mark.parametrize("text", ["", "  ", "-", "——", "暂无", "待完善", "N/A", "unknown", "／"])
def test_fillers_say_nothing(text: str) -> None:
    assert says_nothing(text)


def test_a_word_says_something() -> None:
    assert not says_nothing("无人机影像")
