"""What import-linter cannot say about the floors: who reads the clock, and that no room escapes."""

from __future__ import annotations

import ast
import tomllib

from tests.unit.house.source_files import PLUGINS, ROOMS, ROOT, files, is_test, shown, tree

ABOVE = {
    "testkit",
    "cli",
    "simulation",
    "app",
    "worker",
    "reactions",
    "web",
    "tasks",
    "plugin_host",
    "plugin_api",
}
MACHINE_CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
MONEY = ("kernel/money.py", "kernel/allocation.py", "kernel/currency.py", "billing/", "catalog/")


def _contracts() -> dict[str, dict]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_room_below_the_web_is_in_the_contract_that_forbids_the_web():
    rooms = {f"ezcore.{path.parent.name}" for path in ROOMS.glob("*/__init__.py")}
    rooms |= {f"ezcore.{path.stem}" for path in ROOMS.glob("*.py") if path.stem != "__init__"}
    below = rooms - {f"ezcore.{room}" for room in ABOVE} - {"ezcore.__main__"}
    assert set(_contracts()["no-web-below-the-web"]["source_modules"]) == below


def test_only_the_clock_asks_the_machine_what_time_it_is():
    askers = []
    for path in [*files(".py", below=ROOMS), *files(".py", below=PLUGINS)]:
        if is_test(path) or shown(path) == "ezcore/kernel/clock.py":
            continue
        askers += [
            f"{shown(path)}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and (_name(node.value), node.attr) in MACHINE_CLOCK
        ]
    assert askers == []


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_float_comes_near_money():
    floats = []
    for path in files(".py", below=ROOMS):
        if not path.relative_to(ROOMS).as_posix().startswith(MONEY):
            continue
        for node in ast.walk(tree(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if literal or (isinstance(node, ast.Name) and node.id == "float"):
                floats.append(f"{shown(path)}:{node.lineno}")
    assert floats == []
