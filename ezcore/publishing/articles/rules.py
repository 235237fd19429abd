"""What a search in the knowledge base looks for. No I/O."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_TERMS: Final = 8
LONGEST: Final = 120
_SHORTEST: Final = 2
_TELLING: Final = 3
_WORD: Final = re.compile(r"[\w.@-]+")
_SAYS_NOTHING: Final = (
    "and any are but can did for get had has her him his how its let may new not now off our out she the too "
    "use was who why you "
    "about after again also been cannot does dont from have help here into just know more need over please problem "
    "question some that their them then there they this want what when where which will with work working would your"
)
_EMPTY: Final = frozenset(_SAYS_NOTHING.split())


def fold(text: str) -> str:
    """Small letters without marks, in one line: `Õhtu` is found by `ohtu`."""
    parts = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in parts if not unicodedata.combining(char)).casefold().split())


def terms(typed: str) -> list[str]:
    """The words of a search; all of them must be there."""
    found = [word.strip(".-") for word in _WORD.findall(fold(typed[:LONGEST]))]
    return list(dict.fromkeys(word for word in found if len(word) >= _SHORTEST))[:MOST_TERMS]


def telling(subject: str) -> list[str]:
    """The words of a subject that say something; any of them may be there."""
    return [word for word in terms(subject) if len(word) >= _TELLING and word not in _EMPTY]


def pattern(term: str) -> str:
    """The term as a LIKE pattern with the escape character `/`, in which it means only itself."""
    plain = term.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{plain}%"
