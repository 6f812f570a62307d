"""Random texts, tags, elements and profiles that have a good deal in common with each other."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from scoring.facets import FREQUENCIES
from scoring.profile import Element, NeedProfile, ProductProfile

PHRASES = (
    "交通流量",
    "交通流",
    "交通流量数据",
    "隧道断面流量",
    "車速",
    "气象站点",
    "降水",
    "氣象",
    "企业信用评价",
    "信用",
    "智慧旅游",
    "智慧文旅",
    "旅游",
    "health records",
    "API",
    "ａｐｉ",
    "COVID-19",
    "2023年",
    "数据",
    "我们",
    "the",
)
REGIONS = ("100000", "520000", "520100", "520102", "440000", "440300")
SECTORS = ("transport", "health", "finance")
DELIVERY = ("api", "file", "report")
DEALS = ("trade", "share", "licence")

phrases = st.sampled_from(PHRASES)
texts = st.lists(st.one_of(phrases, st.sampled_from("，。、 \n-")), max_size=8).map("".join)
any_texts = st.one_of(
    texts,
    st.text(max_size=40),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Mn", "Lo", "So", "P"]), max_size=40),
)
"""Whatever Python can hold, halves of surrogate pairs, control characters and combining marks among it."""

tag_tuples = st.lists(phrases, max_size=5).map(tuple)
elements = st.builds(Element, name=phrases, items=st.lists(phrases, max_size=3).map(tuple), must=st.booleans())
element_tuples = st.lists(elements, max_size=4).map(tuple)
days = st.none() | st.dates(date(2020, 1, 1), date(2026, 12, 31))
amounts = st.none() | st.floats(0, 1_000_000)
shares = st.none() | st.floats(0, 1)


def subsets(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """A few different codes, often none."""
    return st.lists(st.sampled_from(codes), unique=True, max_size=2).map(tuple)


def _both(ids: st.SearchStrategy[str], text: st.SearchStrategy[str]) -> dict[str, Any]:
    return {
        "id": ids,
        "ref": st.sampled_from(["A-1", "A-2", "B-1"]),
        "owner": st.none() | st.sampled_from(["o1", "o2", "o3"]),
        "title": text,
        "text": text,
        "elements": element_tuples,
        "tags": tag_tuples,
        "sectors": subsets(SECTORS),
        "regions": subsets(REGIONS),
        "update_frequency": st.none() | st.sampled_from(FREQUENCIES),
        "delivery_modes": subsets(DELIVERY),
        "deal_modes": subsets(DEALS),
    }


def products(
    ids: st.SearchStrategy[str] = st.just("p"),  # noqa: B008
    text: st.SearchStrategy[str] = texts,
) -> st.SearchStrategy[ProductProfile]:
    """Random products."""
    return st.builds(
        ProductProfile,
        **_both(ids, text),
        listed=st.sampled_from([True, True, True, False]),
        data_class=st.sampled_from([None, None, "general", "core"]),
        price=amounts,
        covers_until=days,
        certified=st.none() | st.booleans(),
        certificate_expired=st.booleans(),
        filled=shares,
    )


def needs(
    ids: st.SearchStrategy[str] = st.just("n"),  # noqa: B008
    text: st.SearchStrategy[str] = texts,
) -> st.SearchStrategy[NeedProfile]:
    """Random needs."""
    return st.builds(
        NeedProfile,
        **_both(ids, text),
        open=st.sampled_from([True, True, True, False]),
        budget=amounts,
        excluded_delivery_modes=subsets(DELIVERY),
        excluded_deal_modes=subsets(DEALS),
        requires_certificate=st.booleans(),
        fresh_since=days,
    )


_ids = st.sampled_from([f"id-{number}" for number in range(12)])
product_lists = st.lists(products(_ids), max_size=8, unique_by=lambda profile: profile.id)
need_lists = st.lists(needs(_ids), max_size=4, unique_by=lambda profile: profile.id)
