"""Facets' values and hard rules as people read them, in Chinese and English."""

from matcher.codes import labels
from matcher.codes.regions import region_label
from matcher.codes.sectors import sector_label
from matcher.states import DealMode, DeliveryMode, UpdateFrequency

_RULES: dict[str, tuple[str, str]] = {
    "not_listed": ("产品未上架", "the product is not listed"),
    "need_closed": ("需求未在征集中", "the need is not open"),
    "core_class": ("产品属核心数据", "the product is of the class core data"),
    "own_product": ("供需双方是同一机构", "need and product belong to the same organisation"),
    "excluded_delivery": ("需方拒绝该交付方式", "the buyer refuses every delivery mode on offer"),
    "excluded_deal": ("需方拒绝该交易方式", "the buyer refuses every deal mode on offer"),
    "certificate_required": ("需方要求有效登记证书", "the buyer asks for a valid certificate"),
}
"""scoring.facets.RULES → (Chinese, English)."""

_MODES = {"update_frequency": UpdateFrequency, "delivery": DeliveryMode, "deal": DealMode}


def rule_label(rule: str, language: str) -> str:
    """What a hard rule of ``scoring.facets.RULES`` says; an unknown rule is its own label."""
    texts = _RULES.get(rule)
    if texts is None:
        return rule
    return texts[1] if language == "en" else texts[0]


def facet_value(facet: str, value: object, language: str) -> str:
    """One value of a facet of ``scoring.weights.FACETS`` in words; what no code list knows stays as it is."""
    text = str(value)
    match facet:
        case "sector":
            return sector_label(text, language)
        case "region":
            return region_label(text, language)
        case "price" if isinstance(value, int | float):
            return f"{value:,.2f}".removesuffix(".00")
    kind = _MODES.get(facet)
    return labels.label(kind(text), language) if kind and text in list(kind) else text
