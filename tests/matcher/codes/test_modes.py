"""Words for delivery and deal modes."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.codes.modes import deal_modes, delivery_modes
from matcher.states import DealMode, DeliveryMode


def test_delivery_words_become_modes() -> None:
    assert delivery_modes("API接口、离线数据包") == (DeliveryMode.FILE, DeliveryMode.API)
    assert delivery_modes("隐私计算（可用不可见）") == (DeliveryMode.PRIVACY_COMPUTING,)
    assert delivery_modes("数据沙箱或本地部署") == (DeliveryMode.ON_PREMISES, DeliveryMode.SANDBOX)
    assert delivery_modes("传真") == ()
    assert delivery_modes(None) == ()


def test_deal_words_become_modes() -> None:
    assert deal_modes("授权许可、质押融资") == (DealMode.LICENCE, DealMode.PLEDGE)
    assert deal_modes("作价入股或资产证券化") == (DealMode.EQUITY, DealMode.SECURITISATION)
    assert deal_modes("贵阳大数据交易所") == ()


@given(st.text())
def test_no_text_makes_either_raise(text: str) -> None:
    assert set(delivery_modes(text)) <= set(DeliveryMode)
    assert set(deal_modes(text)) <= set(DealMode)
