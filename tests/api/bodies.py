"""Plausible bodies for any route, made from the API's own description and filled with somebody else's ids."""
import re
from typing import Any


def resolve(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference of the description."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    return whole["components"]["schemas"][reference.rsplit("/", 1)[-1]]


def value_for(name: str, schema: dict[str, Any], whole: dict[str, Any], ids: dict[str, str]) -> Any:
    """A value that fits the schema; a field named like an id of the victim carries that id."""
    if name in ids:
        return ids[name]
    schema = resolve(schema, whole)
    if "anyOf" in schema:
        return value_for(name, schema["anyOf"][0], whole, ids)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        wanted = schema.get("required", [])
        return {key: value_for(key, part, whole, ids) for key, part in schema.get("properties", {}).items()
                if key in wanted}
    if kind == "array":
        return []
    return {"integer": 1, "number": 5.0, "boolean": True}.get(kind or "", _text(schema))


def _text(schema: dict[str, Any]) -> str:
    if schema.get("format") == "uuid":
        return "01a20000-0000-7000-8000-000000000000"
    if schema.get("format") == "date":
        return "2026-10-01"
    if schema.get("format") == "date-time":
        return "2026-10-01T09:00:00+08:00"
    pattern = schema.get("pattern", "")
    if digest := re.search(r"\[0-9a-f\]\{(\d+)\}", pattern):
        return "0" * int(digest[1])
    return pattern.strip("^$()").split("|")[0] if "|" in pattern else "x1"


def body_of(operation: dict[str, Any], whole: dict[str, Any], ids: dict[str, str]) -> Any:
    """The JSON body of an operation, or None when it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    return value_for("", content["application/json"]["schema"], whole, ids) if "application/json" in content else None
