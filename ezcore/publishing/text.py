"""The one way from what staff write (CommonMark) to markup that pages show. Nothing of it is ever a template.

Two locks, either of which is enough: the reader takes no raw HTML, and what comes out is cleaned against a closed list.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ezcore.kernel.errors import InvalidInput

LONGEST: Final = 60_000
"""Characters of one text: twenty printed pages. More is refused, because reading it costs every visitor's time."""
_DEEPEST: Final = 12
_TAGS: Final = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li",
    "a", "img",
}  # fmt: skip
_ATTRIBUTES: Final = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES: Final = {"http", "https", "mailto"}
_REL: Final = "nofollow noopener noreferrer"


def check(text: str, field: str = "body") -> str:
    """The text with its outer space and odd line ends gone. Raises: InvalidInput at `field`."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not clean:
        raise InvalidInput("Write something", field=field)
    if len(clean) > LONGEST:
        raise InvalidInput(f"This is longer than {LONGEST} characters; part it in two", field=field)
    return clean


def render(text: str) -> Markup:
    """CommonMark as clean markup; headings begin at h2 and skip no level.

    Raises: InvalidInput for one that `check` refuses.
    """
    if len(text) > LONGEST:
        raise InvalidInput(f"This is longer than {LONGEST} characters; part it in two", field="body")
    return _rendered(text)


def plain(text: str) -> str:
    """The words alone, in one line: for feeds, summaries and searching. Raises: InvalidInput."""
    return " ".join(render(text).striptags().split())


@lru_cache(maxsize=256)
def _rendered(text: str) -> Markup:
    tokens = _reader().parse(text)
    _order_headings(tokens)
    clean = nh3.clean(
        str(_reader().renderer.render(tokens, _reader().options, {})),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel=_REL,
        strip_comments=True,
    )
    return Markup(clean)  # noqa: S704  # nosec B704 - cleaned in the line above; the tests are hostile


def _order_headings(tokens: Sequence[Token]) -> None:
    """The page's own title is the h1: these begin at h2 and skip no level, however they were written."""
    above: list[int] = []  # the levels, as written, of the headings under which we are
    for token in tokens:
        if token.type == "heading_open":
            written = int(token.tag[1])
            while above and above[-1] >= written:
                above.pop()
            above.append(written)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(above) + 1, 6)}"


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    reader.disable(["html_block", "html_inline"])
    reader.add_render_rule("image", _image)
    return reader


def _image(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """A picture of our own, or its words: pages load nothing from elsewhere."""
    token = tokens[at]
    words = renderer.renderInlineAsText(token.children or [], options, env)
    token.attrs["alt"] = words
    if _is_ours(str(token.attrs.get("src", ""))):
        return str(renderer.renderToken(tokens, at, options, env))
    return str(Markup.escape(words))


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("img", "src"):
        return value if _is_ours(value) else None
    return value


def _is_ours(address: str) -> bool:
    """A path of this site: not `//elsewhere`, nor what a browser reads as that."""
    odd = any(char <= " " or char in "\\\x7f" for char in address)
    return address.startswith("/") and not address.startswith("//") and not odd
