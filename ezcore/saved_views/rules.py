"""Pure rules of saved views: what a name and a query may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from ezcore.kernel.errors import InvalidInput

LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 1000
MOST_OF_ONE: Final = 20
"""So many views one member of staff keeps of one list."""
NO_FILTERS: Final = frozenset({"page", "view"})


def clean_name(text: str) -> str:
    """A name on one line. Raises: InvalidInput at `name`."""
    name = " ".join(text.split())
    if not name:
        raise InvalidInput("Give the view a name", field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidInput(f"A name has up to {LONGEST_NAME} characters", field="name")
    return name


def clean_query(text: str) -> str:
    """What a list is asked for, without the page it stands at. Raises: InvalidInput when nothing is left."""
    query = urlencode(sorted(asked(text).items()))
    if not query:
        raise InvalidInput("Choose a filter or an order first: this list shows everything", field="name")
    if len(query) > LONGEST_QUERY:
        raise InvalidInput("This list is asked for too much to be kept", field="name")
    return query


def asked(text: str) -> Mapping[str, str]:
    """The filters and the order of a query string."""
    return {name: value for name, value in parse_qsl(text) if name not in NO_FILTERS}
