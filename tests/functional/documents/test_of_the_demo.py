"""Acceptance 8: a PDF from the running demo opens, and its XML extracts and is valid."""

from __future__ import annotations

import io
import re

import pytest
import requests
from facturx import get_facturx_xml_from_pdf
from pypdf import PdfReader

from tests.fixtures_demo import Demo, running_demo
from tests.unit.billing.documents.reading import cii_sums

CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
NUMBER = re.compile(r'href="/billing/invoices/([^/"]+)/"')


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """The demo with its client's year of history."""
    with running_demo(tmp_path_factory.mktemp("demo"), history=True, starts_in=600) as running:
        yield running


def client_of(demo: Demo) -> requests.Session:
    """The demo's client, logged in."""
    session = requests.Session()
    email, password = demo.logins["client"]
    form = session.get(f"{demo.address}/accounts/login/", timeout=30)
    token = CSRF.search(form.text)
    assert token
    told = {"csrf_token": token.group(1), "email": email, "password": password}
    entered = session.post(form.url, told, timeout=30)
    assert entered.ok
    return session


@pytest.mark.slow
def test_a_pdf_of_the_demo_opens_and_its_xml_is_valid(lived_in):
    session = client_of(lived_in)
    numbers = NUMBER.findall(session.get(f"{lived_in.address}/billing/?show=all", timeout=30).text)
    assert numbers
    for number in dict.fromkeys(numbers):
        answer = session.get(f"{lived_in.address}/billing/invoices/{number}/pdf/", timeout=60)
        assert answer.status_code == 200
        name, xml = get_facturx_xml_from_pdf(answer.content, check_xsd=True)
        assert name == "factur-x.xml"
        reader = PdfReader(io.BytesIO(answer.content))
        assert number in reader.pages[0].extract_text()
        total = f"{cii_sums(xml)['total']:.2f}"
        assert f"€{total}" in reader.pages[-1].extract_text()
