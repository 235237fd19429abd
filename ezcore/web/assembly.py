"""Puts the web application together: policies, tweens, themes, areas, plugins' own pages."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from typing import Any

from pyramid.config import Configurator
from pyramid.tweens import EXCVIEW, INGRESS, MAIN

from ezcore.kernel.resources import find_tree
from ezcore.plugin_api.jobs import JobKind
from ezcore.plugin_host import PluginHost
from ezcore.web import admin, api, client, storefront, webhooks
from ezcore.web.shared import errors, flash, once_more, sessions
from ezcore.web.shared.rate import rate_limit
from ezcore.web.shared.rendering import ThemeRenderer
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.security import CsrfTokens, Policy, csrf_field_value
from ezcore.web.shared.theme_choice import Wardrobe, dress_of, static_answer
from ezcore.web.shared.views import include_area
from ezcore.work import Work

log = logging.getLogger(__name__)
MODES = ("light", "dark")


def assemble(
    work: Work, host: PluginHost, inbox_kind: JobKind, kinds: Mapping[str, JobKind] | None = None
) -> Any:
    """Build the application. Nothing is served that was not declared."""
    config = Configurator(request_factory=EzRequest)
    registry = config.registry
    registry["ez.work"], registry["ez.host"], registry["ez.inbox_kind"] = work, host, inbox_kind
    registry["ez.kinds"] = kinds or {}
    registry["ez.wardrobe"] = Wardrobe(work, host.templates(), host.static())
    registry["ez.locales"] = (find_tree("locale"), *host.locales())
    _policies(config)
    _request_methods(config)
    config.add_renderer(".pt", ThemeRenderer)
    config.add_route("static", "/static/{digest}/*name")
    config.add_view(
        static_answer, route_name="static", permission="public", request_method=("GET", "HEAD"),
    )  # fmt: skip
    for area in (storefront, client, admin, api, webhooks):
        config.include(area)
    _plugin_pages(config, host)
    config.include(errors)
    config.include(once_more)
    return config.make_wsgi_app()


def _policies(config: Any) -> None:
    config.set_security_policy(Policy())
    config.set_default_permission("deny-all")
    config.set_csrf_storage_policy(CsrfTokens())
    settings = config.registry["ez.work"].settings
    origins = [o.strip() for o in settings.security.csrf_trusted_origins.split(",") if o.strip()]
    config.registry.settings["pyramid.csrf_trusted_origins"] = origins
    config.set_default_csrf_options(require_csrf=True, check_origin=True, allow_no_origin=True)
    config.add_view_deriver(rate_limit, under="secured_view")
    here = "ezcore.web.shared.tweens."
    # From the outside in: headers on everything, then host, then readability, then the error pages, then the
    # unit of work: a view that raised has not returned, so nothing of it is kept when it becomes a page.
    outside = [here + name for name in ("security_headers", "allowed_hosts", "bad_input")]
    for name, under in zip(outside, (INGRESS, *outside), strict=False):
        config.add_tween(name, under=under, over=EXCVIEW)
    fresh = "ezcore.web.shared.fresh_settings.refreshed"
    config.add_tween(fresh, under=outside[-1], over=EXCVIEW)
    config.add_tween("ezcore.web.shared.tongues.speak", under=fresh, over=EXCVIEW)
    config.add_tween(here + "unit_of_work", under=EXCVIEW, over=MAIN)


def _request_methods(config: Any) -> None:
    registry = config.registry
    config.add_request_method(lambda request: request.ez_scope.open(), "uow", property=True)
    config.add_request_method(lambda _request: registry["ez.work"], "work", property=True)
    config.add_request_method(lambda _request: registry["ez.host"], "host_of_plugins", property=True)
    config.add_request_method(lambda _request: registry["ez.work"].settings, "settings", property=True)
    config.add_request_method(csrf_field_value, "csrf_field_value", reify=True)
    config.add_request_method(flash.flashes, "flashes", reify=True)
    config.add_request_method(_color_mode, "color_mode", reify=True)
    config.add_request_method(dress_of, "dress", reify=True)
    https = registry["ez.work"].settings.shop.site_url.startswith("https://")
    config.add_request_method(lambda _request: https, "is_https", property=True)
    config.include(sessions)
    config.add_request_method(registry["ez.identify"], "actor", reify=True)
    config.add_request_method(registry["ez.session_csrf"], "session_csrf", property=True)


def _color_mode(request: Any) -> str | None:
    mode = request.cookies.get("ez_mode")
    return mode if mode in MODES else None


def _plugin_pages(config: Any, host: PluginHost) -> None:
    for name, dotted in host.webs().items():
        try:
            include_area(config, importlib.import_module(dotted), plugin=name)
        except Exception:
            # A plugin whose pages are not whole loses its pages; the site stays up.
            log.exception("the pages of plugin %s are not registered", name)
