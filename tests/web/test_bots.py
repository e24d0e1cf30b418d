"""Robots are told from shoppers, and nothing of theirs counts."""

from typing import Any

import pytest
from loadtests.browser import DESKTOP, PHONE
from prometheus_client import REGISTRY

from dangol.web.bots import KINDS, OTHER, kind

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
PHONES = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918N; wv) AppleWebKit/537.36 Version/4.0 Chrome/130.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"

SHOPPERS = [
    "",
    DESKTOP,
    PHONE,
    CHROME,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Whale/3.28.266.14 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-A536N) AppleWebKit/537.36 SamsungBrowser/25.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; CUBOT X50) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
    f"{PHONES};KAKAOTALK 2410950",
    f"{PHONES} DaumApps/7.15.0 DaumDevice/mobile",
    f"{PHONES} [FB_IAB/FB4A;FBAV/436.0.0.35.101;]",
    f"{PHONES} BAND/12.0.1 (Android OS 11;)",
    f"{IPHONE} KAKAOTALK 11.2.0 (INAPP)",
    f"{IPHONE} NAVER(inapp; search; 1500; 12.7.3; 15PRO)",
    f"{IPHONE} Instagram 300.0.0.9.110 (iPhone14,3; iOS 16_6; ko_KR)",
    f"{IPHONE} Line/13.15.0/IAB",
]
ROBOTS = {
    "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)": "search-engine",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    " Chrome/142.0.0.0 Safari/537.36": "search-engine",
    CHROME.replace("Chrome", "HeadlessChrome"): "browser-automation",
    f"{CHROME} Chrome-Lighthouse": "monitoring",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0)": "ai-crawler",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": "social-preview",
    "python-httpx/0.28.1": "http-library",
}  # fmt: skip


@pytest.mark.parametrize("agent", SHOPPERS)
def test_a_shoppers_browser_is_no_robot(agent: str) -> None:
    assert kind(agent) == ""


@pytest.mark.parametrize("agent", ROBOTS)
def test_a_robot_is_known_by_its_kind(agent: str) -> None:
    assert kind(agent) == ROBOTS[agent]


@pytest.mark.parametrize("agent", ["\x00\xff" * 5000, "(" * 100_000, "x" * 999 + "Googlebot/2.1"])
def test_any_header_is_taken_and_only_its_beginning_looked_at(agent: str) -> None:
    assert kind(agent) == ""


def test_the_kinds_are_few_enough_for_a_metric() -> None:
    assert 5 < len(set(KINDS)) < 30
    assert KINDS.count(OTHER) < len(KINDS) / 10


@pytest.mark.anyio
async def test_nothing_of_a_robot_counts_but_that_it_was_there(browser: Any, event: Any, member_token: Any) -> None:
    labels = {"site": "shop", "kind": "browser-automation"}
    before = REGISTRY.get_sample_value("dangol_robot_requests_total", labels) or 0
    agent = {"User-Agent": CHROME.replace("Chrome", "HeadlessChrome")}
    response = await browser.send(event(), event("purchase", transaction_id="1"), headers=agent, member=member_token())
    assert (response.status_code, response.json()) == (200, {})
    assert "set-cookie" not in response.headers
    assert response.headers["access-control-allow-origin"]
    assert not await browser.house.link.call("KEYS", "*p:*")
    assert not await browser.house.link.call("KEYS", "*log*")
    assert REGISTRY.get_sample_value("dangol_robot_requests_total", labels) == before + 1
