"""Prices as five exchanges write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.price import LARGEST_AMOUNT, parse_price
from matcher.states import PriceMode


@pytest.mark.parametrize(
    ("text", "mode", "amount", "unit"),
    [
        ("面议", PriceMode.NEGOTIABLE, None, None),
        ("价格面议", PriceMode.NEGOTIABLE, None, None),
        ("免费", PriceMode.FREE, "0", None),
        ("0元/次", PriceMode.FREE, "0", None),
        ("0.5元/次", PriceMode.PER_CALL, "0.5", "次"),
        ("１００元／次", PriceMode.PER_CALL, "100", "次"),
        ("10 元 / 千次", PriceMode.PER_CALL, "10", "千次"),
        ("754300.0000000001元/次", PriceMode.PER_CALL, "754300", "次"),
        ("95000.0元/次", PriceMode.PER_CALL, "95000", "次"),
        ("1万元/年", PriceMode.PER_PERIOD, "10000", "年"),
        ("1.2万元/年", PriceMode.PER_PERIOD, "12000", "年"),
        ("¥3,000/月", PriceMode.PER_PERIOD, "3000", "月"),
        ("￥3,000/月", PriceMode.PER_PERIOD, "3000", "月"),
        ("RMB 500 per month", PriceMode.PER_PERIOD, "500", "month"),
        ("12万", PriceMode.FIXED, "120000", None),
        ("200元/套", PriceMode.FIXED, "200", "套"),
        (3000, PriceMode.FIXED, "3000", None),
        (0.1, PriceMode.FIXED, "0.1", None),
        (0, PriceMode.FREE, "0", None),
    ],
)
def test_clear_prices_are_read(text: str | float, mode: PriceMode, amount: str | None, unit: str | None) -> None:
    price = parse_price(text)
    assert (price.mode, price.amount, price.unit) == (mode, None if amount is None else Decimal(amount), unit)
    assert price.text == str(text)


@pytest.mark.parametrize(
    "text",
    [
        *("100元起", "1-2万元", "$5", "元/次", "1.2.3", "五百元", "1e400", "待完善", "", "1,00元"),
        *("99999999999999999999元", "0.000001元/次", -5, 1e400, float("nan"), 10**30, "True"),
    ],
)
def test_what_is_not_clear_is_unknown_and_keeps_its_text(text: str | float) -> None:
    price = parse_price(text)
    assert (price.mode, price.amount, price.unit) == (None, None, None)
    assert price.text == str(text)


def test_a_whole_number_too_long_to_write_out_is_unknown() -> None:
    assert parse_price(10**5000).mode is None
    assert parse_price(-(10**5000)).mode is None


@given(st.one_of(st.text(), st.integers(), st.floats(), st.decimals()))
def test_nothing_makes_it_raise(value: str | float | Decimal) -> None:
    price = parse_price(value)
    assert price.amount is None or 0 <= price.amount < LARGEST_AMOUNT


@given(st.decimals(min_value="0.0001", max_value=10**9, places=4), st.sampled_from(["次", "年", "月", "条"]))
def test_an_amount_written_out_is_read_back(amount: Decimal, unit: str) -> None:
    price = parse_price(f"{amount:f}元/{unit}")
    assert price.amount == amount
    assert price.unit == unit
