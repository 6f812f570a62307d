"""Words for how data is delivered and how rights pass."""

import re

from matcher.codes.text import folded
from matcher.states import DealMode, DeliveryMode

# Searched for in the whole text: a listing names several modes in one field. ASCII, so that a word may end at Chinese.
_DELIVERY = {
    DeliveryMode.API: re.compile(r"\bapis?\b|接口|调用服务", re.ASCII),
    DeliveryMode.STREAM: re.compile(r"实时流|流式|消息队列|数据流推送|\bstream(?:ing)?\b|kafka|mqtt", re.ASCII),
    DeliveryMode.FILE: re.compile(
        r"数据包|文件|离线|下载|数据集交付|\bfiles?\b|\bcsv\b|excel|\bdownload\b|ftp|批量交付|拷贝",
        re.ASCII,
    ),
    DeliveryMode.REPORT: re.compile(r"报告|研报|\breports?\b", re.ASCII),
    DeliveryMode.SAAS: re.compile(r"saas|平台服务|在线服务|云服务|订阅账号|\bweb app\b", re.ASCII),
    DeliveryMode.ON_PREMISES: re.compile(r"本地部署|私有化|本地化部署|on[- _]premises?", re.ASCII),
    DeliveryMode.SANDBOX: re.compile(r"沙箱|沙盒|\bsandbox\b|可信数据空间|数据空间", re.ASCII),
    DeliveryMode.PRIVACY_COMPUTING: re.compile(
        r"隐私计算|联邦学习|多方安全计算|可信执行环境|可用不可见|privacy[- _]computing|federated|\bmpc\b|\btee\b",
        re.ASCII,
    ),
}
_DEAL = {
    DealMode.TRADE: re.compile(r"交易(?!所)|买卖|购买|出售|\btrade\b|\bpurchase\b|\bbuy\b|\bsale\b", re.ASCII),
    DealMode.LICENCE: re.compile(r"许可|授权|\blicen[cs](?:e|ing)\b", re.ASCII),
    DealMode.SHARE: re.compile(r"共享|\bshar(?:e|ing)\b", re.ASCII),
    DealMode.EXCHANGE: re.compile(r"交换|互换|置换|\bexchange\b|\bswap\b", re.ASCII),
    DealMode.PLEDGE: re.compile(r"质押|\bpledge\b", re.ASCII),
    DealMode.EQUITY: re.compile(r"作价入股|入股|出资|\bequity\b", re.ASCII),
    DealMode.SECURITISATION: re.compile(r"证券化|\babs\b|securiti[sz]ation", re.ASCII),
}


def delivery_modes(text: str | None) -> tuple[DeliveryMode, ...]:
    """The delivery modes that ``text`` names, in the order of the enumeration; none where it names none."""
    plain = folded(text) if text else ""
    return tuple(mode for mode in DeliveryMode if _DELIVERY[mode].search(plain))


def deal_modes(text: str | None) -> tuple[DealMode, ...]:
    """The deal modes that ``text`` names, in the order of the enumeration; none where it names none."""
    plain = folded(text) if text else ""
    return tuple(mode for mode in DealMode if _DEAL[mode].search(plain))
