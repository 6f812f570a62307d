"""Bundles in the API."""

from matcher.models import Match, Shortlist
from matcher.states import StaffRole
from matcher.transaction import writing
from tests.api.conftest import Web
from tests.factories import bundle


def with_bundle(web: Web) -> list[str]:
    """Give the need a bundle of its two products; their references."""
    with writing(web.sessions) as session:
        rows = [session.get_one(Match, match.id).product for match in (web.match, web.other_match)]
        said = {"kind": "delivery", "products": [str(row.id) for row in rows], "values": [["api"], ["file"]]}
        price = {"amount": 12.5, "unknown": 0}
        session.get_one(Shortlist, web.need.id).bundles = [bundle(rows, conflicts=[said], price=price)]
        return [row.external_ref for row in rows]


def test_a_shortlist_has_its_bundles_with_products_in_short(web_everywhere: Web) -> None:
    refs = with_bundle(web_everywhere)
    client, headers = web_everywhere.client(), web_everywhere.bearer(StaffRole.VIEWER)
    (found,) = client.get("/api/v1/needs/SC-07/matches", headers=headers).get_json()["bundles"]
    assert (found["coverage"], found["best_single"]) == (0.75, 0.5)
    assert [member["product"]["external_ref"] for member in found["members"]] == refs
    assert found["members"][0]["product"]["title"] == "隧道孪生模型"
    assert found["members"][1]["adds"] == [{"element": "数据2", "share": 1.0, "must": False}]
    assert found["uncovered"] == [{"element": "气象数据", "share": 0.0, "must": True}]
    assert found["price"] == {"amount": 12.5, "per": None, "unknown": 0}
    (conflict,) = found["conflicts"]
    assert conflict["kind"] == "delivery"
    assert [(row["product"]["external_ref"], row["values"]) for row in conflict["products"]] == [
        (refs[0], ["api"]),
        (refs[1], ["file"]),
    ]


def test_every_page_has_them_and_a_products_list_has_none(web: Web) -> None:
    with_bundle(web)
    headers = web.bearer(StaffRole.VIEWER)
    first = web.client().get("/api/v1/needs/SC-07/matches?limit=1", headers=headers).get_json()
    query = {"limit": "1", "cursor": first["next_cursor"]}
    second = web.client().get("/api/v1/needs/SC-07/matches", query_string=query, headers=headers).get_json()
    assert len(first["bundles"]) == 1
    assert first["bundles"] == second["bundles"]
    assert "bundles" not in web.client().get("/api/v1/products/GZ-01/matches", headers=headers).get_json()
