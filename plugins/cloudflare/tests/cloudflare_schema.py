"""Checks exchanges against the contract data of Cloudflare: method, path, parameter names and types, replies.

The data are the typed signatures of Cloudflare's own library as JSON; types are read as Python expressions.
"""

from __future__ import annotations

import ast
import email
import email.policy
import json
import re
from datetime import datetime
from pathlib import Path

ANYTHING = {"object", "Any", "ZonesType", "SortDirection", "Type", "RecordTags", "Base64FileInput"}
PLAIN = {"str": str, "bool": bool, "int": int, "float": (int, float), "None": type(None)}
TEXTS = {"float": r"\d+", "int": r"\d+", "bool": "true|false"}
PAGES = {"SyncV4PagePaginationArray", "SyncCursorPagination", "SyncSinglePage"}
WRAPPERS = {"Required", "Annotated"}
LISTS = {"List", "Iterable", "SequenceNotStr"}
HEADERS = {"prefer"}


class VendorSchema:
    """The contract data of a folder."""

    def __init__(self, folder: Path) -> None:
        self.endpoints = json.loads((folder / "endpoints.json").read_text())["endpoints"]
        self.modules = json.loads((folder / "types.json").read_text())["types"]

    def check(self, request, answer):
        """What is wrong with an exchange, in words; empty when nothing is. Says which endpoint it was."""
        path = request.path.removeprefix("/client/v4")
        endpoint = self._endpoint(request.method, path)
        if endpoint is None:
            return f"{request.method} {path}", ["no such endpoint"]
        wrong = self._request(endpoint, request)
        if answer.status < 400:
            wrong += self._reply(endpoint, answer)
        else:
            wrong += self._refusal(answer)
        return f"{endpoint['method']} {endpoint['path']}", wrong

    def _endpoint(self, method, path):
        fits = [
            one
            for one in self.endpoints
            if one["method"] == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one["path"]), path)
        ]
        return min(fits, key=lambda one: one["path"].count("{")) if fits else None

    def _request(self, endpoint, request):
        in_path = set(re.findall(r"\{(\w+)\}", endpoint["path"]))
        params = {name: kind for name, kind in endpoint["params"].items() if name not in in_path | HEADERS}
        given = _body(request) if request.method in ("POST", "PUT", "PATCH") else _query(request)
        wrong = [f"unknown parameter {name}" for name in given if name not in params]
        for name, kind in params.items():
            optional = kind.endswith("| Omit")
            if name not in given:
                wrong += [] if optional else [f"{name} is missing"]
            elif not self.fits(
                kind.removesuffix("| Omit").strip(), given[name], text=request.method == "GET"
            ):
                wrong.append(f"{name} is no {kind[:80]}: {given[name]!r:.200}")
        return wrong

    def _reply(self, endpoint, answer):
        if endpoint["returns"] == "str" and answer.content_type.startswith("text/plain"):
            return []
        envelope = json.loads(answer.body)
        wrong = [] if envelope.keys() >= {"success", "errors", "messages", "result"} else ["no envelope"]
        wrong += [] if envelope["success"] is True else ["success is not true"]
        result, kind = envelope["result"], endpoint["returns"]
        page = re.fullmatch(r"(\w+)\[(.+)\]", kind)
        if page and page[1] in PAGES:
            kind = f"List[{page[2]}]"
        return (
            wrong
            if self.fits(kind, result)
            else [*wrong, f"the result is no {kind}: {self.why(kind, result)}"]
        )

    def _refusal(self, answer):
        envelope = json.loads(answer.body)
        good = envelope["success"] is False and envelope["result"] is None and envelope["errors"]
        good = good and all(self.fits("ResponseInfo", one) for one in envelope["errors"])
        return [] if good else [f"not an error envelope: {envelope}"]

    def why(self, kind, value):
        """The first field of a class that does not fit, for a person."""
        name = re.sub(r"^(Optional|List)\[|\]$", "", kind)
        value = value[0] if isinstance(value, list) and value else value
        found = self._class(name, None)
        if found is None or not isinstance(value, dict) or "fields" not in found[0]:
            return f"{value!r:.200}"
        fields = self._fields(*found)
        odd = [key for key in value if key not in fields]
        bad = [
            key
            for key, (field, of) in fields.items()
            if key in value and not self.fits(field, value[key], of)
        ]
        missing = [key for key, (field, _) in fields.items() if key not in value and field[:8] != "Optional"]
        return f"unknown {odd}, wrong {bad}, missing {missing}"

    def fits(self, kind, value, module=None, *, text=False):
        """Does a value have a type?"""
        return self._fits(ast.parse(kind, mode="eval").body, value, module, text)

    def _fits(self, node, value, module, text):
        if isinstance(node, ast.BinOp):
            return self._fits(node.left, value, module, text) or self._fits(node.right, value, module, text)
        if isinstance(node, ast.Subscript):
            return self._fits_generic(node, value, module, text)
        if isinstance(node, ast.Attribute):
            return self._fits_class(f"{node.value.id}.{node.attr}", value, module)
        if isinstance(node, ast.Constant):
            return value == node.value
        return self._fits_name(node.id, value, module, text)

    def _fits_generic(self, node, value, module, text):
        outer = node.value.id
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer == "Optional":
            return value is None or self._fits(parts[0], value, module, text)
        if outer == "Union":
            return any(self._fits(part, value, module, text) for part in parts)
        if outer in WRAPPERS:
            return self._fits(parts[0], value, module, text)
        if outer == "Literal":
            return value in [part.value for part in parts] or (
                text and value in [str(part.value) for part in parts]
            )
        if outer in LISTS:
            value = value.split(",") if text and isinstance(value, str) else value
            return isinstance(value, list) and all(self._fits(parts[0], one, module, text) for one in value)
        if outer == "Dict":
            return isinstance(value, dict)
        raise AssertionError(f"unknown generic {outer}")

    def _fits_name(self, name, value, module, text):
        if name in ANYTHING:
            return True
        if text and name in TEXTS:
            return bool(re.fullmatch(TEXTS[name], str(value)))
        if name in PLAIN:
            return isinstance(value, PLAIN[name]) and isinstance(value, bool) == (name == "bool")
        if name == "datetime":
            return isinstance(value, str) and bool(datetime.fromisoformat(value))
        return self._fits_class(name, value, module)

    def _fits_class(self, name, value, module):
        found = self._class(name, module)
        assert found is not None, f"the contract data do not describe {name}"
        described, home = found
        if "alias_of" in described:
            return self.fits(described["alias_of"], value, home)
        if not isinstance(value, dict):
            return False
        fields = self._fields(described, home)
        if any(key not in fields for key in value):
            return False
        params = home.endswith(("_param", "_params"))
        for key, (kind, of) in fields.items():
            if key not in value:
                needed = kind.startswith("Required") if params else not kind.startswith("Optional")
                if needed:
                    return False
            elif not self.fits(kind, value[key], of):
                return False
        return True

    def _fields(self, described, home):
        fields = {name: (field["type"], home) for name, field in described.get("fields", {}).items()}
        for base in described.get("bases") or []:
            found = self._class(base, None)
            fields = {**self._fields(*found), **fields}
        return fields

    def _class(self, name, module):
        if "." in name:
            home, name = name.rsplit(".", 1)
            homes = [key for key in self.modules if key.rsplit("/", 1)[-1] == home]
        else:
            homes = ([module] if module and name in self.modules[module] else []) + list(self.modules)
        return next(((self.modules[home][name], home) for home in homes if name in self.modules[home]), None)


def _query(request):
    given = {}
    for key, value in request.query_pairs:
        if "." in key:
            outer, inner = key.split(".", 1)
            given.setdefault(outer, {})[inner] = value
        elif key.endswith("[]") or (key in given and isinstance(given[key], str)):
            given[key.removesuffix("[]")] = ",".join(filter(None, [given.get(key), value]))
        else:
            given[key] = value
    return given


def _body(request):
    content_type = request.headers.get("content-type", "")
    if not request.body:
        return {}
    if content_type.startswith("application/json"):
        return request.json()
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.body, policy=email.policy.default)
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
        for part in message.iter_parts()
    }
