"""Builds commands and reads answers; XML from outside is read without entities, DTD or network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

NAMESPACES: Final = {
    "epp": "urn:ietf:params:xml:ns:epp-1.0",
    "domain": "urn:ietf:params:xml:ns:domain-1.0",
    "host": "urn:ietf:params:xml:ns:host-1.0",
    "contact": "urn:ietf:params:xml:ns:contact-1.0",
    "secDNS": "urn:ietf:params:xml:ns:secDNS-1.1",
    "rgp": "urn:ietf:params:xml:ns:rgp-1.0",
}
OBJECTS: Final = ("domain", "host", "contact")
EXTENSIONS: Final = ("secDNS", "rgp")
Node = Any


class OddXml(Exception):
    """What came is no XML that we read."""


def el(tag: str, *inside: Node | str | None, **attributes: str) -> Node:
    """An element `prefix:name`; texts and elements inside it, None left out."""
    prefix, _, name = tag.partition(":")
    made = etree.Element(f"{{{NAMESPACES[prefix]}}}{name}", nsmap={prefix: NAMESPACES[prefix]}, **attributes)
    for part in inside:
        if isinstance(part, str):
            made.text = part
        elif part is not None:
            made.append(part)
    return made


def frame(*inside: Node) -> bytes:
    """A whole message."""
    root = etree.Element(f"{{{NAMESPACES['epp']}}}epp", nsmap={None: NAMESPACES["epp"]})
    root.extend(inside)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def command(verb: Node, extension: Node | None, cltrid: str) -> bytes:
    """A command with its extension and our own number."""
    wrapped = el("epp:extension", extension) if extension is not None else None
    return frame(el("epp:command", verb, wrapped, el("epp:clTRID", cltrid)))


def read(body: bytes) -> Node:
    """The root of a message. Raises: OddXml."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise OddXml("not XML") from None
    if root.getroottree().docinfo.doctype or root.tag != f"{{{NAMESPACES['epp']}}}epp":
        raise OddXml("not EPP")
    return root


def one(node: Node, path: str) -> Node | None:
    """The first element on a path."""
    return None if node is None else node.find(path, NAMESPACES)


def every(node: Node, path: str) -> Iterable[Node]:
    """All elements on a path."""
    found: Iterable[Node] = [] if node is None else node.findall(path, NAMESPACES)
    return found


def text(node: Node, path: str) -> str:
    """The text of the first element on a path, or nothing."""
    found = one(node, path)
    return "" if found is None else (found.text or "").strip()


def local(node: Node) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(node).localname)
