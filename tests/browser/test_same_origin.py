"""dangol under a path of the shop, behind a real nginx, in a real browser: all is the shop's own."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, expect
from tests.browser.trees import OPEN

CSP = "default-src 'self'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'"


def test_script_widget_and_cookie_are_the_shops_own(
    dangol: Any, front: Any, nginx: Any, context: BrowserContext
) -> None:
    nginx.serve(dangol.url, f"location / {{ proxy_pass {front.url}; }}")
    front.script = "/dg/v1/dangol.js"
    for path in ("/", "/other"):
        front.put(path, headers={"Content-Security-Policy": CSP})
    about = {"id": "testing", "key": "pk_testing", "name": "Testing", "origins": [nginx.url], "language": "en"}
    campaign = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
    dangol.apply({"site": about, "campaigns": [campaign]})
    context.add_init_script(OPEN)
    page = context.new_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(nginx.url)
    expect(page.locator("dangol-widget .dg-frame")).to_contain_text("Hello")
    assert {url for url in addresses if not url.startswith(("data:", nginx.url))} == set()
    assert [url for url in addresses if url.endswith(".css")]
    (cookie,) = context.cookies()
    assert (cookie["name"], cookie["domain"], cookie["httpOnly"]) == ("dg_testing", "127.0.0.1", True)
    assert cookie["sameSite"] == "Lax"
    with page.expect_response("**/dg/v1/events") as answered:
        page.goto(f"{nginx.url}/other")
    assert f"dg_testing={cookie['value']}" in answered.value.request.all_headers()["cookie"]
    assert "visitor" not in json.loads(answered.value.text())
    assert page.evaluate("surfaced") == []
