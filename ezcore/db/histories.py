"""Which migrations there are: one linear Alembic history and one version table per distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from ezcore.kernel.errors import EzError
from ezcore.kernel.resources import find_tree

CORE = "core"


class BrokenHistory(EzError):
    """A migration history is not one line: two people added a migration at once."""


@dataclass(frozen=True)
class History:
    """The migrations of the core or of one plugin; `folder` holds the dated files."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        """Where the applied revision is kept."""
        return f"ez_{self.name}_version"

    def config(self) -> Config:
        """Alembic's configuration, without an ini file."""
        config = Config()
        # A percent sign would be taken for an interpolation.
        config.set_main_option("path_separator", "newline")
        config.set_main_option("script_location", str(find_tree("migrations")).replace("%", "%%"))
        config.set_main_option("version_locations", str(self.folder).replace("%", "%%"))
        return config

    def head(self) -> str | None:
        """The newest revision; None when there is none. Raises: BrokenHistory."""
        heads = ScriptDirectory.from_config(self.config()).get_heads()
        if len(heads) > 1:
            raise BrokenHistory(f"the migrations of {self.name} have {len(heads)} ends: {', '.join(heads)}")
        return heads[0] if heads else None


def core_history() -> History:
    """The core's own."""
    return History(CORE, find_tree("migrations") / "versions")


def histories(plugins: Mapping[str, Path]) -> Iterator[History]:
    """The core first, then the plugins in the order given; a plugin's files may stand in `versions/`."""
    yield core_history()
    for name, folder in plugins.items():
        versions = folder / "versions"
        yield History(name, versions if versions.is_dir() else folder)
