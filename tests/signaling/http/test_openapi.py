"""The OpenAPI document: every route is in it, and every reference leads somewhere."""

from collections.abc import Iterator
from typing import Any

import pytest

from signaling.app import TABLES
from signaling.http.openapi import document
from tests.signaling.http.conftest import Client

ROUTES = [route for table in TABLES for route in table.routes if route.tag != "pages"]


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(ROUTES)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for item in part:
            yield from references(item)


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1.")
    assert set(described["info"]) >= {"title", "version"}
    assert all(path.startswith("/") for path in described["paths"])


def test_every_route_is_described_with_its_permission(described: dict[str, Any]) -> None:
    for route in ROUTES:
        operation = described["paths"][route.template][route.method.lower()]
        assert operation["x-permission"] == route.needs.value
        assert operation["summary"], f"{route.method} {route.path} does not say what it does"
        assert str(route.status) in operation["responses"]
        assert {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"} == set(
            route.parameters
        )
        has_body = route.body is not None or route.accepts != ""
        assert ("requestBody" in operation) == has_body


def test_operation_ids_are_unique() -> None:
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names))


def test_every_reference_leads_to_a_schema(described: dict[str, Any]) -> None:
    found = set(references(described))
    assert found
    for reference in found:
        *_, name = reference.split("/")
        assert reference == f"#/components/schemas/{name}"
        assert name in described["components"]["schemas"]


def test_errors_are_problem_details(described: dict[str, Any]) -> None:
    for path in described["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]


async def test_the_server_tells_it(client: Client) -> None:
    answer = await client.get("/api/openapi.json")
    assert (await answer.json())["openapi"].startswith("3.1.")
