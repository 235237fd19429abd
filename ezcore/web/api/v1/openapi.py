"""/api/v1/openapi.json: the description of the API (OpenAPI 3.1), made from the same shapes that it answers with."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pydantic.json_schema import models_json_schema
from pyramid.response import Response

from ezcore.web.api.v1 import shapes
from ezcore.web.api.v1.lists import LIMIT, MOST
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

_THINGS: Final[tuple[tuple[str, type[shapes.Shape], str], ...]] = (
    ("services", shapes.Service, "service"),
    ("domains", shapes.Domain, "domain name"),
    ("invoices", shapes.Invoice, "issued invoice"),
)
_REF: Final = "#/components/schemas/{model}"
_PROBLEMS: Final = {
    "401": "No key, or one that is not good",
    "403": "The key may not do this",
    "404": "There is no such thing",
    "422": "A parameter cannot be read",
    "429": "Too many requests; see Retry-After",
}


@page("api.openapi", "/api/v1/openapi.json", public="health", rate="api", ambient=False)
def openapi(request: EzRequest) -> Response:
    """The description; it holds nothing of anybody."""
    body = {**_document(), "servers": [{"url": request.settings.shop.site_url}]}
    return Response(json_body=body, content_type="application/json", charset=None)


@cache
def _document() -> dict[str, Any]:
    models: list[tuple[type[shapes.Shape], Any]] = [(shape, "serialization") for _, shape, _ in _THINGS]
    _, schema = models_json_schema([*models, (shapes.Problem, "serialization")], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ezcore", "version": "1", "description": "What a client has, read with a key."},
        "security": [{"key": []}],
        "paths": {path: found for path, found in _paths()},  # noqa: C416 - a mapping of pairs
        "components": {
            "schemas": schema["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, shape, words in _THINGS:
        ref = {"$ref": _REF.format(model=shape.__name__)}
        listed = {
            "type": "object",
            "required": ["data", "next"],
            "additionalProperties": False,
            "properties": {"data": {"type": "array", "items": ref}, "next": {"type": ["string", "null"]}},
        }
        found += [
            (f"/api/v1/{name}/", {"get": _get(f"list_{name}", f"Every {words}, by pages", listed, _PAGING)}),
            (f"/api/v1/{name}/{{id}}/", {"get": _get(f"get_{name}", f"One {words}", ref, [_ID])}),
        ]
    return found


def _get(name: str, summary: str, schema: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    good = {"description": summary, "content": {"application/json": {"schema": schema}}}
    bad = {status: {"description": words, "content": problem} for status, words in _PROBLEMS.items()}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": good, **bad},
    }


_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
_PAGING: Final[list[dict[str, Any]]] = [
    {
        "name": "after",
        "in": "query",
        "description": "The last id of the page before",
        "schema": {"type": "integer", "minimum": 0, "default": 0},
    },
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
    },
]
