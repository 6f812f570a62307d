"""The description of the API says what the API does."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from api.application import create_app
from matcher.states import StaffRole
from tests.api.conftest import Web

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def description(web: Web) -> dict[str, Any]:
    """The document as served, to anybody."""
    response = web.client().get("/api/v1/openapi.json")
    document: dict[str, Any] = response.get_json()
    return document


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Method and path to operation."""
    return {
        (method.upper(), path): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
        if method.upper() in METHODS
    }


def test_it_is_valid_openapi_3(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.")
    validate(description)


def test_every_route_of_the_api_is_in_it_and_nothing_else(web: Web, description: dict[str, Any]) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in web.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api-docs.openapi_json"
        for method in (rule.methods or set()) & METHODS
    }
    assert set(operations(description)) == routes


def test_every_operation_has_words_security_and_its_problems(description: dict[str, Any]) -> None:
    assert description["security"] == [{"token": []}, {"session": []}]
    for (method, path), operation in operations(description).items():
        assert operation["summary"], path
        assert operation["description"], path
        assert {"200", "401", "403", "500"} <= set(operation["responses"]), path
        if "{" in path:
            assert "404" in operation["responses"], path
        if method == "POST":
            assert {"400", "409", "413", "415", "422"} <= set(operation["responses"]), path


def test_every_problem_has_the_media_type_and_an_example(description: dict[str, Any]) -> None:
    responses = description["components"]["responses"]
    assert responses
    for response in responses.values():
        [(media_type, content)] = response["content"].items()
        assert media_type == "application/problem+json"
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert set(content["example"]) == {"type", "title", "status", "detail", "instance", "errors"}


def test_answers_have_no_field_that_the_description_lacks(web: Web, description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]

    def check(value: Any, schema: dict[str, Any], where: str) -> None:
        for part in schema.get("allOf", ()):
            schema = part
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, dict) and "properties" in schema:
            assert set(value) <= set(schema["properties"]), where
            for name, inner in value.items():
                check(inner, schema["properties"][name], f"{where}.{name}")
        elif isinstance(value, list) and "items" in schema:
            for inner in value:
                check(inner, schema["items"], f"{where}[]")

    headers = web.bearer(StaffRole.VIEWER)
    for (method, path), operation in operations(description).items():
        if method == "GET":
            key = "SC-07" if "needs" in path else "GZ-01"
            address = path.format(key=key, need_key="SC-07", product_key="GZ-01")
            answer = web.client().get(address, headers=headers).get_json()
            check(answer, operation["responses"]["200"]["content"]["application/json"]["schema"], path)


def test_two_applications_in_one_process_describe_the_same(web: Web, description: dict[str, Any]) -> None:
    settings = web.settings
    again = create_app(settings, web.sessions).test_client().get("/api/v1/openapi.json").get_json()
    assert again == description
