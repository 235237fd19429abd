"""Which files of the repository the house rules speak about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ROOT / "ezcore"
PLUGINS = ROOT / "plugins"
_ELSEWHERE = {".venv", ".git", "var", "dist", "build", "node_modules", "__pycache__"}


def files(*suffixes: str, below: Path = ROOT) -> list[Path]:
    """Every file with one of these endings, without caches and environments."""
    found = [path for suffix in suffixes for path in below.rglob(f"*{suffix}")]
    return sorted(path for path in found if not _ELSEWHERE & set(path.relative_to(ROOT).parts))


def is_test(path: Path) -> bool:
    """True for tests, their fixtures and the conformance suites."""
    parts = path.relative_to(ROOT).parts
    return "tests" in parts or "testkit" in parts or path.name == "conftest.py"


def shown(path: Path) -> str:
    """The name of a file as people say it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The parsed source of a Python file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports absolutely: ``import a.b`` and ``from a import b``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
