"""Check recorded REST calls against Discord's published OpenAPI description, if that file is present."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import jsonschema_rs

Json = dict[str, Any]
DESCRIPTION = Path(__file__).resolve().parents[2] / "shared" / "data" / "discord-openapi.json"
_NAME = "urn:discord"

# Schemas that the description defines more narrowly than Discord behaves; these replace them.
WIDENED_REQUESTS: Json = {
    # Discord accepts ids as numbers; discord.py sends some that way (allowed mentions, message references).
    "SnowflakeType": {"type": ["string", "integer"]},
}
PERMISSIONS = ("permissions", "allow", "deny")
"""Request fields described as numbers. Discord's documentation types them as strings, and discord.py sends strings."""
WIDENED_RESPONSES: Json = {
    # `code` is optional in Discord's documentation of rate limits, but required in the description.
    "RatelimitedResponse": {"type": "object", "required": ["message", "retry_after", "global"]},
    # The `code` of a field's error is a string ("BASE_TYPE_MAX_LENGTH"), not a number as described.
    "InnerErrors": {
        "type": "object",
        "required": ["_errors"],
        "additionalProperties": False,
        "properties": {"_errors": {"type": "array", "items": {"type": "object", "required": ["code", "message"]}}},
    },
}


class Call(Protocol):
    """A recorded REST call. `route` is the path template with the description's parameter names."""

    method: str
    route: str
    status: int | None
    request: Any
    response: Any


def has_description() -> bool:
    return DESCRIPTION.is_file()


def mismatches(calls: Iterable[Call]) -> list[str]:
    """Return one line per distinct mismatch; an empty list if the description is not present."""
    if not has_description():
        return []
    return list(dict.fromkeys(line for call in calls for line in _of_call(call)))


def _of_call(call: Call) -> Iterator[str]:
    if call.status is None or call.status >= 500 or isinstance(call.response, str):  # a proxy's page is not Discord's
        return
    name = f"{call.method} {call.route}"
    operation = _description()["paths"].get(call.route, {}).get(call.method.lower())
    if operation is None:
        yield f"{name}: not in the description"
        return
    if call.request is not None and call.status < 400:
        yield from _complaints(f"{name} request", _request_check(call.route, call.method), call.request)
    yield from _complaints(
        f"{name} {call.status}", _response_check(call.route, call.method, call.status), call.response
    )


def _complaints(what: str, check: jsonschema_rs.Validator | None, body: Any) -> Iterator[str]:
    if check is None:
        if body is not None:
            yield f"{what}: a body where none is described"
        return
    for error in check.iter_errors(body):
        yield f"{what}: {_told(error)}"


def _told(error: Any) -> str:
    """Return path and message of the deepest error, in the alternative that fits best."""
    alternatives = [found for found in getattr(error.kind, "context", None) or [] if found]
    if alternatives:
        of_this_type = [found for found in alternatives if not any(one.instance_path[-1:] == ["type"] for one in found)]
        closest = max(of_this_type or alternatives, key=lambda found: max(len(one.instance_path) for one in found))
        return _told(max(closest, key=lambda one: len(one.instance_path)))
    path = ".".join(map(str, error.instance_path))
    return f"{path or 'body'}: {error.message[:300]}"


@cache
def _description() -> Json:
    description: Json = json.loads(DESCRIPTION.read_text())
    return description


@cache
def _registry(*, of_requests: bool) -> jsonschema_rs.Registry:
    components: Json = json.loads(json.dumps(_description()["components"]))
    schemas: Json = components["schemas"]
    schemas |= WIDENED_REQUESTS if of_requests else WIDENED_RESPONSES
    for schema in schemas.values() if of_requests else ():
        _widen_permissions(schema)
    return jsonschema_rs.Registry([(_NAME, {"components": components})], draft=jsonschema_rs.Draft202012)


def _compiled(schema: Json, *, of_requests: bool) -> jsonschema_rs.Validator:
    absolute: Json = json.loads(json.dumps(schema).replace('"#/components', f'"{_NAME}#/components'))
    if of_requests:
        _widen_permissions(absolute)
    return jsonschema_rs.Draft202012Validator(absolute, registry=_registry(of_requests=of_requests))


def _widen_permissions(schema: Json) -> None:
    for field in PERMISSIONS:
        if field in schema.get("properties", {}):
            schema["properties"][field] = {}


def _schema(content: Json) -> Json | None:
    schema: Json | None = content.get("application/json", {}).get("schema")
    return schema


@cache
def _request_check(route: str, method: str) -> jsonschema_rs.Validator | None:
    body = _description()["paths"][route][method.lower()].get("requestBody", {})
    schema = _schema(body.get("content", {}))
    return _compiled(schema, of_requests=True) if schema is not None else None


@cache
def _response_check(route: str, method: str, status: int) -> jsonschema_rs.Validator | None:
    responses = _description()["paths"][route][method.lower()]["responses"]
    response = responses.get(str(status)) or responses.get(f"{status // 100}XX") or {}
    if "$ref" in response:
        response = _description()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = _schema(response.get("content", {}))
    return _compiled(schema, of_requests=False) if schema is not None else None
