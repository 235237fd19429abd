"""The typed facade: the only way the core asks plugins anything.

It joins lists in the order of `ez.plugins`, checks what comes back, isolates and times announcements, and
lets `before` and `adjust` fail the operation.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ezcore.kernel.errors import Refused
from ezcore.plugin_api.ports.certificates import CertificateAuthority, CertificateTarget
from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.ui.slots import Contributor
from ezcore.plugin_api.values import Action, InvoiceDraft, InvoiceNote, ProductKind
from ezcore.plugin_host.errors import PluginAsleep, PluginFailed
from ezcore.plugin_host.health import Health
from ezcore.plugin_host.hook_table import HookTable, Implementation
from ezcore.plugin_host.registered import Registered

log = logging.getLogger(__name__)

T = TypeVar("T")
SLOW_SECONDS = 2.0


@dataclass
class Timing:
    """How long a plugin takes in one of its announcements, in seconds; for the metrics page."""

    calls: int = 0
    failures: int = 0
    total: float = 0.0
    worst: float = 0.0


class HookFacade:
    """Implements `plugin_api.protocols.Hooks`. With `only`, it speaks to one plugin, aloud."""

    def __init__(
        self,
        table: HookTable,
        health: Health,
        registered: Registered,
        timings: dict[tuple[str, str], Timing],
        only: str | None = None,
    ) -> None:
        self._table = table
        self._health = health
        self._registered = registered
        self._timings = timings
        self._only = only

    def register_gateways(self) -> Sequence[Gateway]:
        """Every gateway that was brought at start-up."""
        return self._registered.items("ez_register_gateways", Gateway)

    def register_provisioning_modules(self) -> Sequence[ProvisioningModule]:
        """Every provisioning module that was brought at start-up."""
        return self._registered.items("ez_register_provisioning_modules", ProvisioningModule)  # type: ignore[type-abstract]

    def register_webhook_sources(self) -> Sequence[WebhookSource]:
        """Every webhook source that was brought at start-up."""
        return self._registered.items("ez_register_webhook_sources", WebhookSource)  # type: ignore[type-abstract]

    def register_registrars(self) -> Sequence[Registrar]:
        """Every registrar that was brought at start-up."""
        return self._registered.items("ez_register_registrars", Registrar)  # type: ignore[type-abstract]

    def register_dns_providers(self) -> Sequence[DnsProvider]:
        """Every DNS provider that was brought at start-up."""
        return self._registered.items("ez_register_dns_providers", DnsProvider)  # type: ignore[type-abstract]

    def register_certificate_authorities(self) -> Sequence[CertificateAuthority]:
        """Every certificate authority that was brought at start-up."""
        return self._registered.items("ez_register_certificate_authorities", CertificateAuthority)  # type: ignore[type-abstract]

    def register_certificate_targets(self) -> Sequence[CertificateTarget]:
        """Every certificate target that was brought at start-up."""
        return self._registered.items("ez_register_certificate_targets", CertificateTarget)  # type: ignore[type-abstract]

    def register_helpdesks(self) -> Sequence[Helpdesk]:
        """Every help desk that was brought at start-up."""
        return self._registered.items("ez_register_helpdesks", Helpdesk)  # type: ignore[type-abstract]

    def register_product_kinds(self) -> Sequence[ProductKind]:
        """Every kind of product that was brought at start-up."""
        return self._registered.items("ez_register_product_kinds", ProductKind)

    def register_ui(self) -> Sequence[Contributor]:
        """Everybody who fills a slot of pages."""
        return self._registered.items("ez_register_ui", Contributor)

    def before_action(self, action: Action) -> None:
        """Ask whether a lifecycle action may be queued. Raises: Refused, PluginFailed."""
        for one in self._awake("ez_before_action"):
            _ask(one, "ez_before_action", (action,))

    def adjust_invoice_notes(self, invoices: Sequence[InvoiceDraft]) -> Sequence[Sequence[InvoiceNote]]:
        """Collect the notes printed on each invoice of a batch. Raises: Refused, PluginFailed."""
        hook = "ez_adjust_invoice_notes"
        joined: list[list[InvoiceNote]] = [[] for _ in invoices]
        for one in self._awake(hook):
            answer = checked(one.plugin, hook, Sequence, _ask(one, hook, (invoices,)))  # type: ignore[type-abstract]
            if len(answer) != len(invoices):
                what = f"it must return notes for {len(invoices)} invoices, not for {len(answer)}"
                raise PluginFailed(one.plugin, hook, what)
            for notes, more in zip(joined, answer, strict=True):
                notes.extend(checked(one.plugin, hook, InvoiceNote, more))
        return joined

    def on_action_done(self, action: Action) -> None:
        """Announce that a lifecycle action was completed."""
        self._announce("ez_on_action_done", (action,))

    def on_action_failed(self, action: Action, cause: str) -> None:
        """Announce that a lifecycle action was given up."""
        self._announce("ez_on_action_failed", (action, cause))

    def _awake(self, hook: str) -> Sequence[Implementation]:
        row = self._table.row(hook)
        if not row:
            return row
        return [
            one for one in row if not self._health.is_paused(one.plugin) and self._only in (None, one.plugin)
        ]

    def _announce(self, hook: str, args: tuple[Any, ...]) -> None:
        for one in self._table.row(hook):
            if self._only is None:
                self._tell_quietly(one, hook, args)
            elif one.plugin == self._only:
                self._tell(one, hook, args)

    def _tell_quietly(self, one: Implementation, hook: str, args: tuple[Any, ...]) -> None:
        try:
            self._tell(one, hook, args)
        except PluginAsleep:
            log.info("plugin %s is asleep and does not hear %s", one.plugin, hook)
        except Exception:  # noqa: BLE001 - logged and counted by _tell; the others still run
            return

    def _tell(self, one: Implementation, hook: str, args: tuple[Any, ...]) -> None:
        if self._health.is_silent(one.plugin):
            raise PluginAsleep(f"plugin {one.plugin} is suspended or paused; {hook} waits")
        timing = self._timings.setdefault((one.plugin, hook), Timing())
        started = time.perf_counter()
        try:
            one.call(args)
        except Exception as error:
            timing.failures += 1
            self._health.failed(one.plugin, hook, error)
            raise
        finally:
            _note(timing, time.perf_counter() - started, one.plugin, hook)
        self._health.succeeded(one.plugin)


def checked(plugin: str, hook: str, item: type[T], answer: Any) -> Sequence[T]:
    """The answer, if it is a list or tuple of `item`. Raises: PluginFailed."""
    if not isinstance(answer, list | tuple):
        raise PluginFailed(plugin, hook, f"it must return a list of {item.__name__}, not {answer!r}")
    for one in answer:
        if not isinstance(one, item):
            raise PluginFailed(plugin, hook, f"it must return a list of {item.__name__}, not of {one!r}")
    return answer


def _ask(one: Implementation, hook: str, args: tuple[Any, ...]) -> Any:
    try:
        return one.call(args)
    except Refused:
        raise
    except Exception as error:
        log.exception("plugin %s failed in %s", one.plugin, hook)
        raise PluginFailed(one.plugin, hook, f"{type(error).__name__}: {error}") from error


def _note(timing: Timing, seconds: float, plugin: str, hook: str) -> None:
    timing.calls += 1
    timing.total += seconds
    timing.worst = max(timing.worst, seconds)
    if seconds > SLOW_SECONDS:
        log.warning("plugin %s took %.1f s in %s", plugin, seconds, hook)
