"""Where short links lead, and who is counted."""

import string
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loadtests.browser import DESKTOP

from dangol.definitions.model import Campaign
from dangol.errors import Unavailable
from dangol.house import House
from dangol.messages.links import PATH, Shortener, Target
from dangol.messages.push import Push
from dangol.store import keys, links, outbox
from dangol.web.app import create
from dangol.web.page import language_of

URL = "https://shop.example/sale?utm_source=sms"
KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}


@pytest.fixture
async def phone(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on a phone."""
    transport = httpx.ASGITransport(create(house))
    async with httpx.AsyncClient(transport=transport, base_url="https://go.example") as client:
        client.headers["User-Agent"] = DESKTOP
        yield client


async def sent(house: House, url: str = URL, now: float = 0.0, key: str = "") -> tuple[str, str]:
    """A message with a link has gone out; the link's path and the request's key."""
    key = key or outbox.key_of("shop", "weekend:1", "vabcdefghijklmno")
    push = Push(key, "shop", "weekend:1", "trigger", "weekend", profile="vabcdefghijklmno")
    await outbox.enqueue(house.link, [push], 0, now or time.time(), zone="Asia/Seoul")
    runtime = house.by_id["shop"]
    shorten = Shortener("https://go.example", runtime.keys, runtime.site, Campaign("weekend"), key)
    path = shorten(url).removeprefix("https://go.example")
    await links.Targets(house.link).keep(shorten.targets, now or time.time())
    return path, key


async def clicked(house: House, key: str) -> float:
    row = await outbox.read(house.link, key)
    assert row is not None
    return row.clicked


async def clicks(house: House, key: str) -> int:
    number = outbox.partition(key)
    assert number is not None
    names = await house.link.call("KEYS", keys.TAGS[number] + "counts:shop:weekend:*")
    found = [await house.link.call("HGET", name, "|clicks") for name in names]
    return sum(int(each or 0) for each in found)


@pytest.mark.anyio
async def test_a_click_leads_to_the_target_and_is_counted_once(house: House, phone: httpx.AsyncClient) -> None:
    path, key = await sent(house)
    answers = [await phone.get(path) for _ in range(2)]
    assert [(each.status_code, each.headers["location"]) for each in answers] == [(302, URL)] * 2
    assert answers[0].headers["cache-control"] == "no-store"
    assert answers[0].headers["referrer-policy"] == "no-referrer"
    assert await clicked(house, key) == pytest.approx(time.time(), abs=60)
    assert await clicks(house, key) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "facebookexternalhit/1.1; kakaotalk-scrap/1.0"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
    ],
)
async def test_who_only_looks_is_not_counted(house: House, phone: httpx.AsyncClient, headers: dict[str, str]) -> None:
    path, key = await sent(house)
    answers = [await phone.get(path, headers=headers), await phone.head(path)]
    assert [each.headers["location"] for each in answers] == [URL, URL]
    assert await clicked(house, key) == 0


@pytest.mark.anyio
async def test_kakaotalk_s_own_browser_is_a_shopper_s(house: House, phone: httpx.AsyncClient) -> None:
    path, key = await sent(house)
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 KAKAOTALK/25.5.0 (INAPP)"
    await phone.get(path, headers={"User-Agent": agent})
    assert await clicked(house, key) > 0


@pytest.mark.anyio
async def test_nothing_in_the_request_changes_where_a_link_leads(house: House, phone: httpx.AsyncClient) -> None:
    path, _ = await sent(house)
    answer = await phone.get(path + "?url=https://evil.example&next=//evil.example", headers={"Host": "evil.example"})
    assert answer.headers["location"] == URL


@pytest.mark.anyio
async def test_a_forged_or_unknown_code_gets_a_page(house: House, phone: httpx.AsyncClient) -> None:
    path, key = await sent(house)
    other = outbox.key_of("shop", "weekend:1", "vponmlkjihgfedcb")
    forged = [path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace(key, other), PATH + "A" * 28, PATH + "A" * 27]
    for each in forged:
        answer = await phone.get(each, headers=KOREAN)
        assert (answer.status_code, "location" in answer.headers) == (404, False)
        assert '<html lang="ko">' in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert await clicked(house, key) == 0


@pytest.mark.anyio
async def test_a_forged_code_costs_what_an_unknown_one_does(
    house: House, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = await sent(house)
    calls: list[Any] = []
    call = house.link.call

    async def counted(*args: Any) -> Any:
        calls.append(args[0])
        return await call(*args)

    monkeypatch.setattr(house.link, "call", counted)
    pages = [await phone.get(each) for each in (path[:-4] + "AAAA", PATH + "A" * 28)]
    assert calls == ["GET", "GET"]
    assert pages[0].content == pages[1].content


@pytest.mark.anyio
async def test_a_shopper_gets_on_where_the_click_can_not_be_counted(
    house: House, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = await sent(house)

    async def away(*args: Any) -> bool:
        raise Unavailable("the store is away")

    monkeypatch.setattr(outbox, "click", away)
    assert (await phone.get(path)).headers["location"] == URL


@pytest.mark.anyio
async def test_a_server_that_knows_no_sites_yet_asks_for_patience(house: House, phone: httpx.AsyncClient) -> None:
    path, _ = await sent(house)
    house.loaded.clear()
    answer = await phone.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.anyio
async def test_a_link_that_is_over_says_so_in_the_reader_s_language(house: House, phone: httpx.AsyncClient) -> None:
    path, key = await sent(house, now=time.time() - links.LIFE - 60)
    korean = await phone.get(path, headers=KOREAN)
    english = await phone.get(path, headers={"Accept-Language": "en"})
    assert (korean.status_code, english.status_code) == (410, 410)
    assert "기간이 지난 링크예요" in korean.text
    assert "This link has expired" in english.text
    assert '<a href="https://shop.example">Visit Shop</a>' in english.text
    assert await clicked(house, key) == 0


@pytest.mark.anyio
async def test_a_target_that_is_no_plain_address_is_never_answered(house: House, phone: httpx.AsyncClient) -> None:
    """Whoever writes into the store can't make a header of it."""
    path, _ = await sent(house)
    name = path.removeprefix(PATH)[:10]
    evil = Target("shop", "weekend", "https://shop.example/\r\nSet-Cookie: a=b", time.time() + 60)
    await house.link.call("SET", keys.short_link(name), links._pack(evil))
    assert (await phone.get(path)).status_code == 404


@pytest.mark.anyio
async def test_whatever_is_asked_the_answer_leads_to_a_stored_target_or_nowhere(
    house: House, phone: httpx.AsyncClient
) -> None:
    path, _ = await sent(house)
    code = path.removeprefix(PATH)
    printable = string.ascii_letters + string.digits + "-_%./:?#@\\\r\n "
    codes = st.one_of(
        st.text(st.sampled_from(printable), max_size=60),
        st.builds(lambda at, new: code[:at] + new + code[at + 1 :], st.integers(0, 27), st.sampled_from("Aa0-_")),
    )

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(codes)
    def example(asked: str) -> None:
        asked_for.append(asked)

    asked_for: list[str] = [code]
    example()
    for asked in asked_for:
        answer = await phone.get(f"{PATH}{quote(asked, safe='')}")
        assert answer.status_code in (302, 404)
        assert answer.headers.get("location") == (URL if answer.status_code == 302 else None)
        assert (answer.status_code == 302) == (asked == code)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"), ("en", "en"), ("en-GB,en;q=0.9", "en"), ("fr,en;q=0.5", "en"), ("ko;q=0.1,en;q=0.2", "en"),
        ("ja", "ko"), ("en;q=0", "ko"), ("x" * 5000, "ko"), ("en;q=nonsense", "ko"),
    ],
)  # fmt: skip
def test_a_page_is_in_the_language_that_the_reader_wants_most(header: str, language: str) -> None:
    assert language_of(header) == language
