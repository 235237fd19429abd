"""/admin/mail-texts/: every mail the shop sends, and staff's own words for it."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.countries import LANGUAGES
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.messaging.operations import queue_test
from ezcore.messaging.printing import theme_text
from ezcore.messaging.rules import Text, fill_parts
from ezcore.messaging.templates import DEFAULT_LANGUAGE
from ezcore.messaging.texts import operations as texts
from ezcore.messaging.texts import queries
from ezcore.messaging.texts.contract import mail_kind, mail_kinds
from ezcore.messaging.texts.models import MailText
from ezcore.messaging.texts.operations import Where
from ezcore.web.admin.messaging.text_forms import LABELS, TextForm, html_page, own_address
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

MAY: Final = "settings.manage"
EDITOR: Final = "admin/messaging/text.pt"
ONE: Final = "/admin/mail-texts/{name}/{language}/"


@page("admin.mail_texts", "/admin/mail-texts/", permission=MAY, template="admin/messaging/texts.pt")
def list_texts(request: Any) -> dict[str, Any]:
    """Every mail; whose words it has in each language."""
    asked = request.GET.get("language", DEFAULT_LANGUAGE)
    chosen = asked if asked in LANGUAGES else DEFAULT_LANGUAGE
    return {
        "kinds": list(mail_kinds().values()),
        "language": chosen,
        "tabs": [
            (words, f"{request.path}?language={one}", one == chosen) for one, words in LANGUAGES.items()
        ],
        "written": queries.all_in_use(request.uow),
    }


@page("admin.mail_text", ONE, permission=MAY, template=EDITOR)
def show(request: Any) -> dict[str, Any]:
    """The words that are in use, to be changed."""
    where = _where(request)
    newest = queries.newest(request.uow, where.kind.name, where.language)
    text = _standing(request, where, newest)
    values = {"subject": text.subject, "body": text.body, "html": text.html}
    return _page(request, where, Form(values=values), newest)


@page("admin.mail_text", ONE, method="POST", permission=MAY, audit="mail_text.change", template=EDITOR)
def save(request: Any) -> Any:
    """Use these words from now on."""
    where, form = _where(request), read_form(request, TextForm)
    if form.is_valid:
        typed = form.checked()
        try:
            made = texts.save(request.uow, where, typed.text, based_on=typed.version)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"Version {made.version} is in use")
            return _back(request, where)
    request.response.status_code = 422
    return _page(request, where, form)


@page(
    "admin.mail_text.preview", f"{ONE}preview/", method="POST", permission=MAY,
    audit="none: nothing is kept", template=EDITOR,
)  # fmt: skip
def preview(request: Any) -> dict[str, Any]:
    """How the typed words read, with sample values."""
    where, form = _where(request), read_form(request, TextForm)
    printed = _printed(request, where, form)
    return _page(request, where, form) | {"preview": printed}


@page("admin.mail_text.html", f"{ONE}html/", method="POST", permission=MAY, audit="none: nothing is kept")
def preview_html(request: Any) -> Any:
    """The HTML part alone."""
    where, form = _where(request), read_form(request, TextForm)
    printed = _printed(request, where, form)
    return html_page(printed.html if printed else "<p>This text cannot be printed: save it to read why.</p>")


@page(
    "admin.mail_text.test", f"{ONE}test/", method="POST", permission=MAY, audit="mail_text.test",
    template=EDITOR,
)  # fmt: skip
def test(request: Any) -> Any:
    """Send the typed words to whoever typed them."""
    where, form = _where(request), read_form(request, TextForm)
    printed = _printed(request, where, form)
    if printed is not None:
        mail = queue_test(request.uow, printed, where.kind.name, own_address(request))
        flash(request, "ok", f"Sent to {mail.recipient}")
    return _page(request, where, form) | {"preview": printed}


@page("admin.mail_text.theme", f"{ONE}theme/", method="POST", permission=MAY, audit="mail_text.change")
def back_to_theme(request: Any) -> Any:
    """Use the theme's words again."""
    where, form = _where(request), read_form(request, TextForm)
    _try(request, lambda: texts.use_theme(request.uow, where, based_on=form.checked().version))
    return _back(request, where)


