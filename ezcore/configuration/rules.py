"""Which settings staff may change at run time, and what every setting is called, worth, and fixed by. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from ezcore.settings import SECTIONS, Settings, env_name

CHANGEABLE: Final = (
    "shop.name", "shop.company", "shop.address",
    "billing.lead_days", "billing.due_days", "billing.quote_days", "billing.pay_link_days",
    "dunning.reminder_days", "dunning.reminder_days_before", "dunning.suspend_after_days",
    "dunning.terminate_after_days",
    "automation.unpaid_order_days",
    "support.close_after_days", "support.escalate_after_hours",
    "mail.sender",
)  # fmt: skip
"""Read anew by every unit of work, so that a change needs no restart. What is read once at the start is not here."""
FIXED: Final = ("environment", "ini")
MASK: Final = "••••••••"


@dataclass(frozen=True)
class Known:
    """One setting as it is in force. A secret's `value` is masked; `source` as in `Settings.sources`."""

    key: str
    label: str
    note: str
    value: str
    source: str
    variable: str
    secret: bool

    @property
    def section(self) -> str:
        """The part before the dot."""
        return self.key.partition(".")[0]

    @property
    def ini(self) -> str:
        """What it is called in the ini."""
        return f"ez.{self.key}"

    @property
    def is_changeable(self) -> bool:
        """May staff change it now? Not what the ini or the environment decides."""
        return self.key in CHANGEABLE and self.source not in FIXED

    def has(self, words: str) -> bool:
        """Is every word of a search in its names, help, source or value? A secret's value is not looked at."""
        text = f"{self.label} {self.note} {self.ini} {self.variable} {self.source} {self.value}".casefold()
        return all(word in text for word in words.casefold().split())


def every_setting(settings: Settings) -> Iterator[Known]:
    """All of them, in the order of the sections."""
    for section, model in SECTIONS.items():
        for name, info in model.model_fields.items():
            key = f"{section}.{name}"
            yield Known(
                key,
                label_of(name),
                info.description or "",
                _shown(text_of(settings, key), secret=not info.repr),
                settings.sources.get(key, "default"),
                env_name(section, name),
                not info.repr,
            )


def label_of(name: str) -> str:
    """A field in words."""
    return name.replace("_", " ").capitalize()


def text_of(settings: Settings, key: str) -> str:
    """The value in force as it would be written in the ini. Secrets are not masked here."""
    section, _, name = key.partition(".")
    return _text(getattr(getattr(settings, section), name))


def default_of(key: str) -> str:
    """What holds when nobody says anything."""
    section, _, name = key.partition(".")
    return _text(SECTIONS[section].model_fields[name].default)


def is_fixed(settings: Settings, key: str) -> bool:
    """Does the ini or the environment decide it?"""
    return settings.sources.get(key) in FIXED


def what_is_wrong(settings: Settings, wanted: Mapping[str, str]) -> dict[str, str]:
    """By key, why a value cannot be: what the typed settings say of the section with the other values in force."""
    wrong: dict[str, str] = {}
    for section in dict.fromkeys(key.partition(".")[0] for key in wanted):
        model = SECTIONS[section]
        values = {name: text_of(settings, f"{section}.{name}") for name in model.model_fields}
        values |= {
            key.partition(".")[2]: text for key, text in wanted.items() if key.startswith(f"{section}.")
        }
        try:
            model.model_validate(values)
        except ValidationError as error:
            for one in error.errors():
                wrong[f"{section}.{one['loc'][0]}" if one["loc"] else next(iter(wanted))] = _sentence(
                    one["msg"]
                )
    needed = [
        key
        for key in ("shop.name", "shop.company", "mail.sender")
        if key in wanted and not wanted[key].strip()
    ]
    return wrong | dict.fromkeys(needed, "Write something here")


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")[:1].upper() + message.removeprefix("Value error, ")[1:]


def _shown(text: str, *, secret: bool) -> str:
    return (MASK if text else "") if secret else text


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
