"""Contacts, hosts below the name (glue) and DNSSEC keys of a name."""

from __future__ import annotations

import re
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.domain_names.names import operations as names
from ezcore.domain_names.names.actions import offered
from ezcore.domain_names.names.contacts import ROLES, ContactForm, check_letters
from ezcore.domain_names.names.rules import parse_address, parse_host
from ezcore.domain_names.tlds import queries as tlds
from ezcore.kernel.errors import InvalidInput
from ezcore.web.client.domain_changes import ask
from ezcore.web.client.domains import DomainRow, limits_of, row_of, tabs
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import read_form, sentence
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

CONTACTS: Final = "client/domains/contacts.pt"
ADVANCED: Final = "client/domains/advanced.pt"
MOST: Final = 13
_DS_LIMITS: Final = (65_535, 255, 255)
"""Of key tag, algorithm and digest type (RFC 4034)."""
_DS: Final = re.compile(r"([0-9]{1,5})\s+([0-9]{1,3})\s+([0-9]{1,3})\s+([0-9a-fA-F\s]{40,200})")


@page(
    "client.domain.contacts", "/dashboard/domains/{id}/contacts/", permission="client.read", template=CONTACTS
)
def show_contacts(request: EzRequest) -> dict[str, Any]:
    """Who the registry says it belongs to."""
    row = row_of(request, request.uow)
    stored = row.domain.contacts.get("registrant") or {}
    return _contacts_page(request, row, vars(ContactForm.of(stored)) if stored else {}, {})


@page(
    "client.domain.contacts", "/dashboard/domains/{id}/contacts/", method="POST", permission="client.domains",
    template=CONTACTS, audit="domain.contacts",
)  # fmt: skip
def save_contacts(request: EzRequest) -> Any:
    """Tell the registry; the other contacts follow the owner unless they were set apart."""
    row = row_of(request, request.uow)
    form = read_form(request, ContactForm)
    if form.model is not None:
        tld = tlds.by_name(request.uow, row.domain.tld)
        contact = form.model.to_contact()
        try:
            if tld is None or tld.ascii_contacts:
                check_letters(contact)
        except InvalidInput as error:
            form.refuse(error)
        else:
            kept = {role: row.domain.contacts.get(role) for role in ROLES[1:]}
            contacts = {"registrant": contact.model_dump(mode="json")} | kept
            ask(request, row, "contacts", {"contacts": contacts})
            flash(request, "info", "The new address is on its way to the registry.")
            return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))
    request.response.status_code = 422
    return _contacts_page(request, row, form.values, form.errors)


@page(
    "client.domain.advanced", "/dashboard/domains/{id}/advanced/", permission="client.read", template=ADVANCED
)
def show_advanced(request: EzRequest) -> dict[str, Any]:
    """Hosts below the name and DNSSEC keys."""
    return _advanced_page(request, row_of(request, request.uow), {}, {})


@page(
    "client.domain.glue", "/dashboard/domains/{id}/glue/", method="POST", permission="client.domains",
    template=ADVANCED, audit="domain.glue",
)  # fmt: skip
def save_glue(request: EzRequest) -> Any:
    """Exactly these hosts: one per line, its addresses after it."""
    row = row_of(request, request.uow)
    text = _text(request, "hosts")
    try:
        hosts = read_glue(row.domain.name, text)
    except InvalidInput as error:
        request.response.status_code = 422
        return _advanced_page(request, row, {"hosts": sentence(error.message)}, {"hosts": text})
    ask(request, row, "glue", {"hosts": hosts})
    flash(request, "info", "The hosts are on their way to the registry.")
    return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))


@page(
    "client.domain.ds", "/dashboard/domains/{id}/ds/", method="POST", permission="client.domains",
    template=ADVANCED, audit="domain.ds",
)  # fmt: skip
def save_ds(request: EzRequest) -> Any:
    """Exactly these DS records, one per line; none takes DNSSEC off."""
    row = row_of(request, request.uow)
    text = _text(request, "ds")
    try:
        records = read_ds(text)
    except InvalidInput as error:
        request.response.status_code = 422
        return _advanced_page(request, row, {"ds": sentence(error.message)}, {"ds": text})
    ask(request, row, "ds", {"records": records})
    flash(request, "info", "The keys are on their way to the registry.")
    return HTTPSeeOther(request.route_path("client.domain", id=row.domain.id))


def read_glue(domain: str, text: str) -> list[dict[str, Any]]:
    """Hosts below the name with their addresses. Raises: InvalidInput(field="hosts")."""
    hosts: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        first, *addresses = line.split()
        name = parse_host(first, "hosts")
        if not name.endswith(f".{domain}"):
            raise InvalidInput(f"{name} is not below {domain}", field="hosts")
        if name in hosts or not addresses:
            words = "stands there twice" if name in hosts else "needs at least one address"
            raise InvalidInput(f"{name} {words}", field="hosts")
        hosts[name] = [parse_address(one, "hosts") for one in addresses]
    if len(hosts) > MOST:
        raise InvalidInput(f"at most {MOST} hosts", field="hosts")
    return [{"name": name, "addresses": addresses} for name, addresses in hosts.items()]


def read_ds(text: str) -> list[dict[str, Any]]:
    """DS records as `key-tag algorithm digest-type digest`. Raises: InvalidInput(field="ds")."""
    records = []
    for line in (one.strip() for one in text.splitlines() if one.strip()):
        found = _DS.fullmatch(line)
        digest = re.sub(r"\s", "", found[4]).lower() if found else ""
        fits = found and all(int(found[at]) <= most for at, most in enumerate(_DS_LIMITS, 1))
        if found is None or not fits or len(digest) % 2:
            raise InvalidInput(
                "write key tag, algorithm, digest type and digest, such as 2371 13 2 ab12...", field="ds"
            )
        records.append(
            {
                "key_tag": int(found[1]),
                "algorithm": int(found[2]),
                "digest_type": int(found[3]),
                "digest": digest,
            }
        )
    if len(records) > MOST:
        raise InvalidInput(f"at most {MOST} keys", field="ds")
    return records


def _contacts_page(
    request: EzRequest, row: DomainRow, values: dict[str, Any], errors: dict[str, str]
) -> dict[str, Any]:
    return _shared(request, row, "contacts", errors) | {
        "fields": fields_of(ContactForm, values, errors),
        "labels": {name: str(info.title) for name, info in ContactForm.model_fields.items()},
    }


def _advanced_page(
    request: EzRequest, row: DomainRow, errors: dict[str, str], typed: dict[str, str]
) -> dict[str, Any]:
    glue = "\n".join(" ".join([host["name"], *host["addresses"]]) for host in row.domain.glue)
    ds = "\n".join(
        f"{one['key_tag']} {one['algorithm']} {one['digest_type']} {one['digest']}" for one in row.domain.ds
    )
    return _shared(request, row, "advanced", errors) | {
        "hosts": typed.get("hosts", glue),
        "ds": typed.get("ds", ds),
    }


def _shared(request: EzRequest, row: DomainRow, tab: str, errors: dict[str, str]) -> dict[str, Any]:
    registrar = names.registrar_of(request.host_of_plugins.ports, row.domain)
    return {
        "row": row,
        "domain": row.domain,
        "can": offered(registrar, row.domain.state),
        "limits": limits_of(registrar),
        "tabs": tabs(request, row.domain, tab),
        "may_manage": request.actor.may("client.domains"),
        "errors": errors,
    }


def _text(request: EzRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:10_000]
