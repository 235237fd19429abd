"""Who is billed and where: changed by those who may pay for the client."""

from __future__ import annotations

from ezcore.accounts.inputs import ProfileInput
from ezcore.accounts.models import Client
from ezcore.accounts.operations.tax import number_changed
from ezcore.accounts.queries import client_of, user_of
from ezcore.audit import operations as audit
from ezcore.work import UnitOfWork


def update_profile(uow: UnitOfWork, typed: ProfileInput) -> None:
    """Change the billing details of the actor's client. Issued invoices keep their own copy.

    Emits: TaxNumberChanged when the tax number is another one, or stands for another country.
    Raises: NotAllowed without ``client.billing``.
    """
    uow.actor.require("client.billing")
    client = client_of(uow, uow.actor)
    was_named = client.name
    write_profile(uow, client, typed)
    if client.name != was_named and not client.company:
        user_of(uow, uow.actor).name = typed.name


def write_profile(uow: UnitOfWork, client: Client, typed: ProfileInput) -> None:
    """Write every field that differs, with one line in the trail. Whoever calls has asked for the permission.

    Emits: TaxNumberChanged when the tax number is another one, or stands for another country.
    """
    changed = [name for name in type(typed).model_fields if getattr(client, name) != getattr(typed, name)]
    if not changed:
        return
    for name in changed:
        setattr(client, name, getattr(typed, name))
    if {"tax_number", "country"} & set(changed):
        number_changed(uow, client)
    uow.session.flush()
    # The trail names what changed, not the address itself: it cannot be erased later, the address can.
    audit.record(
        uow, "client.update", "client", client.id, client_id=client.id, after={"changed": sorted(changed)}
    )