@page(
    "admin.mail_text.version", f"{ONE}versions/{{id}}/", permission=MAY,
    template="admin/messaging/text_version.pt",
)  # fmt: skip
def show_version(request: Any) -> dict[str, Any]:
    """One version, and what is different in the words that are in use now."""
    where = _where(request)
    old = queries.version(request.uow, where.kind.name, where.language, path_id(request))
    newest = queries.newest(request.uow, where.kind.name, where.language)
    was, now = _standing(request, where, old), _standing(request, where, newest)
    return {
        "where": where,
        "old": old,
        "was": was,
        "newest": newest,
        "changes": _difference(was, now, f"version {old.version}", "in use"),
    }


@page(
    "admin.mail_text.restore", f"{ONE}versions/{{id}}/restore/", method="POST", permission=MAY,
    audit="mail_text.change",
)  # fmt: skip
def restore(request: Any) -> Any:
    """Use an older version again."""
    where, form = _where(request), read_form(request, TextForm)
    old = queries.version(request.uow, where.kind.name, where.language, path_id(request))
    _try(request, lambda: texts.restore(request.uow, where, old, based_on=form.checked().version))
    return _back(request, where)


def _where(request: Any) -> Where:
    language = request.matchdict["language"]
    if language not in LANGUAGES:
        raise NotFound("The shop does not write in this language")
    return Where(mail_kind(request.matchdict["name"]), language)


def _standing(request: Any, where: Where, row: MailText | None) -> Text:
    if row is not None and not row.from_theme:
        return Text(row.subject, row.body, row.html)
    first, _, body = theme_text(request.uow, where.kind.name, where.language).partition("\n")
    return Text(first.removeprefix("Subject: "), body.lstrip("\n"))


def _printed(request: Any, where: Where, form: Form[TextForm]) -> Text | None:
    """The typed words with samples; None, and the form says why, when they cannot be printed."""
    if not form.is_valid:
        return None
    shop = request.settings.shop
    try:
        clean = texts.checked(form.checked().text, frozenset(where.kind.values))
    except InvalidInput as error:
        form.refuse(error)
        return None
    values = where.kind.samples(shop.name, shop.site_url)
    return fill_parts(clean, values, language=where.language, time_zone=shop.time_zone)


def _difference(was: Text, now: Text, *names: str) -> list[str]:
    lines: list[str] = []
    for part in ("subject", "body", "html"):
        old, new = getattr(was, part).splitlines(), getattr(now, part).splitlines()
        lines += unified_diff(old, new, f"{part}, {names[0]}", f"{part}, {names[1]}", lineterm="", n=2)
    return lines


def _try(request: Any, act: Any) -> None:
    try:
        made = act()
    except InvalidInput as error:
        flash(request, "bad", error.message)
    else:
        flash(request, "ok", f"Version {made.version} is in use")


def _back(request: Any, where: Where) -> Any:
    return HTTPSeeOther(request.route_path("admin.mail_text", name=where.kind.name, language=where.language))


def _page(request: Any, where: Where, form: Form[Any], newest: MailText | None = None) -> dict[str, Any]:
    versions = queries.versions(request.uow, where.kind.name, where.language)
    newest = newest or (versions[0] if versions else None)
    if form.errors:
        request.response.status_code = 422
    return {
        "where": where,
        "language": LANGUAGES[where.language],
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
        "places": sorted(where.kind.values),
        "newest": newest,
        "seen": form.value("version") or (newest.version if newest else 0),
        "own": newest is not None and not newest.from_theme,
        "versions": versions,
        "preview": None,
    }
