"""/admin/mailings/: one text to many clients: chosen, looked at, tried, approved, held and stopped here."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.countries import LANGUAGES, countries
from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.languages import say
from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.mailings import operations as mailings
from ezcore.messaging.mailings import queries
from ezcore.messaging.mailings.models import Mailing, MailingState
from ezcore.messaging.mailings.operations import Draft
from ezcore.messaging.mailings.printing import names_of, print_for
from ezcore.messaging.operations import queue_test
from ezcore.messaging.rules import Text
from ezcore.services.servers.models import Server
from ezcore.services.services.models import ServiceState
from ezcore.support.mailings import choosing
from ezcore.web.admin.messaging.text_forms import LABELS, TextForm, html_page, own_address
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

MAY: Final = "settings.manage"
FORM: Final = "admin/messaging/mailing_form.pt"
SHOWN: Final = 25
VERBS: Final = {"pause": mailings.pause, "go-on": mailings.go_on, "stop": mailings.stop}
DONE: Final = {"pause": "It is held", "go-on": "It goes on", "stop": "It is stopped"}


class MailingForm(TextForm):
    """Words and clients."""

    name: Annotated[str, Field(max_length=120)] = ""
    marketing: bool = False
    per_minute: int = 60
    product: str = ""
    server: str = ""
    service_state: str = ""
    country: str = ""
    language: str = ""

    def draft(self) -> Draft:
        """As the operation takes it. Raises: InvalidInput."""
        filters = choosing.checked({name: getattr(self, name) for name in choosing.FILTERS})
        return Draft(self.name, self.text, filters, self.marketing, self.per_minute)


@page("admin.mailings", "/admin/mailings/", permission=MAY, template="admin/messaging/mailings.pt")
def list_mailings(request: Any) -> dict[str, Any]:
    """Newest first."""
    zone, counts = request.settings.shop.time_zone, counted(request, Mailing.state)
    query = select(Mailing).order_by(Mailing.id.desc())
    if request.GET.get("state") in counts:
        query = query.where(Mailing.state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        one = found[0]
        kind = say("Marketing") if one.marketing else say("Service notice")
        return [
            link(request, one.name, "admin.mailing", one.subject, id=one.id),
            badge(one.state),
            kind,
            moment(one.approved_at, zone),
        ]

    return listing(
        request,
        query,
        row,
        title="Mailings",
        lead="One text to many clients, once to each.",
        columns=(Column("Mailing"), Column("Status", "c-r"), Column("Kind"), Column("Approved")),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="Nobody was written to yet.",
    ).page()


@page("admin.mailing.new", "/admin/mailings/new/", permission=MAY, template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form; filters of the address are chosen already."""
    chosen = {name: request.GET.get(name, "") for name in choosing.FILTERS}
    return _form(request, Form(values={"per_minute": 60, **chosen}), None)


@page(
    "admin.mailing.new", "/admin/mailings/new/", method="POST", permission=MAY, audit="mailing.write",
    template=FORM,
)  # fmt: skip
def add(request: Any) -> Any:
    """Keep it as a draft."""
    return _saved(request, None)


@page("admin.mailing.edit", "/admin/mailings/{id}/edit/", permission=MAY, template=FORM)
def edit(request: Any) -> Any:
    """Other words or clients, before it is approved."""
    mailing = queries.by_id(request.uow, path_id(request))
    names = ("name", "marketing", "per_minute", "subject", "body", "html")
    values = {name: getattr(mailing, name) for name in names} | dict(mailing.filters)
    return _form(request, Form(values=values), mailing)


