"""The form of a server: our own card of it, and the settings its module asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.servers.models import Server, ServerGroup
from ezcore.services.servers.operations import ServerCard
from ezcore.web.shared.form_fields import Field as FormField
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import read_form, sentence

PREFIX: Final = "set-"
Area: Final[dict[str, Any]] = {"ui": {"widget": "textarea"}}


class Card(BaseModel):
    """What we keep about a server ourselves."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = Field(
        title="Name"
    )
    capacity: int | None = Field(
        None, title="Most accounts", description="Empty: no limit", ge=0, le=10_000_000
    )
    position: int = Field(0, title="Place in the order of filling", ge=0, le=100_000)
    maintenance: bool = Field(
        default=False, title="In maintenance", description="It gets no new accounts; what runs goes on"
    )
    active: bool = Field(default=True, title="In use")
    host_name: str = Field("", title="Host name", max_length=253)
    addresses: str = Field(
        "", title="IP addresses", description="One per line", max_length=2000, json_schema_extra=Area
    )
    location: str = Field("", title="Location", max_length=80)
    note: str = Field("", title="Note for staff", max_length=5000, json_schema_extra=Area)


@dataclass
class ServerForm:
    """What was typed, or stands; errors by field, those of settings with their prefix."""

    card: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    group: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    facts: ServerCard | None = None
    values: dict[str, Any] | None = None

    def card_fields(self) -> list[FormField]:
        """The fields of our card."""
        return fields_of(Card, self.card, self.errors)

    def settings_fields(self, model: type[BaseModel]) -> list[FormField]:
        """The fields that the module asks for."""
        mine = {
            name.removeprefix(PREFIX): words for name, words in self.errors.items() if name.startswith(PREFIX)
        }
        return fields_of(model, self.settings, mine)


def standing_form(server: Server) -> ServerForm:
    """The form as the row stands; secrets are never shown."""
    card = {name: getattr(server, name) for name in Card.model_fields}
    return ServerForm(card, dict(server.settings), str(server.group_id or ""))


def read_server_form(request: Any, module: ProvisioningModule | None, server: Server | None) -> ServerForm:
    """Read both parts. Settings that are left blank altogether mean: the plugin's own settings describe it."""
    card = read_form(request, Card)
    form = ServerForm(dict(card.values), {}, str(request.POST.get("group", ""))[:20], dict(card.errors))
    if card.model is not None:
        given = card.model.model_dump()
        form.facts = ServerCard(**given, group_id=_group(form))
    if module is not None:
        _read_settings(request, form, module, server)
    return form


def refuse(form: ServerForm, error: InvalidInput, model: type[BaseModel] | None) -> None:
    """Put an operation's refusal at the field it names."""
    name = error.field or "name"
    if model is not None and name in model.model_fields and name not in Card.model_fields:
        name = PREFIX + name
    form.errors[name] = sentence(error.message)


def groups_for(request: Any, module: str) -> list[ServerGroup]:
    """The groups that a server of this module may join."""
    query = select(ServerGroup).where(ServerGroup.module == module).order_by(ServerGroup.name)
    return list(request.uow.session.scalars(query))


def _group(form: ServerForm) -> int | None:
    if not form.group:
        return None
    if not (form.group.isascii() and form.group.isdigit() and len(form.group) < 10):  # noqa: PLR2004
        form.errors["group"] = "There is no such group"
        return None
    return int(form.group)


def _read_settings(request: Any, form: ServerForm, module: ProvisioningModule, server: Server | None) -> None:
    model = module.server_model
    typed = [str(request.POST.get(PREFIX + name, "")).strip() for name in model.model_fields]
    may_be_blank = module.default_server() is not None and (
        server is None or not (server.settings or server.sealed)
    )
    if may_be_blank and not any(typed):
        return
    standing: Mapping[str, Any] = dict.fromkeys(server.sealed, "stored") if server is not None else {}
    read = read_form(request, model, prefix=PREFIX, standing=_blank_secrets(request, standing))
    form.settings = dict(read.values)
    form.errors |= {PREFIX + name: words for name, words in read.errors.items()}
    if read.model is not None:
        form.values = {name: getattr(read.model, name) for name in type(read.model).model_fields}
        for name in standing:
            if not str(request.POST.get(PREFIX + name, "")).strip():
                form.values[name] = ""


def _blank_secrets(request: Any, standing: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: text for name, text in standing.items() if not str(request.POST.get(PREFIX + name, "")).strip()
    }
