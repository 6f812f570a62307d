"""Registration numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.registration import GUIZHOU, NATIONAL, check_character, parse_registration_number
from seeds.library import read_library


def test_the_check_character_is_the_digit_sum_modulo_11() -> None:
    # 2+0+2+4+1+2+0+0+1+2+3+8+6 = 31 = 2·11 + 9; one more makes 32 → X.
    assert check_character("2024120012386") == "9"
    assert check_character("2024120012387") == "X"


def test_a_national_number_is_taken_apart() -> None:
    number = parse_registration_number(" sz２０２４120012387．x")
    assert number.text == "SZ2024120012387.X"
    assert (number.form, number.year, number.province, number.serial) == (NATIONAL, 2024, "12", "0012387")
    assert number.recognised
    assert number.check_holds is True


def test_a_wrong_check_character_does_not_hold() -> None:
    number = parse_registration_number("SZ2024120012386.8")
    assert number.recognised
    assert number.check_holds is False


def test_a_guizhou_number_has_no_check() -> None:
    number = parse_registration_number("GZ2024092900001")
    assert (number.form, number.recognised, number.check_holds) == (GUIZHOU, True, None)


def test_every_number_of_the_catalogue_is_recognised_and_holds() -> None:
    numbers = [n for product in read_library().products for n in product.get("certificates", [])]
    assert len(numbers) == 17
    for number in map(parse_registration_number, numbers):
        assert number.recognised
        assert number.check_holds is not False


@pytest.mark.parametrize("text", ["", "粤数登2024-001", "SZ2024120012386", "SZ20241200123869", "GZ202409290000", "²"])
def test_other_forms_are_unrecognised_not_refused(text: str) -> None:
    assert not parse_registration_number(text).recognised


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    parse_registration_number(text)
