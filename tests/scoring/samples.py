"""Hand-made profiles: a few listings and needs, small enough to reckon with."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from scoring.breakdown import Breakdown
from scoring.explanation import explain
from scoring.index import Index
from scoring.profile import Element, NeedProfile, ProductProfile
from scoring.ranking import score_one
from scoring.tfidf import TermStatistics
from scoring.weights import Weights


def product(id: str = "p", **fields: Any) -> ProductProfile:  # noqa: A002
    """A product whose ``ref`` is its id unless given."""
    return ProductProfile(**{"id": id, "ref": id} | fields)


def need(id: str = "n", **fields: Any) -> NeedProfile:  # noqa: A002
    """A need whose ``ref`` is its id unless given."""
    return NeedProfile(**{"id": id, "ref": id} | fields)


TUNNEL = product(
    "p-tunnel",
    title="隧道交通流量数据",
    text="贵州省高速公路隧道的断面流量、车速和车型，逐小时更新。",
    tags=("交通流量", "隧道", "高速公路"),
    elements=(Element("断面流量", ("小时流量", "车型")), Element("平均车速")),
    sectors=("transport",),
    regions=("520000",),
    update_frequency="hourly",
    delivery_modes=("api",),
    deal_modes=("trade", "licence"),
    certified=True,
    filled=0.8,
)
WEATHER = product(
    "p-weather",
    title="气象站点观测数据",
    text="气温、降水与能见度，每日更新。",
    tags=("气象", "降水"),
    elements=(Element("气温"), Element("能见度")),
    sectors=("meteorology",),
    regions=("100000",),
    update_frequency="daily",
    filled=0.5,
)
HOSPITAL = product("p-hospital", title="医院门诊量统计", text="各科室门诊人次", tags=("医疗", "门诊"))
PRODUCTS = (TUNNEL, WEATHER, HOSPITAL)

TRAFFIC_NEED = need(
    "n-traffic",
    title="隧道安全监测",
    text="我们想要贵阳市隧道的交通流量和能见度数据",
    tags=("隧道", "交通"),
    elements=(Element("断面流量", ("小时流量",), must=True), Element("能见度")),
    sectors=("transport",),
    regions=("520100",),
    update_frequency="daily",
)
HOSPITAL_NEED = need("n-hospital", text="需要医院门诊人次", tags=("门诊",))
NEEDS = (TRAFFIC_NEED, HOSPITAL_NEED)


def index_both(needs: Sequence[NeedProfile], products: Sequence[ProductProfile]) -> tuple[Index, Index]:
    """Both sides under the products' statistics."""
    supply = Index.build(products)
    return Index.build(needs, supply.statistics), supply


def explain_pair(
    wanted: NeedProfile,
    offered: ProductProfile,
    weights: Weights | None = None,
    statistics: TermStatistics | None = None,
) -> Breakdown:
    """One pair's breakdown; without ``statistics`` the product is the whole corpus."""
    products = Index.build([offered], statistics)
    needs = Index.build([wanted], products.statistics)
    weights = weights or Weights()
    (breakdown,) = explain(needs, products, score_one(needs, products, weights), weights, "f" * 64)
    return breakdown


def every_pair(needs: Index, products: Index) -> tuple[np.ndarray[Any, np.dtype[np.int64]], ...]:
    """Rows and columns of all pairs."""
    return (
        np.repeat(np.arange(len(needs)), len(products)),
        np.tile(np.arange(len(products)), len(needs)),
    )
