"""Bundles beside a shortlist, and the page that says what would lift a match."""

from matcher.models import Match, Need, Shortlist
from matcher.states import StaffRole
from matcher.transaction import writing
from tests.api.conftest import Web
from tests.factories import bundle


def test_a_shortlist_shows_its_bundles(web: Web) -> None:
    page = web.client(StaffRole.VIEWER).get("/needs/SC-07").text
    assert "组合：" not in page
    with writing(web.sessions) as session:
        rows = [session.get_one(Match, match.id).product for match in (web.match, web.other_match)]
        said = {"kind": "deal", "products": [str(row.id) for row in rows], "values": [["trade"], ["share"]]}
        session.get_one(Shortlist, web.need.id).bundles = [bundle(rows, conflicts=[said])]
    page = web.client(StaffRole.VIEWER).get("/needs/SC-07").text
    for text in (
        "组合：2 个产品合起来覆盖所需数据的 75%，最好的单个产品为 50%",
        "数据2 100%",
        "仍缺：气象数据[必需]",
        "2 个产品的价格未知或不可比",
        f"交易方式没有共同的一种：GZ-01（交易）；{rows[1].external_ref}（共享）",
    ):
        assert text in page


def test_a_match_that_does_not_count_leads_to_what_would_lift_it(web: Web) -> None:
    with writing(web.sessions) as session:
        ref = session.get_one(Match, web.other_match.id).product.external_ref
        need = session.get_one(Need, web.need.id)
        need.delivery_modes, need.elements = ["api"], [{"name": "隧道渗水", "items": [], "must": True}]
    client = web.client(StaffRole.VIEWER)
    shortlist = client.get("/needs/SC-07").text
    address = f"/needs/{web.need.id}/products/{web.other_match.product_id}"
    assert address in shortlist
    assert f"/needs/{web.need.id}/products/{web.match.product_id}" not in shortlist
    page = client.get(address).text
    for text in (ref, "差一点：怎样达标", "1 个必需要素已覆盖 0 个；缺：隧道渗水", "补充数据要素：隧道渗水[必需]"):
        assert text in page
    client.get("/language/en")
    assert "Add the data element: 隧道渗水 [must have]" in client.get(address).text


def test_a_match_that_counts_has_nothing_to_be_lifted(web: Web) -> None:
    with writing(web.sessions) as session:
        need = session.get_one(Need, web.need.id)
        need.title = need.text = "隧道孪生模型 高速公路收费站通行流量统计"
    page = web.client(StaffRole.VIEWER).get("/needs/SC-07/products/GZ-01").text
    assert "已达标，也不缺必需要素，无须改动。" in page
