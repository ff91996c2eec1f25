"""The OpenAPI 3.1 document, made from the route table and the models of its handlers."""

import asyncio
import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from signaling import keys
from signaling.access import Permission
from signaling.http.call import Call
from signaling.http.cookies import COOKIE
from signaling.http.idempotency import HEADER as IDEMPOTENCY_KEY
from signaling.http.problems import CONTENT_TYPE as PROBLEM_TYPE
from signaling.http.problems import Problem
from signaling.http.routing import Route, Routes
from signaling.version import VERSION

_REF: Final = "#/components/schemas/{model}"
_Schemas = dict[tuple[type[Any], JsonSchemaMode], dict[str, Any]]


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the document of all routes; pages and files are not part of it."""
    described = [route for route in routes if route.tag != "pages"]
    wanted: set[tuple[type[BaseModel], JsonSchemaMode]] = {(Problem, "serialization")}
    for route in described:
        wanted |= {(model, "validation") for model in (route.body, route.query) if model}
        wanted |= {(model, "serialization") for model in (route.answer,) if model}
    ordered = sorted(wanted, key=lambda item: (item[0].__name__, item[1]))
    schemas, definitions = models_json_schema(ordered, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in described:
        paths.setdefault(route.template, {})[route.method.lower()] = _operation(
            route, schemas, definitions.get("$defs", {})
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Liancun",
            "version": VERSION,
            "description": "Video meetings, village phones and attendance of a county.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def written_once(routes: Iterable[Route]) -> Callable[[], bytes]:
    """Return what gives the document as JSON. It is made when it is first asked for: that takes
    longer than all the rest of building the application, and few ever ask."""
    return cache(lambda: json.dumps(document(routes), ensure_ascii=False).encode())


def _operation(route: Route, schemas: _Schemas, defined: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "x-permission": route.needs.value,
        "security": [] if route.needs is Permission.PUBLIC else [{"cookie": []}, {"bearer": []}],
        "responses": {
            str(route.status): _answer(route, schemas),
            "default": {
                "description": "Problem details (RFC 9457); `code` is stable.",
                "content": {PROBLEM_TYPE: {"schema": schemas[Problem, "serialization"]}},
            },
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in route.parameters
    ]
    if route.query is not None:
        parameters += _query_parameters(_resolved(schemas[route.query, "validation"], defined))
    parameters += _header_parameters(route)
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[route.body, "validation"]}},
        }
    if route.accepts:
        text = {"schema": {"type": "string"}}
        operation["requestBody"] = {"required": True, "content": {route.accepts: text}}
    return operation


def _answer(route: Route, schemas: _Schemas) -> dict[str, Any]:
    if route.answer is not None:
        schema = schemas[route.answer, "serialization"]
        return {"description": "Done.", "content": {route.media_type: {"schema": schema}}}
    if route.status == 204:
        return {"description": "Done; nothing to say."}
    return {"description": "Done.", "content": {route.media_type: {}}}


def _resolved(schema: dict[str, Any], defined: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return defined.get(name, schema)  # type: ignore[no-any-return]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.is_write:
        text = "Sent again within a day with the same key, the write gets its first answer."
        found.append((IDEMPOTENCY_KEY, text))
    if route.conditional:
        text = "The ETag that was read; another version now is 412 with `current`."
        found.append(("If-Match", text))
    return [
        {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
        for name, text in found
    ]


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema.get("properties", {}).items()
    ]


ROUTES = Routes("operation")


@ROUTES.get("/api/openapi.json", needs=Permission.PUBLIC)
async def get_openapi(call: Call) -> web.Response:
    """Describe this API as OpenAPI 3.1."""
    body = await asyncio.to_thread(call.part(keys.OPENAPI))
    return web.Response(body=body, content_type="application/json")
