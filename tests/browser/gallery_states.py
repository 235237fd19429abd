"""States that no link leads to: lists with nothing in them, forms sent off empty, words of a longer language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from playwright.sync_api import Page

Take = Callable[[Page, str], None]

# A client who has only just signed up.
EMPTY: Final = (
    "/dashboard/", "/dashboard/services/", "/dashboard/domains/", "/dashboard/certificates/", "/billing/",
    "/billing/quotes/", "/billing/credit/", "/billing/methods/", "/tickets/", "/account/api-keys/", "/cart/",
)  # fmt: skip
FORMS: Final = {
    "visitor": ("/accounts/signup/", "/accounts/login/", "/contact/"),
    "client": ("/account/profile/", "/account/people/", "/account/email/", "/tickets/new/"),
    "staff": (
        "/admin/clients/new/", "/admin/products/new/", "/admin/promotions/new/", "/admin/drafts/new/",
        "/admin/quotes/new/", "/admin/taxes/new/", "/admin/tlds/new/", "/admin/mailings/new/",
        "/admin/content/announcements/new/", "/admin/content/articles/new/", "/admin/content/network/new/",
        "/admin/support/departments/", "/admin/staff/", "/admin/billable/",
    ),
}  # fmt: skip
LONGER: Final = {
    "visitor": ("/", "/pricing/", "/domains/search/", "/help/", "/status/", "/contact/"),
    "client": (
        "/dashboard/", "/dashboard/services/", "/dashboard/domains/", "/billing/", "/billing/methods/", "/tickets/",
        "/tickets/new/", "/cart/", "/account/security/", "/account/privacy/",
    ),
    "staff": (
        "/admin/", "/admin/clients/", "/admin/orders/", "/admin/services/", "/admin/invoices/", "/admin/tickets/",
        "/admin/jobs/", "/admin/automation/", "/admin/reports/revenue/", "/admin/settings/", "/admin/health/",
        "/admin/keyboard/", "/admin/themes/",
    ),
}  # fmt: skip
_EMPTY_AND_SEND: Final = """() => {
    const forms = [...document.querySelectorAll("main form[method=post]")];
    const form = forms.find((one) => one.querySelector("input.input, textarea.input"));
    for (const field of form.querySelectorAll("input.input, textarea.input")) field.value = "";
    form.noValidate = true;
    (form.querySelector("button:not([formaction]):not([name])") ?? form.querySelector("button")).click();
}"""


def take_empty(page: Page, address: str, take: Take) -> None:
    """Pages on which nothing stands yet."""
    for path in EMPTY:
        page.goto(address + path)
        take(page, "empty" + _name(path))


def take_errors(page: Page, address: str, paths: Iterable[str], take: Take) -> None:
    """Each form sent off with nothing in it: the summary, and the words at the fields."""
    for path in paths:
        page.goto(address + path)
        with page.expect_navigation():
            page.evaluate(_EMPTY_AND_SEND)
        if page.locator(".summary-error, .error").count():
            take(page, "error" + _name(path))


def take_longer(page: Page, address: str, paths: Iterable[str], take: Take) -> None:
    """In German, whose words need about a third more room; the language is English again afterwards."""
    _speak(page, address, "de")
    for path in paths:
        page.goto(address + path)
        take(page, "long" + _name(path))
    _speak(page, address, "en")


def _speak(page: Page, address: str, language: str) -> None:
    """Who is logged in reads the language of the profile, everybody else that of the cookie."""
    page.context.add_cookies([{"name": "ez_lang", "value": language, "url": address}])
    answer = page.goto(address + "/account/profile/")
    if answer is not None and answer.ok and page.locator("select#language").count():
        page.locator("select#language").select_option(language)
        with page.expect_navigation():
            page.locator("main form[method=post]:has(#language) button.primary").click()


def _name(path: str) -> str:
    return "-home" if path == "/" else "-" + path.strip("/").replace("/", "-")
