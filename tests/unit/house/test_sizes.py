"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast

from tests.unit.house.source_files import files, is_test, shown, tree

FILE_LINES = 400
TEST_FILE_LINES = 600
FUNCTION_LINES = 50


def test_no_file_is_longer_than_its_limit():
    too_long = []
    for path in files(".py", ".js", ".css", ".pt"):
        length = len(path.read_text("utf-8").splitlines())
        if length > (TEST_FILE_LINES if is_test(path) else FILE_LINES):
            too_long.append(f"{shown(path)}: {length} lines")
    assert not too_long, "\n".join(too_long)


def test_no_function_is_longer_than_its_limit():
    too_long = []
    for path in files(".py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    too_long.append(f"{shown(path)}:{node.lineno} {node.name}: {length} lines")
    assert not too_long, "\n".join(too_long)
