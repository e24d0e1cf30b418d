"""A preview as the browser meets it: shown to who has the link, told why, and written nowhere."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dangol.house import House
from dangol.store.link import Link

pytestmark = pytest.mark.anyio


def popcorn(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "widget": {"use": "popcorn", "params": {"title": id.title()}}, "holdout": 0, **fields}


EAGER = {"id": "eager", "name": {"ko": "자주 오는", "en": "Eager"}, "include": {"visits": {"gte": 3}}}
GAUGE = {"id": "gauge", "widget": {"use": "cart_gauge", "params": {"goal": 5000}}, "holdout": 0}
NEW = popcorn(
    "new",
    active=False,
    audience=["eager"],
    pages={"only": ["/elsewhere"]},
    caps=[{"times": 1, "per": "lifetime"}],
    priority=5,
    holdout=100,
)


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    """A shop with a campaign that everybody gets, and a gauge."""
    definitions = define(segments=[EAGER], campaigns=[popcorn("old"), {**GAUGE, "on": ["page_view", "add_to_cart"]}])
    return await opened(new_house(definitions))  # type: ignore[no-any-return]


Preview = Callable[..., Awaitable[str]]


@pytest.fixture
def preview(admin: httpx.AsyncClient) -> Preview:
    """Makes a preview and gives its token: `await preview(NEW, variant="b")`."""

    async def make(campaign: dict[str, Any], **fields: Any) -> str:
        asked = {"campaign": campaign, "url": "https://shop.example/", **fields}
        made = await admin.post("/v1/admin/preview", json=asked)
        assert made.status_code == 200, made.text
        link: str = made.json()["link"]
        return parse_qs(urlsplit(link).query)["dg_preview"][0]

    return make


def why_of(answer: httpx.Response, campaign: str) -> dict[str, Any]:
    return next(each for each in answer.json()["why"]["campaigns"] if each["campaign"] == campaign)


def shown(answer: httpx.Response) -> list[str]:
    return [each["campaign"] for each in answer.json().get("show", [])]


async def everything(link: Link) -> dict[str, bytes]:
    """The whole store."""
    names = sorted(await link.call("KEYS", "*"))
    return {name.decode(): await link.call("DUMP", name) for name in names}


async def test_it_is_shown_by_force_and_told_why_it_would_not_be(browser: Any, event: Any, preview: Preview) -> None:
    answer = await browser.send(event(), preview=await preview(NEW))
    assert shown(answer)[0] == "new"
    mine = why_of(answer, "new")
    assert (mine["verdict"], mine["reason"], mine["previewed"], mine["shown"]) == ("no", "inactive", True, True)
    assert answer.json()["why"]["campaigns"][0] == mine


@pytest.mark.parametrize(
    ("changed", "reason", "words"),
    [
        ({"active": True}, "page", "not for this page (/)"),
        ({"active": True, "pages": {}}, "audience", "segment 'Eager'"),
        ({"active": True, "pages": {}, "audience": []}, "holdout", "100%"),
        ({"active": True, "pages": {}, "audience": [], "holdout": 0}, "shown", "shown now"),
        ({"active": True, "pages": {}, "audience": [], "holdout": 0, "scroll": 50}, "waiting", "50% of the page"),
        ({"active": True, "on": ["search"]}, "event", "search"),
    ],
)
async def test_each_thing_that_is_in_its_way_is_told(
    browser: Any, event: Any, preview: Preview, changed: dict[str, Any], reason: str, words: str
) -> None:
    answer = await browser.send(event(), preview=await preview({**NEW, **changed}))
    assert shown(answer)[0] == "new"
    assert why_of(answer, "new")["reason"] == reason
    assert words in why_of(answer, "new")["words"]


async def test_nothing_is_written_and_no_cookie_set(
    house: House, browser: Any, event: Any, preview: Preview, member_token: Any
) -> None:
    await browser.send(event())
    token, cookie = await preview(NEW), browser.cookie
    before = await everything(house.link)
    item = {"item_id": "1", "price": 10}
    for _ in range(3):
        answer = await browser.send(
            event(),
            event("add_to_cart", items=[item]),
            event("purchase", transaction_id="A1", items=[item], value=10),
            preview=token,
            member=member_token("kim"),
        )
        assert answer.status_code == 200
        assert "visitor" not in answer.json()
        [one] = [each for each in answer.json()["show"] if each["campaign"] == "new"]
        seen = {"campaign": "new", "exposure": one["exposure"]}
        await browser.send(event("widget_view", **seen), event("widget_later", choice="never", **seen), preview=token)
    assert browser.cookie == cookie
    assert await everything(house.link) == before


async def test_who_is_not_known_yet_stays_unknown(house: House, browser: Any, event: Any, preview: Preview) -> None:
    before = await everything(house.link)
    token = await preview(NEW)
    answer = await browser.send(event(), preview=token)
    assert shown(answer)[0] == "new"
    assert browser.cookie == ""
    assert (await everything(house.link)).keys() - before.keys() == {"{defs}previews:shop"}


async def test_only_who_has_the_link_sees_it(browser: Any, event: Any, preview: Preview) -> None:
    await preview(NEW)
    answer = await browser.send(event())
    assert shown(answer) == ["old"]
    assert "why" not in answer.json()


SPOILT: list[Callable[[str], str]] = [lambda it: it[:-1] + "!", lambda it: "x", lambda it: "0" * 8 + it[8:]]


@pytest.mark.parametrize("spoil", SPOILT)
async def test_a_forged_token_gets_the_ordinary_answer_and_is_told_so(
    browser: Any, event: Any, preview: Preview, spoil: Callable[[str], str]
) -> None:
    answer = await browser.send(event(), preview=spoil(await preview(NEW)))
    assert shown(answer) == ["old"]
    assert answer.json()["why"] == {"state": "over"}
    assert browser.cookie


async def test_a_preview_that_was_taken_away_is_over(
    browser: Any, event: Any, preview: Preview, admin: httpx.AsyncClient
) -> None:
    token = await preview(NEW)
    await admin.delete(f"/v1/admin/preview/{token.partition('.')[0]}")
    assert (await browser.send(event(), preview=token)).json()["why"] == {"state": "over"}


async def test_the_saved_form_gives_way_to_the_unsaved_one(browser: Any, event: Any, preview: Preview) -> None:
    unsaved = popcorn("old", name="Other") | {"widget": {"use": "popcorn", "params": {"title": "Unsaved words"}}}
    answer = await browser.send(event(), preview=await preview(unsaved))
    assert "Unsaved words" in str(answer.json()["show"][0]["tree"])
    assert [each["campaign"] for each in answer.json()["why"]["campaigns"]] == ["old", "gauge"]


async def test_what_it_displaces_is_told_to_give_way(browser: Any, event: Any, preview: Preview) -> None:
    answer = await browser.send(event(), preview=await preview(NEW))
    assert "old" not in shown(answer)
    assert "gives way" in why_of(answer, "old")["words"]


async def test_a_closed_widget_comes_back_when_asked_for_and_not_before(
    browser: Any, event: Any, preview: Preview
) -> None:
    token = await preview(NEW)
    first = (await browser.send(event(), preview=token)).json()["show"][0]
    closed = event("widget_close", campaign="new", exposure=first["exposure"])
    answer = await browser.send(closed, preview=token)
    assert (shown(answer), "campaigns" in answer.json()["why"]) == ([], False)
    assert shown(await browser.send(preview=token, due=["new"])) == ["new"]


async def test_an_open_widget_is_refreshed(browser: Any, event: Any, preview: Preview) -> None:
    token = await preview(GAUGE)
    assert shown(await browser.send(event(), preview=token)) == ["old"]
    assert why_of(await browser.send(event(), preview=token), "gauge")["silent"] is True
    added = event("add_to_cart", items=[{"item_id": "1", "price": 1000}])
    assert shown(await browser.send(event(), added, preview=token, open=[])) == ["gauge", "old"]
    assert shown(await browser.send(added, preview=token, open=["gauge"])) == ["gauge"]


async def test_the_page_chooses_the_variant(browser: Any, event: Any, preview: Preview) -> None:
    variants = [{"id": "a", "params": {"title": "Form A"}}, {"id": "b", "name": "Bold", "params": {"title": "Form B"}}]
    token = await preview({**NEW, "variants": variants}, variant="b")
    for suffix, expected in (("", "B"), ("~a", "A"), ("~b", "B"), ("~nonsense", "B")):
        answer = (await browser.send(event(), preview=token + suffix)).json()
        assert f"Form {expected}" in str(answer["show"][0]["tree"])
        assert answer["why"]["variant"] == expected.lower()
    assert answer["why"]["variants"] == [{"id": "a", "name": "a"}, {"id": "b", "name": "Bold"}]


async def test_a_form_is_answered_as_if_and_stored_nowhere(
    house: House, browser: Any, event: Any, preview: Preview
) -> None:
    name = {"type": "text", "name": "name", "label": "Your name", "required": True}
    form = {"fields": [name], "done": "Thank you so much"}
    asking = {**NEW, "widget": {"use": "popcorn", "params": {"title": "News", "form": form}}}
    token = await preview(asking)
    first = (await browser.send(event(), preview=token)).json()["show"][0]
    before = await everything(house.link)
    for fields, said in (({"name": ""}, "Your name"), ({"name": "Kim"}, "Thank you so much")):
        submit = {"campaign": "new", "exposure": first["exposure"], "fields": fields}
        answer = (await browser.send(preview=token, open=["new"], submit=submit)).json()
        assert [each["campaign"] for each in answer["show"]] == ["new"]
        assert said in str(answer["show"][0]["tree"])
    assert "widget_submit" in str(answer["why"]["events"])
    assert await everything(house.link) == before


async def test_a_form_is_taken_by_the_variant_that_is_looked_at(browser: Any, event: Any, preview: Preview) -> None:
    """Whoever looks has entered the campaign themselves, in another arm."""
    await browser.send(event())
    fields = [{"type": "text", "name": "name", "label": "Your name"}]
    variants = [{"id": "a"}, {"id": "b", "params": {"form": {"fields": fields, "done": "Thank you"}}}]
    token = await preview(popcorn("old", variants=variants), variant="b")
    first = (await browser.send(event(), preview=token)).json()["show"][0]
    submit = {"campaign": "old", "exposure": first["exposure"], "fields": {"name": "Kim"}}
    answer = (await browser.send(preview=token, open=["old"], submit=submit)).json()
    assert "Thank you" in str(answer["show"][0]["tree"])


async def test_a_visitor_who_became_a_member_is_not_taken_for_them(
    browser: Any, event: Any, preview: Preview, member_token: Any, new_browser: Any, house: House
) -> None:
    token = await preview(NEW)
    await browser.send(event())
    former = browser.cookie
    await browser.send(event(), member=member_token("kim"))
    other = new_browser(house)
    other.http.cookies.set("dg_shop", former)
    assert (await other.send(event(), preview=token)).json()["why"]["member"] is False
    await other.http.aclose()


async def test_what_the_page_said_is_told_as_it_was_read(browser: Any, event: Any, preview: Preview) -> None:
    item = {"item_id": 7, "item_name": "Cup", "price": "1200", "quantity": 2, "item_brand": "Ongi"}
    broken = event("view_item", items=[])
    answer = await browser.send(
        event(), event("view_item", items=[item]), broken, preview=await preview(NEW, language="ko")
    )
    why = answer.json()["why"]
    assert [each["name"] for each in why["events"]] == ["page_view", "view_item"]
    assert why["events"][1]["items"] == [{"id": "7", "name": "Cup", "price": "1,200원", "brand": "Ongi", "quantity": 2}]
    assert why["dropped"] == {"data": 1}
    assert (why["page"]["kind"], why["page"]["product"], why["page"]["price"]) == ("상품 상세", "7", "1,200원")


async def test_segments_are_explained_in_the_marketers_language(browser: Any, event: Any, preview: Preview) -> None:
    for language, name, words in (("ko", "자주 오는", "방문"), ("en", "Eager", "visited 3 times")):
        why = (await browser.send(event(), preview=await preview(NEW, language=language))).json()["why"]
        [eager] = why["segments"]
        assert (eager["name"], eager["held"], why["language"]) == (name, False, language)
        assert words in str(eager["because"])


async def test_what_is_known_of_a_member_is_told_to_the_member_alone(
    browser: Any, event: Any, preview: Preview, member_token: Any
) -> None:
    token = await preview(NEW)
    await browser.send(event(), member=member_token("kim", grade="gold"))
    mine = (await browser.send(event(), preview=token, member=member_token("kim"))).json()["why"]
    left_behind = (await browser.send(event(), preview=token)).json()["why"]
    assert "because" in mine["segments"][0]
    assert "because" not in left_behind["segments"][0]


async def test_another_origin_gets_nothing(browser: Any, event: Any, preview: Preview) -> None:
    answer = await browser.send(event(), preview=await preview(NEW), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_a_preview_that_the_definitions_have_outgrown_is_over(
    house: House, browser: Any, event: Any, preview: Preview, define: Any
) -> None:
    token = await preview(NEW)
    await house.adopt({"shop": (99, define(campaigns=[popcorn("old")]))})
    assert (await browser.send(event(), preview=token)).json()["why"] == {"state": "over"}


async def test_many_at_once_are_answered_alike(house: House, event: Any, preview: Preview, new_browser: Any) -> None:
    token = await preview(NEW)
    browsers = [new_browser(house) for _ in range(8)]
    answers = await asyncio.gather(*(each.send(event(), preview=token) for each in browsers))
    assert {tuple(shown(answer)) for answer in answers} == {("new",)}
    await asyncio.gather(*(each.http.aclose() for each in browsers))
