"""What else a need could have said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.pool import StringSets
from scoring.synonyms import also_said, synonyms
from scoring.tokens import Terms, normalise
from tests.scoring.strategies import texts


def also(*pieces: str) -> dict[str, str]:
    (found,) = also_said(StringSets.build([[normalise(piece) for piece in pieces]]))
    return found


def test_every_form_is_normalised_stands_once_and_says_something() -> None:
    forms = [form for group in synonyms() for form in group]
    assert 60 <= len(synonyms()) <= 150
    assert len(set(forms)) == len(forms)
    assert all(normalise(form) == form == form.strip() and len(Terms([form]).keys) for form in forms)


def test_every_group_has_forms_none_of_which_is_a_piece_of_another() -> None:
    for group in synonyms():
        assert len(group) > 1
        assert not [(one, other) for one in group for other in group if one != other and one in other]


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("企业社保缴纳", {"社会保险": "社保"}),
        ("社会保险缴费记录", {"社保": "社会保险"}),
        ("全省GDP和ＧＤＰ增速", {"地区生产总值": "gdp", "国内生产总值": "gdp"}),
        ("裁判文书", {"判决书": "裁判文书"}),
        ("PM2.5小时浓度", {"细颗粒物": "pm2.5"}),
    ],
)
def test_a_form_brings_the_others_of_its_group(piece: str, expected: dict[str, str]) -> None:
    assert also(piece) == expected


@pytest.mark.parametrize("piece", ["机动车保有量", "上下游客户", "网约车订单", "gdpr合规审计", ""])
def test_letters_of_a_form_within_other_words_bring_nothing(piece: str) -> None:
    assert also(piece) == {}


def test_the_order_of_what_a_need_says_changes_nothing() -> None:
    assert also("卡车轨迹", "货车载重") == also("货车载重", "卡车轨迹") == {"载货汽车": "卡车"}


def test_a_text_without_chinese_is_left_alone() -> None:
    assert also("GDP by province, via API") == {}
    assert set(also("GDP by province", "分省数据")) == {"地区生产总值", "国内生产总值"}


def test_what_the_need_says_anyway_is_not_brought() -> None:
    assert also("社保", "社会保险") == {}
    assert also("社保", "社会保险缴费") == {}


@given(
    st.lists(
        st.lists(texts.map(normalise) | st.sampled_from(["社保缴纳", "公司gdp", "api接口"]), max_size=4), max_size=4
    )
)
@settings(deadline=None, max_examples=60)
def test_many_needs_at_once_give_what_each_gives_alone(needs: list[list[str]]) -> None:
    together = also_said(StringSets.build(needs))
    assert together == [found for need in needs for found in also_said(StringSets.build([need]))]
