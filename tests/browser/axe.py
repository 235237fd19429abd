"""axe-core asked of a page as it stands: in a world of its own, so that the policies of the page stay as they are."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from playwright.sync_api import Page

# Only the file is taken from the package; nothing of its Python.
SOURCE = resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rule -> why it is not asked. Empty: every rule is asked.
LEFT_OUT: dict[str, str] = {}
ASK = """axe.run(document, %s).then((answer) => answer.violations.map((one) =>
  `${one.id} (${one.impact}): ` + one.nodes.slice(0, 3).map((node) =>
    `${node.html.slice(0, 140)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`).join(" | ")
  + ` [${one.nodes.length}]`))"""


def violations(page: Page) -> list[str]:
    """What axe-core has against the page that is open: rule, weight, the first three elements and how many."""
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        _evaluate(session, world["executionContextId"], SOURCE + ";0")
        options = {
            "runOnly": {"type": "tag", "values": TAGS},
            "rules": {rule: {"enabled": False} for rule in LEFT_OUT},
            "resultTypes": ["violations"],
            "preload": False,
        }
        found: list[str] = _evaluate(session, world["executionContextId"], ASK % json.dumps(options))
        return found
    finally:
        session.detach()


def _evaluate(session: Any, world: int, expression: str) -> Any:
    asked = {"expression": expression, "contextId": world, "awaitPromise": True, "returnByValue": True}
    answer = session.send("Runtime.evaluate", asked)
    if "exceptionDetails" in answer:
        raise AssertionError(f"axe stopped: {answer['exceptionDetails']}")
    return answer["result"].get("value")
