"""Prices as listings write them."""

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from matcher.codes.text import folded
from matcher.states import PriceMode

LARGEST_AMOUNT = 10**14
"""Yuan; what a column of 18 digits with 4 decimals holds. More is not a price."""

LONGEST_NUMBER_BITS = 600

_NEGOTIABLE = re.compile(
    r"(?:价格|价款|费用)?(?:可|双方|另行|电话)?(?:面议|面谈|协商|议价|商议|洽谈|询价|电议)(?:定价|确定|价格)?"
    r"|negotiable|on request|price on request|contact us|by negotiation"
)
_FREE = re.compile(r"(?:完全|公开|限时)?免费(?:开放|使用|公开|获取)?|无偿|free(?: of charge)?")
_AMOUNT = re.compile(
    r"(?:人民币|rmb|cny|¥|约)*"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<scale>百万|千万|百|千|万|亿)?"
    r"(?:元|圆|块钱|块|人民币|rmb|cny|yuan)?整?"
    r"(?P<per>(?:/|每|一|per|a)(?P<unit>.{1,12}))?"
)
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_CALLS = re.compile(r"(?:\d+|[百千万])?(?:次|条|笔|次调用|调用|次查询|查询|请求|call|calls|request|query|record)")
_PERIODS = re.compile(
    r"(?:\d+|[一半两])?个?(?:年|年度|月|月度|季|季度|周|星期|日|天|小时|时|半年|year|month|quarter|week|day|hour)"
)


@dataclass(frozen=True, slots=True)
class Price:
    """A price as far as it could be read.

    ``amount``: yuan, at most 4 decimals. ``unit``: what it is for, no currency (``次``, ``年``), ``None`` where
    the amount is the whole price. ``text``: the source's words. ``mode`` is ``None`` where they could not be read.
    """

    mode: PriceMode | None
    amount: Decimal | None
    unit: str | None
    text: str


def parse_price(value: str | int | float | Decimal) -> Price:
    """Read a price from text or from a number (yuan, the whole price). Never raises: what is not clear is unknown.

    Digits may be full-width and grouped by commas; the noise of binary fractions is rounded away.
    Ranges, lower bounds (…起) and foreign currencies are unknown rather than guessed.
    """
    if not isinstance(value, str):
        return _from_number(value)
    plain = re.sub(r"\s+", " ", folded(value))
    if _NEGOTIABLE.fullmatch(plain):
        return Price(PriceMode.NEGOTIABLE, None, None, value)
    if _FREE.fullmatch(plain):
        return Price(PriceMode.FREE, Decimal(0), None, value)
    match = _AMOUNT.fullmatch(re.sub(r"(?<=[\d元万千百亿¥/])\s|\s(?=[\d元万千百亿/])", "", plain))
    amount = _amount(match["number"].replace(",", ""), match["scale"]) if match else None
    if match is None or amount is None:
        return Price(None, None, None, value)
    return _priced(amount, (match["unit"] or "").strip() or None, value)


def _from_number(value: int | float | Decimal) -> Price:
    # A whole number of thousands of digits cannot be written out (sys.set_int_max_str_digits).
    text = str(value) if not isinstance(value, int) or value.bit_length() < LONGEST_NUMBER_BITS else "≥1e14"
    if not _is_plausible(value):
        return Price(None, None, None, text)
    amount = _amount(str(value), None)
    return Price(None, None, None, text) if amount is None else _priced(amount, None, text)


def _is_plausible(value: int | float | Decimal) -> bool:
    is_finite = value.is_finite() if isinstance(value, Decimal) else isinstance(value, int) or math.isfinite(value)
    return is_finite and 0 <= value < LARGEST_AMOUNT


def _priced(amount: Decimal, unit: str | None, text: str) -> Price:
    if amount == 0:
        return Price(PriceMode.FREE, Decimal(0), None, text)
    if unit is None:
        return Price(PriceMode.FIXED, amount, None, text)
    if _CALLS.fullmatch(unit):
        return Price(PriceMode.PER_CALL, amount, unit, text)
    if _PERIODS.fullmatch(unit):
        return Price(PriceMode.PER_PERIOD, amount, unit, text)
    return Price(PriceMode.FIXED, amount, unit, text)


def _amount(number: str, scale: str | None) -> Decimal | None:
    try:
        amount = Decimal(number) * _SCALES.get(scale or "", 1)
        if amount >= LARGEST_AMOUNT:
            return None
        rounded = amount.quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        return None
    # An amount too small for four decimals is not free.
    if not rounded and amount:
        return None
    return Decimal(f"{rounded.normalize():f}")
