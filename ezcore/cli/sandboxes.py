"""The demo's third child: every vendor sandbox in one process, as its plan file says."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from ezcore.cli.configured import set_up_logging
from ezcore.plugin_api.sandbox import SandboxOptions, SandboxSpec, serve
from ezcore.plugin_api.sandbox.tls import server_context
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.tasks.lifeline import exit_when_parent_dies

log = logging.getLogger(__name__)


def specs(names: list[str]) -> dict[str, SandboxSpec]:
    """The sandboxes that these plugins ship."""
    found: dict[str, SandboxSpec] = {}
    for plugin in installed_plugins():
        spec = plugin.load().sandbox() if plugin.name in names else None
        if spec is not None:
            found[plugin.name] = spec
    return found


def main() -> int:
    """Serve the sandboxes of the plan until TERM or the end of the supervisor."""
    set_up_logging()
    plan: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    exit_when_parent_dies(0)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    servers = []
    for name, spec in specs(list(plan)).items():
        entry = plan[name]
        folder = Path(entry["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        options = SandboxOptions(
            webhook_url=entry.get("webhook_url"),
            webhook_secret=entry.get("webhook_secret"),
            extra=entry["extra"],
        )
        context = server_context(Path(entry["ca_folder"])) if spec.tls else None
        servers.append(serve(spec.make(folder, options), port=entry["port"], ssl_context=context))
        log.info("sandbox of %s at %s", name, servers[-1].address)
    over.wait()
    for server in servers:
        server.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
