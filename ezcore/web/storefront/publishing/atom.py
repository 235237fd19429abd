"""Announcements as an Atom feed. Only written, never read: nothing of anybody's XML is parsed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET  # nosec B405 - builds a document, parses none

from ezcore.publishing.announcements.models import Announcement
from ezcore.publishing.text import render
from ezcore.settings import Shop

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(shop: Shop, announcements: Sequence[Announcement], now: datetime) -> bytes:
    """The feed; `now` is when an empty one was made."""
    page = f"{shop.site_url}/announcements/"
    root = ET.Element(
        "feed", {"xmlns": _ATOM}
    )  # the registry of prefixes is everybody's: icons are drawn with it
    changed = max((_moved(one) for one in announcements), default=now)
    for name, text in (("id", page), ("title", f"News from {shop.name}"), ("updated", _stamp(changed))):
        _add(root, name, text)
    _add(root, "link", rel="self", href=f"{page}feed.xml")
    _add(root, "link", rel="alternate", href=page)
    _add(_add(root, "author"), "name", shop.company)
    for one in announcements:
        entry = _add(root, "entry")
        _add(entry, "id", f"{page}#{one.id}")
        _add(entry, "title", one.title)
        _add(entry, "updated", _stamp(_moved(one)))
        _add(entry, "published", _stamp(one.publish_at or one.changed_at))
        _add(entry, "link", rel="alternate", href=f"{page}{one.slug}/")
        _add(entry, "content", str(render(one.body)), type="html")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _moved(one: Announcement) -> datetime:
    """When a reader could first see what it says now."""
    return max(one.publish_at or one.changed_at, one.changed_at)


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name, attributes)
    made.text = _NOT_XML.sub("", text) or None
    return made
