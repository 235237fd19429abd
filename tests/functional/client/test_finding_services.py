"""The lists of a client hold years of things: tabs, a search and pages, each an address."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from ezcore.catalog.products.models import Product
from ezcore.services.services.models import Service, ServiceState
from ezcore.worker import drain
from tests.fixtures_shop import order


def _labels(page):
    return [cell.get_text(" ", strip=True).split(" ")[0] for cell in page.html.select("tbody th a")]


def _have(shop, ann, count):
    """So many services: the one that was ordered, copied."""
    order(ann)
    drain(shop)
    with shop.work.write() as uow:
        row = dict(uow.session.execute(select(Service.__table__)).mappings().one())
        del row["id"]
        copies = [
            row | {"order_line_id": None, "label": f"host-{number:02}.test", "reference": f"svc_{number:026}"}
            for number in range(1, count)
        ]
        uow.session.execute(insert(Service.__table__), copies)


def test_a_service_is_found_by_a_word_of_its_name_or_product(shop, as_client):
    ann = as_client()
    _have(shop, ann, 4)
    with shop.work.read() as uow:
        product = uow.session.query(Product).join(Service, Service.product_id == Product.id).first().name
    assert _labels(ann.get("/dashboard/services/?q=HOST-02")) == ["host-02.test"]
    assert len(_labels(ann.get("/dashboard/services/", {"q": product.lower()}))) == 4
    empty = ann.get("/dashboard/services/?q=nothing-like-it")
    assert _labels(empty) == []
    assert "No service is like that" in empty


def test_tabs_divide_by_what_can_be_done_with_them(shop, as_client):
    ann = as_client()
    _have(shop, ann, 4)
    with shop.work.write() as uow:
        for label, state in (
            ("host-01.test", ServiceState.SUSPENDED),
            ("host-02.test", ServiceState.TERMINATED),
        ):
            uow.session.execute(update(Service).where(Service.label == label).values(state=state))
    assert _labels(ann.get("/dashboard/services/?show=suspended")) == ["host-01.test"]
    assert _labels(ann.get("/dashboard/services/?show=over")) == ["host-02.test"]
    assert "host-02.test" not in _labels(ann.get("/dashboard/services/"))
    assert len(_labels(ann.get("/dashboard/services/?show=all"))) == 4
    assert "host-02.test" not in _labels(ann.get("/dashboard/services/?show=what"))


def test_a_hundred_services_are_pages_of_light_html(shop, as_client):
    ann = as_client()
    _have(shop, ann, 60)
    first = ann.get("/dashboard/services/")
    assert len(_labels(first)) == 25
    assert len(first.body) < 40_000
    assert len(_labels(first.click("Next"))) == 25
    assert len(_labels(ann.get("/dashboard/services/?page=3"))) == 10


def test_help_stands_on_the_first_screen(shop, as_client):
    ann = as_client()
    order(ann)
    page = ann.get("/dashboard/")
    card = page.html.find("section", attrs={"aria-labelledby": "help"})
    assert {link["href"] for link in card.find_all("a")} == {"/tickets/new/", "/help/", "/status/"}
    form = next(one for one in ann.get("/tickets/new/").forms.values() if "subject" in one.fields)
    form["subject"], form["message"] = "Where is my console?", "I look for it."
    form.submit(status=303)
    card = ann.get("/dashboard/").html.find("section", attrs={"aria-labelledby": "help"})
    assert "Where is my console?" in card.get_text()
