"""The explanation of any pair in the API."""

from decimal import Decimal
from typing import Any

import pytest

from matcher.models import Need
from matcher.states import StaffRole
from matcher.transaction import writing
from tests import factories
from tests.api.conftest import Web

PATH = "/api/v1/needs/SC-07/products/GZ-01/explanation"


def explanation(web: Web, path: str = PATH, **headers: str) -> dict[str, Any]:
    answer = web.client().get(path, headers=web.bearer(StaffRole.VIEWER) | headers)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.get_json()
    return body


def asking(web: Web, **fields: Any) -> None:
    with writing(web.sessions) as session:
        need = session.get_one(Need, web.need.id)
        for name, value in fields.items():
            setattr(need, name, value)


def test_a_pair_without_a_match_is_explained_and_its_points_add_up(web_everywhere: Web) -> None:
    with writing(web_everywhere.sessions) as session:
        factories.make_product(session, external_ref="GZ-99", title="医院门诊")
    found = explanation(web_everywhere, "/api/v1/needs/SC-07/products/GZ-99/explanation")
    assert (found["need"]["external_ref"], found["product"]["external_ref"]) == ("SC-07", "GZ-99")
    assert (found["stored"], found["excluded"]) == (False, None)
    parts = found["breakdown"]["parts"]
    assert sum(Decimal(str(part["points"])) for part in parts) == Decimal(str(found["breakdown"]["score"]))
    assert found["sentence"].endswith("。")


def test_the_stored_breakdown_of_the_last_run_is_given_as_it_is(web: Web) -> None:
    found = explanation(web)
    assert (found["stored"], found["breakdown"]["score"]) == (True, 53.0)


def test_a_near_miss_is_in_points_and_in_the_language_asked_for(web: Web) -> None:
    asking(web, elements=[{"name": "隧道监测", "items": ["渗水"], "must": True}], delivery_modes=["api"])
    found = explanation(web)["near_miss"]
    assert found["floor"] == 20.0
    assert found["musts"] == {"have": 0, "of": 1, "missing": ["隧道监测"]}
    assert found["state"].startswith("1 个必需要素已覆盖 0 个；缺：隧道监测")
    first = found["changes"][0]
    assert (first["kind"], first["element"], first["items"], first["must"]) == ("element", "隧道监测", ["渗水"], True)
    assert first["text"].startswith("补充数据要素：隧道监测（渗水）[必需]")
    english = explanation(web, **{"Accept-Language": "en"})["near_miss"]
    assert english["changes"][0]["text"].startswith("add the data element: 隧道监测 (渗水) [must have]")
    assert english["score_after"] == found["score_after"]


def test_a_rule_that_nobody_can_lift_is_named(web: Web) -> None:
    with writing(web.sessions) as session:
        session.get_one(Need, web.need.id).organisation_id = web.product.organisation_id
        session.get_one(Need, web.need.id).title = "隧道安全监测"
    found = explanation(web)
    assert found["excluded"] == found["near_miss"]["excluded"] == "own_product"
    assert (found["near_miss"]["changes"], found["near_miss"]["reaches"]) == ([], False)


@pytest.mark.parametrize("path", ["/api/v1/needs/none/products/GZ-01/explanation", PATH.replace("GZ-01", "none")])
def test_an_unknown_side_is_not_found(web: Web, path: str) -> None:
    answer = web.client().get(path, headers=web.bearer(StaffRole.VIEWER))
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
