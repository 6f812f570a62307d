"""A small library to run commands on."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from matcher.database import make_engine, make_sessions
from matcher.transaction import writing
from tests.factories import make_need, make_organisation, make_product


@pytest.fixture
def library(sqlite_url: str) -> sessionmaker[Session]:
    """A small library in the data folder's database: N0 is met by P0, N1 is of stop words only."""
    sessions = make_sessions(make_engine(sqlite_url))
    with writing(sessions) as session:
        seller = make_organisation(session, name="贵州高速公路集团有限公司")
        buyer = make_organisation(session, name="演示买方", demonstration=True)
        title = "贵州省高速公路收费站通行流量及拥堵预警分析数据集（含隧道桥梁边坡监测及气象灾害联动处置信息）"
        elements = [{"name": "收费站通行流量", "items": []}]
        tags = ["通行流量"]
        fields = {"summary": title, "elements": elements, "tags": tags, "sectors": ["transport"]}
        make_product(session, seller, external_ref="P0", title=title, **fields)
        make_product(session, seller, external_ref="P1", title="医保药品处方统计", summary="处方统计")
        asked = {"elements": [*elements, {"name": "气象观测", "must": True}], "tags": tags, "sectors": ["transport"]}
        make_need(session, buyer, external_ref="N0", title="", text="高速公路收费站通行流量分析", **asked)
        make_need(session, buyer, external_ref="N1", title="", text="的了和与")
    return sessions
