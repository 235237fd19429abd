"""People recognise their own devices in the list of sessions."""

from __future__ import annotations

import pytest

from ezcore.web.storefront.accounts.devices import device

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Linux"),
        (f"{CHROME} Edg/156.0", "Edge on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        ("curl/8.5", "curl/8.5"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_is_named_by_browser_and_system(agent, words):
    assert device(agent) == words


def test_a_hostile_browser_name_is_text(ann, browser):
    browser.log_in()
    browser.extra_environ["HTTP_USER_AGENT"] = "<script>alert(1)</script>"
    browser.reset()
    browser.log_in()
    page = browser.get("/account/security/")
    assert "&lt;script&gt;alert(1)" in page
    assert not [tag for tag in page.html.find_all("script") if not tag.get("src")]
