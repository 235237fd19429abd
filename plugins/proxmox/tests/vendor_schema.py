"""Checks calls and answers against the vendor's generated schema: names and types, as far as it says them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

FOLDER = os.environ.get("EZ_CONTRACTS")
WHY_NOT = "EZ_CONTRACTS names no folder of vendor contracts: calls and answers are not compared with it"
NUMBERED = re.compile(r"^([a-z]+)\d+$")
BOOLEAN = {"0", "1"}


class VendorSchema:
    """Collects what is not as the vendor says; `wrong` is what a test looks at."""

    def __init__(self) -> None:
        paths = json.loads(Path(FOLDER or "", "proxmox", "api.json").read_text())["paths"]
        self._methods = {
            f"{method} {path}": one for path, ones in paths.items() for method, one in ones.items()
        }
        self.wrong: list[str] = []
        self.seen: set[str] = set()

    def check(self, call: str, given: dict[str, str], answer: Any) -> None:
        """One accepted call."""
        self.seen.add(call)
        method = self._methods.get(call)
        if method is None:
            self.wrong.append(f"{call}: no such call")
            return
        properties = (method.get("parameters") or {}).get("properties", {})
        for name, value in given.items():
            numbered = NUMBERED.match(name)
            schema = properties.get(name) or (properties.get(f"{numbered[1]}[n]") if numbered else None)
            if schema is None:
                self.wrong.append(f"{call}: no parameter {name}")
            elif fault := _text_fault(schema, value):
                self.wrong.append(f"{call}: {name}={value!r} {fault}")
        known = {name for name in properties if f"{{{name}}}" in call}
        needed = {name for name, one in properties.items() if not one.get("optional")} - known
        self.wrong += [f"{call}: {name} is missing" for name in sorted(needed - set(given))]
        self.wrong += [f"{call} -> {fault}" for fault in _faults(method.get("returns") or {}, answer, "data")]


def _text_fault(schema: dict[str, Any], value: str) -> str | None:
    kind = schema.get("type")
    if kind == "integer" and not re.fullmatch(r"-?\d+", value):
        return "is no integer"
    if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "is no number"
    if kind == "boolean" and value not in BOOLEAN:
        return "is no boolean"
    if kind in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        if (low is not None and float(value) < float(low)) or (
            high is not None and float(value) > float(high)
        ):
            return f"is not in {low}..{high}"
    if isinstance(schema.get("enum"), list) and value not in schema["enum"]:
        return f"is not one of {schema['enum']}"
    low, high = schema.get("minLength", 0), schema.get("maxLength", 10**9)
    return None if int(low) <= len(value) <= int(high) else f"has {len(value)} characters, not {low}..{high}"


TYPES: dict[str, Any] = {"string": str, "integer": int, "number": (int, float), "array": list, "object": dict}


def _faults(schema: dict[str, Any], value: Any, at: str) -> list[str]:
    kind = schema.get("type")
    if value is None or kind == "null":
        fine = value is None and (kind in ("null", None) or schema.get("optional"))
        return [] if fine else [f"{at}: {value!r} instead of {kind}"]
    if kind == "boolean":
        return [] if value in (0, 1, True, False) else [f"{at}: {value!r} is no boolean"]
    if kind in TYPES and (not isinstance(value, TYPES[kind]) or isinstance(value, bool)):
        return [f"{at}: {value!r} is no {kind}"]
    if kind == "array":
        items = schema.get("items") or {}
        return [fault for n, one in enumerate(value) for fault in _faults(items, one, f"{at}[{n}]")]
    return _object_faults(schema, value, at) if kind == "object" else []


def _object_faults(schema: dict[str, Any], value: dict[str, Any], at: str) -> list[str]:
    properties = schema.get("properties") or {}
    faults = []
    for name, one in properties.items():
        if "[n]" not in name and name not in value and not one.get("optional"):
            faults.append(f"{at}: {name} is missing")
    for name, one in value.items():
        known = properties.get(name)
        if known is None and (numbered := NUMBERED.match(name)):
            known = properties.get(f"{numbered[1]}[n]")
        if known is not None:
            faults += _faults(known, one, f"{at}.{name}")
        elif properties and str(schema.get("additionalProperties")) == "0":
            faults.append(f"{at}: {name} is unknown")
    return faults
