"""One typed settings object: environment (or NAME_FILE) > ini > database > default.

A wrong or missing value stops start-up with a sentence that names the setting and where it came from. Names
in the ini are `ez.<section>.<field>`; the variable is the seed's where it has one, else
`EZ_<SECTION>_<FIELD>`. `docs/settings.md` lists them all and is compared with this module by a test.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from ezcore.settings.automation import Automation
from ezcore.settings.billing import Billing, read_amounts
from ezcore.settings.certificates import Certificates
from ezcore.settings.doors import KEY_LENGTH, Mail, Security
from ezcore.settings.dunning import Dunning
from ezcore.settings.machine import Consoles, Database, Jobs, Queue
from ezcore.settings.section import Section, SettingsError
from ezcore.settings.shop import Shop
from ezcore.settings.support import Support
from ezcore.settings.tax import Tax
from ezcore.settings.themes import Themes

__all__ = [
    "KEY_LENGTH", "SECTIONS", "Automation", "Billing", "Certificates", "Consoles", "Database", "Dunning", "Jobs",
    "Mail", "Queue", "Section", "Security", "Settings", "SettingsError", "Shop", "Support", "Tax", "Themes", "env_name",
    "load", "lookup", "read_amounts", "read_ini",
]  # fmt: skip

SECTIONS: dict[str, type[Section]] = {
    "shop": Shop,
    "database": Database,
    "queue": Queue,
    "jobs": Jobs,
    "security": Security,
    "mail": Mail,
    "billing": Billing,
    "dunning": Dunning,
    "tax": Tax,
    "automation": Automation,
    "certificates": Certificates,
    "consoles": Consoles,
    "support": Support,
    "themes": Themes,
}


@dataclass(frozen=True)
class Settings:
    """Everything configured. `sources` tells per `section.field` where the value came from."""

    shop: Shop = field(default_factory=Shop)
    database: Database = field(default_factory=Database)
    queue: Queue = field(default_factory=Queue)
    jobs: Jobs = field(default_factory=Jobs)
    security: Security = field(default_factory=Security)
    mail: Mail = field(default_factory=Mail)
    billing: Billing = field(default_factory=Billing)
    dunning: Dunning = field(default_factory=Dunning)
    tax: Tax = field(default_factory=Tax)
    automation: Automation = field(default_factory=Automation)
    certificates: Certificates = field(default_factory=Certificates)
    consoles: Consoles = field(default_factory=Consoles)
    support: Support = field(default_factory=Support)
    themes: Themes = field(default_factory=Themes)
    plugins: tuple[str, ...] = ()
    state_dir: Path = Path("var")
    sources: Mapping[str, str] = field(default_factory=dict)
    ini: Mapping[str, str] = field(default_factory=dict, repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


def env_name(section: str, name: str) -> str:
    """The environment variable of a setting: the seed's name where it has one, else EZ_<SECTION>_<FIELD>."""
    extra = SECTIONS[section].model_fields[name].json_schema_extra
    given = extra.get("env") if isinstance(extra, dict) else None
    return str(given) if given else f"EZ_{section}_{name}".upper()


def read_ini(path: Path) -> dict[str, str]:
    """The `[app:main]` section of an ini file; `%(here)s` is the folder of the file."""
    parser = configparser.ConfigParser(defaults={"here": str(path.resolve().parent)})
    try:
        with path.open(encoding="utf-8") as handle:
            parser.read_file(handle)
        return dict(parser["app:main"])
    except FileNotFoundError as error:
        raise SettingsError(f"there is no configuration file {path}") from error
    except (configparser.Error, KeyError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error


def load(
    ini: Mapping[str, str],
    environ: Mapping[str, str] | None = None,
    stored: Mapping[str, str] | None = None,
) -> Settings:
    """Build the settings. `stored` are rows of the database, keyed `section.field`. Raises: SettingsError."""
    environ = os.environ if environ is None else environ
    sources: dict[str, str] = {}
    sections = {name: _section(name, ini, environ, stored or {}, sources) for name in SECTIONS}
    _refuse_unknown(ini)
    return Settings(
        **sections,  # type: ignore[arg-type]
        plugins=tuple(ini.get("ez.plugins", "").replace(",", " ").split()),
        state_dir=Path(ini.get("ez.state_dir", "var")),
        sources=sources,
        ini=dict(ini),
        environ=dict(environ),
    )


def lookup(environ: Mapping[str, str], name: str) -> str | None:
    """A value from NAME, or from the file that NAME_FILE points to. Raises: SettingsError."""
    if environ.get(name):
        return environ[name]
    file = environ.get(f"{name}_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{name}_FILE points to {file}, which cannot be read: {error.strerror}"
        ) from error


def _section(
    name: str,
    ini: Mapping[str, str],
    environ: Mapping[str, str],
    stored: Mapping[str, str],
    sources: dict[str, str],
) -> Section:
    values: dict[str, str] = {}
    for key in SECTIONS[name].model_fields:
        found = (
            ("environment", lookup(environ, env_name(name, key))),
            ("ini", ini.get(f"ez.{name}.{key}")),
            ("database", stored.get(f"{name}.{key}")),
        )
        source, value = next(((s, v) for s, v in found if v is not None), ("default", None))
        sources[f"{name}.{key}"] = source
        if value is not None:
            values[key] = value
    if name == "queue" and "redis_url" in values and "storage" not in values:
        # Who names a Redis means to use it.
        values["storage"], sources["queue.storage"] = "redis", sources["queue.redis_url"]
    try:
        return SECTIONS[name].model_validate(values)
    except ValidationError as error:
        raise SettingsError(_sentence(name, error, sources)) from error


def _sentence(section: str, error: ValidationError, sources: Mapping[str, str]) -> str:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "?"
    source = sources.get(f"{section}.{key}", "default")
    where = env_name(section, key) if source == "environment" else f"ez.{section}.{key}"
    return f"the setting {where} (from {source}) is wrong: {first['msg']}"


def _refuse_unknown(ini: Mapping[str, str]) -> None:
    known = {f"ez.{section}.{key}" for section, model in SECTIONS.items() for key in model.model_fields}
    known |= {"ez.plugins", "ez.state_dir"}
    for key in ini:
        if key.startswith("ez.") and key not in known:
            raise SettingsError(f"the ini names {key}, which is not a setting; see docs/settings.md")
