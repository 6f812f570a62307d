"""Update frequencies as listings write them."""

import re

from matcher.codes.text import folded
from matcher.states import UpdateFrequency

_ONCE = re.compile(r"一次性|静态|不更新|不再更新|历史存量|单次|无更新|^once$|one-?off|static")
_REALTIME = re.compile(r"实时|即时|秒级|real-?time|\blive\b|streaming|流式", re.ASCII)
_IRREGULAR = re.compile(r"不定期|按需|不固定|随时|ad hoc|irregular|on demand")
_NEXT_DAY = re.compile(r"t\+[1-3](?!\d)")
# Dates and spans of coverage are not frequencies: 2023年5月, 近三年.
_DATES = re.compile(r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|近[\d一二两三四五六七八九十]+个?[年月日天周]")
_WORD = re.compile(r"[a-z]+")
_WORDS = {
    "minutely": UpdateFrequency.MINUTELY,
    "hourly": UpdateFrequency.HOURLY,
    "daily": UpdateFrequency.DAILY,
    "weekly": UpdateFrequency.WEEKLY,
    "monthly": UpdateFrequency.MONTHLY,
    "quarterly": UpdateFrequency.QUARTERLY,
    "yearly": UpdateFrequency.YEARLY,
    "annual": UpdateFrequency.YEARLY,
    "annually": UpdateFrequency.YEARLY,
}
_PERIOD = re.compile(
    r"(?P<count>\d{1,6}|[一二两三四五六七八九十半])?个? ?"
    r"(?P<unit>秒|分钟|小时|天|日|周|星期|旬|月|季|年"
    r"|second|minute|hour|day|week|month|quarter|year)",
    re.ASCII,
)
_COUNTS = {"半": 0.5, "两": 2.0} | {digit: float(n) for n, digit in enumerate("一二三四五六七八九十", start=1)}
_DAY = 24 * 60.0
_MINUTES = {
    **dict.fromkeys(("秒", "second"), 1 / 60),
    **dict.fromkeys(("分钟", "minute"), 1.0),
    **dict.fromkeys(("小时", "hour"), 60.0),
    **dict.fromkeys(("天", "日", "day"), _DAY),
    **dict.fromkeys(("周", "星期", "week"), 7 * _DAY),
    "旬": 10 * _DAY,
    **dict.fromkeys(("月", "month"), 30 * _DAY),
    **dict.fromkeys(("季", "quarter"), 91 * _DAY),
    **dict.fromkeys(("年", "year"), 365 * _DAY),
}
# Periods shorter than the bound (minutes) have the frequency: every 5 or 15 minutes is still minutely.
_BOUNDS = (
    (1.0, UpdateFrequency.REALTIME),
    (60.0, UpdateFrequency.MINUTELY),
    (_DAY, UpdateFrequency.HOURLY),
    (7 * _DAY, UpdateFrequency.DAILY),
    (28 * _DAY, UpdateFrequency.WEEKLY),
    (84 * _DAY, UpdateFrequency.MONTHLY),
    (170 * _DAY, UpdateFrequency.QUARTERLY),
)
_ORDER = {frequency: place for place, frequency in enumerate(UpdateFrequency)}


def parse_frequency(text: str | None) -> UpdateFrequency | None:
    """How often data is renewed, ``None`` where ``text`` does not say. Of several, the most frequent. Never raises."""
    if not text:
        return None
    plain = _DATES.sub(" ", folded(text))
    if _IRREGULAR.search(plain):
        return None
    if _REALTIME.search(plain):
        return UpdateFrequency.REALTIME
    found = [_WORDS[word] for word in _WORD.findall(plain) if word in _WORDS]
    if _NEXT_DAY.search(plain):
        found.append(UpdateFrequency.DAILY)
    found += [_of_period(match["count"], match["unit"]) for match in _PERIOD.finditer(plain)]
    if found:
        return min(found, key=_ORDER.__getitem__)
    return UpdateFrequency.ONCE if _ONCE.search(plain) else None


def _of_period(count: str | None, unit: str) -> UpdateFrequency:
    times = 1.0 if count is None else _COUNTS[count] if count in _COUNTS else float(count)
    minutes = max(times, 0.5) * _MINUTES[unit]
    return next((frequency for bound, frequency in _BOUNDS if minutes < bound), UpdateFrequency.YEARLY)
