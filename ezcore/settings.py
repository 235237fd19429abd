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
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import EzError


class SettingsError(EzError):
    """Start-up stops: a setting is missing or wrong."""


class Section(BaseModel):
    """Parent of the sections; unknown names are refused so that a typing error is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def setting(default: Any, note: str, env: str | None = None, *, secret: bool = False, **rules: Any) -> Any:
    """A field with its note for docs/settings.md and, where it is not by rule, its environment variable.

    A `secret` is left out of every repr, so that it does not end in a log.
    """
    extra: dict[str, Any] | None = {"env": env} if env else None
    return Field(default=default, description=note, json_schema_extra=extra, repr=not secret, **rules)


class Shop(Section):
    """Who sells, where, in which time zone and currency."""

    name: str = setting("EZ Solutions", "Shop name, printed on pages, invoices and mails", max_length=80)
    company: str = setting("EZ Solutions OÜ", "Legal name on invoices", max_length=120)
    address: str = setting("", "Postal address on invoices, lines separated by ';'", max_length=400)
    site_url: str = setting(
        "http://127.0.0.1:6543", "Address of the site; every link is built from it", env="SITE_URL"
    )
    time_zone: str = setting("Europe/Tallinn", "Time zone of business dates (IANA name)")
    currency: str = setting("EUR", "Default currency (ISO 4217)")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError(f"there is no time zone {value!r}") from error
        return value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        try:
            return known_currency(value).code
        except EzError as error:
            raise ValueError(error.message) from error

    @field_validator("site_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")


# Hosts hand out all of these spellings; psycopg is the one PostgreSQL driver we ship.
DATABASES = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Database(Section):
    """Where the truth lives."""

    url: str = setting(
        "sqlite:///./var/ezcore.sqlite3",
        "Address of the database: sqlite:///file or postgresql://user:password@host/name",
        env="DATABASE_URL",
        secret=True,
    )
    pool_size: int = setting(10, "Connections kept per process (PostgreSQL)", ge=1, le=200)

    @field_validator("url")
    @classmethod
    def _our_driver(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in DATABASES:
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return f"{DATABASES[scheme]}://{rest}"


class Queue(Section):
    """The bell: Huey's storage."""

    storage: str = setting(
        "sqlite", "sqlite or redis; redis by itself where REDIS_URL is set", pattern="^(sqlite|redis)$"
    )
    file: str = setting("./var/queue.sqlite3", "Queue file when storage is sqlite")
    redis_url: str = setting(
        "redis://127.0.0.1:6379/0", "Redis or Valkey address", env="REDIS_URL", secret=True
    )
    name: str = setting("ezcore", "Queue name, to share one Redis among installations")


class Jobs(Section):
    """Durable work."""

    workers: int = setting(4, "Worker threads per worker process", ge=1, le=64)
    lease_seconds: float = setting(60.0, "How long a silent worker keeps a job", ge=1, le=3600)
    sweep_seconds: float = setting(5.0, "How often a worker looks for due work by itself", ge=0.2, le=60)
    keep_finished_days: int = setting(90, "Finished jobs and their logs are kept this long", ge=1)
    keep_webhook_bodies_days: int = setting(400, "Webhook bodies are kept this long", ge=30)


KEY_LENGTH = 32


class Security(Section):
    """Keys, hosts, sessions."""

    secret_keys: str = setting(
        "",
        "Comma separated; the first writes, all read; 32 characters each",
        env="EZ_SECRET_KEYS",
        secret=True,
    )
    debug: bool = setting(default=False, note="Development only: templates reload", env="EZ_DEBUG")
    allowed_hosts: str = setting(
        "", "Comma separated host names; empty: the host of SITE_URL", env="ALLOWED_HOSTS"
    )
    csrf_trusted_origins: str = setting("", "Comma separated origins", env="CSRF_TRUSTED_ORIGINS")
    session_hours: int = setting(12, "A login lasts this long", ge=1, le=720)

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        keys = [key.strip() for key in value.replace("\n", ",").split(",") if key.strip()]
        if any(len(key) < KEY_LENGTH for key in keys):
            raise ValueError(f"each key needs {KEY_LENGTH} characters or more")
        return ",".join(keys)


class Mail(Section):
    """How mail leaves the house."""

    transport: str = setting("sink", "sink (read it in the browser) or smtp", pattern="^(sink|smtp)$")
    host: str = setting("127.0.0.1", "SMTP host", env="EMAIL_HOST")
    port: int = setting(25, "SMTP port", env="EMAIL_PORT", ge=1, le=65535)
    user: str = setting("", "SMTP user", env="EMAIL_HOST_USER")
    password: str = setting("", "SMTP password", env="EMAIL_HOST_PASSWORD", secret=True)
    sender: str = setting("shop@example.test", "From address", env="DEFAULT_FROM_EMAIL")


class Billing(Section):
    """When invoices are made and due."""

    lead_days: int = setting(
        7, "Renewal invoices are issued this many days before the period starts", ge=0, le=60
    )
    due_days: int = setting(0, "Days from issue to due date of a first invoice", ge=0, le=90)
    number_format: str = setting("{year}-{number:05d}", "How an invoice number is printed")
    charge_days_before: int = setting(
        1, "Stored methods are charged this many days before the due date", ge=0, le=30
    )
    run_guard_days: int = setting(1, "A run dated further ahead of the wall clock is refused", ge=0, le=366)


class Dunning(Section):
    """What happens to those who do not pay. Empty or 0 for terminate means never."""

    reminder_days: str = setting("1,3", "Reminders this many days after the due date, comma separated")
    suspend_after_days: int = setting(5, "Suspend this many days after the due date", ge=1, le=365)
    terminate_after_days: int = setting(
        30, "Terminate this many days after suspension; 0 is never", ge=0, le=3650
    )
    terminate_daily_cap: int = setting(20, "At most this many terminations for non-payment a day", ge=0)

    @field_validator("reminder_days")
    @classmethod
    def _numbers(cls, value: str) -> str:
        days = [part.strip() for part in value.split(",")] if value.strip() else []
        if any(not day.isascii() or not day.isdigit() for day in days):
            raise ValueError("needs whole numbers separated by commas, such as 1,3")
        return value

    @property
    def reminders(self) -> tuple[int, ...]:
        """Reminder days, rising."""
        return tuple(sorted(int(day) for day in self.reminder_days.split(",") if day.strip()))


SECTIONS: dict[str, type[Section]] = {
    "shop": Shop,
    "database": Database,
    "queue": Queue,
    "jobs": Jobs,
    "security": Security,
    "mail": Mail,
    "billing": Billing,
    "dunning": Dunning,
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
    plugins: tuple[str, ...] = ()
    theme: str = "base"
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
        theme=ini.get("ez.theme", "base"),
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
    known |= {"ez.plugins", "ez.theme", "ez.state_dir"}
    for key in ini:
        if key.startswith("ez.") and key not in known:
            raise SettingsError(f"the ini names {key}, which is not a setting; see docs/settings.md")
