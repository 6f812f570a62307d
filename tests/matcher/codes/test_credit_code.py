"""统一社会信用代码."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.credit_code import normalised_credit_code


def test_a_credit_code_is_checked() -> None:
    assert normalised_credit_code(" 91110000600037341l ") == "91110000600037341L"
    assert normalised_credit_code("９１１１００００６０００３７３４１Ｌ") == "91110000600037341L"
    assert normalised_credit_code("911100006000373411") is None
    assert normalised_credit_code("") is None


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    code = normalised_credit_code(text)
    assert code is None or len(code) == 18