@page(
    "admin.mailing.edit", "/admin/mailings/{id}/edit/", method="POST", permission=MAY, audit="mailing.write",
    template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Change the draft."""
    return _saved(request, queries.by_id(request.uow, path_id(request)))


@page(
    "admin.mailing", "/admin/mailings/{id}/", permission=MAY, template="admin/messaging/mailing.pt",
)  # fmt: skip
def show(request: Any) -> dict[str, Any]:
    """Who gets it, how it reads for the first of them, how far it is."""
    mailing = queries.by_id(request.uow, path_id(request))
    draft = mailing.state == MailingState.DRAFT
    return {
        "mailing": mailing,
        "about": _about(request, mailing),
        "fitting": choosing.how_many(request.uow, mailing.filters) if draft else 0,
        "first": choosing.first(request.uow, mailing.filters, SHOWN) if draft else (),
        "counts": [] if draft else sorted(queries.counts(request.uow, mailing.id).items()),
        "preview": _printed(request, mailing),
        "status": kind_and_word,
    }


@page("admin.mailing.html", "/admin/mailings/{id}/html/", permission=MAY)
def show_html(request: Any) -> Any:
    """The HTML part alone."""
    printed = _printed(request, queries.by_id(request.uow, path_id(request)))
    return html_page(printed.html if printed else "")


@page(
    "admin.mailing.test", "/admin/mailings/{id}/test/", method="POST", permission=MAY, audit="mailing.test"
)  # fmt: skip
def test(request: Any) -> Any:
    """Send it to whoever asks, as the first client would get it."""
    mailing = queries.by_id(request.uow, path_id(request))
    printed = _printed(request, mailing)
    if printed is None:
        raise Refused("This text cannot be printed")
    sent = queue_test(request.uow, printed, "mailing", own_address(request))
    flash(request, "ok", f"Sent to {sent.recipient}")
    return _back(request, mailing)


@page(
    "admin.mailing.approve", "/admin/mailings/{id}/approve/", method="POST", permission=MAY,
    audit="mailing.approve",
)  # fmt: skip
def approve(request: Any) -> Any:
    """Send it. The count that was shown must still be the count."""
    mailing = queries.by_id(request.uow, path_id(request))
    fitting = choosing.how_many(request.uow, mailing.filters)
    if request.POST.get("clients") != str(fitting):
        flash(request, "bad", f"Meanwhile {fitting} clients fit. Look at them, then approve")
        return _back(request, mailing)
    sent = mailings.approve(request.uow, mailing, choosing.addressees(request.uow, mailing.filters))
    flash(request, "ok", f"It goes to {sent} clients, {mailing.per_minute} a minute")
    return _back(request, mailing)


@page(
    "admin.mailing.move", "/admin/mailings/{id}/{verb}/", method="POST", permission=MAY, audit="mailing.move"
)  # fmt: skip
def move(request: Any) -> Any:
    """Hold it, let it go on, or stop it."""
    verb = request.matchdict["verb"]
    if verb not in VERBS:
        raise NotFound("There is no such change")
    mailing = queries.by_id(request.uow, path_id(request))
    VERBS[verb](request.uow, mailing)
    flash(request, "ok", DONE[verb])
    return _back(request, mailing)


def _saved(request: Any, mailing: Mailing | None) -> Any:
    form = read_form(request, MailingForm)
    if form.is_valid:
        try:
            made = mailings.write(request.uow, form.checked().draft(), mailing)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Kept as a draft. Look at it, then approve it")
            return _back(request, made)
    request.response.status_code = 422
    return _form(request, form, mailing)


def _back(request: Any, mailing: Mailing) -> Any:
    return HTTPSeeOther(request.route_path("admin.mailing", id=mailing.id))


def _printed(request: Any, mailing: Mailing) -> Text | None:
    """As the first client gets it; with nobody's values where nobody fits."""
    found = next(iter(choosing.addressees(request.uow, mailing.filters, 1)), None)
    details, client_id = (found.details, found.client_id) if found else ({}, 0)
    try:
        return print_for(request.uow, mailing, details, client_id, found.language if found else "en")
    except BadTemplate:
        return None


def _about(request: Any, mailing: Mailing) -> list[str]:
    """The filters in words."""
    words, session = [], request.uow.session
    names = {"service_state": "service", "country": "country", "language": "language"}
    for name, model in (("product", Product), ("server", Server)):
        row = session.get(model, int(mailing.filters[name])) if name in mailing.filters else None
        words += [f"{name}: {row.name}"] if row is not None else []
    return words + [f"{names[key]}: {value}" for key, value in mailing.filters.items() if key in names]


def _form(request: Any, form: Form[Any], mailing: Mailing | None) -> dict[str, Any]:
    session = request.uow.session
    products = session.execute(select(Product.id, Product.name).order_by(Product.name))
    servers = session.execute(select(Server.id, Server.name).order_by(Server.name))
    return {
        "mailing": mailing,
        "choices": [
            ("product", "Has the product", [(str(number), name) for number, name in products]),
            ("server", "On the server", [(str(number), name) for number, name in servers]),
            ("service_state", "With a service that is", [(str(one), str(one)) for one in ServiceState]),
            ("country", "From", sorted(countries().items(), key=lambda one: one[1])),
            ("language", "Reads", list(LANGUAGES.items())),
        ],
        "places": sorted(names_of(marketing=True)),
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
