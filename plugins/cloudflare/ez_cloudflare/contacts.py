"""Contacts of a domain name as Cloudflare wants them; they are always sent.

Without them the account's own default contact would become the registrant: the shop instead of its client.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.registrar import DomainContact, DomainContacts

PHONE: Final = re.compile(r"\+\d{1,3}\.\d{4,14}")


def sent(contacts: DomainContacts) -> dict[str, Any]:
    """The registrant and whoever else is named. Raises: PermanentFailure naming the field that is missing."""
    roles = {
        "registrant": contacts.registrant,
        "administrator": contacts.admin,
        "technical": contacts.tech,
        "billing": contacts.billing,
    }
    return {role: _person(contact) for role, contact in roles.items() if contact is not None}


def extensions(contacts: DomainContacts) -> dict[str, Any]:
    """What single registries ask for."""
    return dict(contacts.registrant.extra)


def _person(contact: DomainContact) -> dict[str, Any]:
    if not PHONE.fullmatch(contact.phone):
        raise PermanentFailure("the contact's phone is needed as +372.5123456")
    needed = {
        "name": contact.name,
        "city": contact.city,
        "postcode": contact.postcode,
        "country": contact.country,
    }
    for field, value in needed.items():
        if not value.strip():
            raise PermanentFailure(f"the contact's {field} is missing")
    if not any(line.strip() for line in contact.street):
        raise PermanentFailure("the contact's street is missing")
    postal: dict[str, Any] = {
        "name": contact.name,
        "address": {
            "street": ", ".join(line.strip() for line in contact.street if line.strip()),
            "city": contact.city,
            # Cloudflare requires a state; countries without states have their city stand in for it.
            "state": contact.state or contact.city,
            "postal_code": contact.postcode,
            "country_code": contact.country.upper(),
        },
    }
    if contact.organization:
        postal["organization"] = contact.organization
    return {"email": contact.email, "phone": contact.phone, "postal_info": postal}
