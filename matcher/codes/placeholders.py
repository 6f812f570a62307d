"""What listings write where they have nothing to say."""

from matcher.codes.text import folded

# fmt: off
_PLACEHOLDERS = frozenset({
    "-", "--", "—", "——", "/", ".", "无", "暂无", "未知",
    "不详", "待完善", "待定", "待补充", "未填写", "未填", "空", "unknown", "n/a",
    "na", "null", "none", "nil", "tbd", "tbc", "undefined",
})
# fmt: on


def says_nothing(text: str) -> bool:
    """Whether ``text`` is empty or a filler such as 待完善, 暂无 or ``-``: the value is unknown."""
    plain = folded(text)
    return not plain or plain in _PLACEHOLDERS
