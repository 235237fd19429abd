"""Find the folders that travel with the code, in the repository and in an installed wheel.

``themes``, ``migrations`` and ``locale`` stand at the top of the repository; the wheel carries them as
``ezcore/_data``. Nothing else may look for them: this is the one function that knows both places.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ezcore.kernel.errors import EzError

_PACKAGE = Path(__file__).resolve().parent.parent


class TreeMissing(EzError):
    """A folder that ezcore needs was not installed with it."""


def find_tree(name: Literal["themes", "migrations", "locale"]) -> Path:
    """Where the folder is. Raises: TreeMissing."""
    for place in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise TreeMissing(f"the folder {name} is neither in the installed package nor beside it")
