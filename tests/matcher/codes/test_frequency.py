"""Update frequencies in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.frequency import parse_frequency
from matcher.states import UpdateFrequency as F


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("实时", F.REALTIME),
        ("准实时更新", F.REALTIME),
        ("秒级", F.REALTIME),
        ("分钟级", F.MINUTELY),
        ("每5分钟", F.MINUTELY),
        ("15分钟", F.MINUTELY),
        ("每小时", F.HOURLY),
        ("日", F.DAILY),
        ("每天更新", F.DAILY),
        ("T+1", F.DAILY),
        ("daily", F.DAILY),
        ("每周", F.WEEKLY),
        ("Every 2 weeks", F.WEEKLY),
        ("月", F.MONTHLY),
        ("月度", F.MONTHLY),
        ("季", F.QUARTERLY),
        ("按季度更新", F.QUARTERLY),
        ("半年", F.YEARLY),
        ("年更", F.YEARLY),
        ("月度，部分每日", F.DAILY),
        ("一次性", F.ONCE),
        ("不定期", None),
        ("按需", None),
        ("待完善", None),
        ("2023年5月", None),
        ("近三年", None),
        ("", None),
        (None, None),
    ],
)
def test_words_become_frequencies(text: str | None, frequency: F | None) -> None:
    assert parse_frequency(text) is frequency


@given(st.text() | st.from_regex(r"[每近]?[0-9一二半]{0,9}个?[年月日周秒](\+1)?"))
def test_no_text_makes_it_raise(text: str) -> None:
    assert parse_frequency(text) in (None, *F)
