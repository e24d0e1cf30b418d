"""Forms of widgets: what is kept, what is refused, and what the page and the log are told."""

import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from tests.conftest import Define, NewHouse, Open
from tests.web.conftest import Browser, now

from dangol.definitions import repository
from dangol.protocol.event import Entry
from dangol.store.keys import PARTITIONS, log

pytestmark = pytest.mark.anyio
ADDRESS = "kim.shopper@mail.example"
SIZES = [{"value": "M"}, {"value": "L"}]
FORM = {
    "fields": [
        {"type": "email", "name": "email", "label": {"ko": "이메일", "en": "E-mail"}, "required": True},
        {"type": "choice", "name": "size", "label": "Size", "trait": "size", "choices": SIZES},
        {"type": "text", "name": "secret", "label": "Secret", "trait": "internal"},
        {
            "type": "consent",
            "name": "agreed",
            "label": {"ko": "이메일 수신에 동의해요", "en": "You may write to me"},
            "required": True,
            "channel": "email",
            "address": "email",
        },
    ],
    "done": {"ko": "고맙습니다", "en": "Thank you so much"},
}
ASK = {
    "id": "ask",
    "audience": ["not-asked"],
    "widget": {"use": "popcorn", "params": {"title": "News", "form": FORM}},
    "holdout": 0,
}
SEGMENT = {"id": "not-asked", "include": {"subscribed_to": {"has_none": ["email"]}}}
TRAITS = [
    {"id": "size", "name": "Size", "type": "text", "public": True},
    {"id": "internal", "name": "Internal", "type": "text"},
]
GOOD = {"email": f" {ADDRESS.replace('mail.e', 'Mail.E')} ", "size": "M", "agreed": "yes"}


def page_view() -> dict[str, Any]:
    return {"id": str(uuid4()), "name": "page_view", "at": now(), "data": {}}


@pytest.fixture
async def asked(new_house: NewHouse, opened: Open, define: Define) -> AsyncIterator[Browser]:
    """A browser on a page that shows the form."""
    browser = Browser(await opened(new_house(define([SEGMENT], [ASK], traits=TRAITS))))
    shown = (await browser.send(page_view())).json()["show"]
    assert [each["campaign"] for each in shown] == ["ask"]
    browser.exposure = shown[0]["exposure"]  # type: ignore[attr-defined]
    yield browser
    await browser.http.aclose()


async def submit(browser: Browser, fields: dict[str, Any], **changed: Any) -> Any:
    form = {"campaign": "ask", "exposure": browser.exposure, "fields": fields, **changed}  # type: ignore[attr-defined]
    return (await browser.send(submit=form, open=["ask"], lang="en")).json()


async def logged(browser: Browser) -> list[Entry]:
    rows = [await browser.house.link.call("XRANGE", log(number), "-", "+") for number in range(PARTITIONS)]
    return [msgspec.msgpack.decode(fields[1], type=Entry) for found in rows for _, fields in found]


async def test_a_consent_is_kept_with_its_words_and_the_widget_says_thanks(asked: Browser) -> None:
    answer = await submit(asked, GOOD)
    assert "Thank you so much" in str(answer["show"][0]["tree"])
    assert answer["show"][0]["exposure"] == asked.exposure  # type: ignore[attr-defined]
    profile = await asked.profile()
    kept = profile.subscriptions["email"]
    assert (kept.address, kept.wording, kept.source) == (ADDRESS, "You may write to me", "ask")
    assert abs(kept.agreed_at - profile.last_seen) < 60
    assert (kept.night, kept.withdrawn_at) == (False, 0)


async def test_the_log_hears_of_the_consent_so_that_somebody_is_told(asked: Browser) -> None:
    await submit(asked, GOOD)
    told = [event for entry in await logged(asked) for event in entry.events if event.name == "consent"]
    assert [event.props for event in told] == [{"channel": "email", "act": "agreed"}]
    history = (await asked.profile()).subscriptions["email"].history
    assert [(each.what, each.at, each.source) for each in history] == [("agreed", told[0].at // 1000, "ask")]


async def test_only_public_traits_are_set_by_a_form(asked: Browser) -> None:
    await submit(asked, {**GOOD, "secret": "vip"})
    assert (await asked.profile()).traits == {"size": "M"}


async def test_the_campaigns_audience_may_be_those_who_have_not_subscribed(asked: Browser) -> None:
    await submit(asked, GOOD)
    assert "show" not in (await asked.send(page_view())).json()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": ADDRESS}, "need your consent"),
        ({"email": ADDRESS, "agreed": "on"}, "need your consent"),
        ({"agreed": "yes"}, "fill this in"),
        ({**GOOD, "email": "kim@mail"}, "e-mail address"),
        ({**GOOD, "email": "a" * 1990 + "@b.example"}, "e-mail address"),
        ({**GOOD, "size": "XXL"}, "choose one"),
    ],
)
async def test_with_anything_wrong_nothing_is_kept_and_the_place_is_named(
    asked: Browser, fields: dict[str, str], wrong: str
) -> None:
    answer = await submit(asked, fields)
    assert wrong in str(answer["show"][0]["tree"])
    profile = await asked.profile()
    assert (profile.subscriptions, profile.traits) == ({}, {})
    assert not [event for entry in await logged(asked) for event in entry.events if event.name == "widget_submit"]


async def test_the_log_and_the_operator_hear_no_personal_word(asked: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await submit(asked, {**GOOD, "secret": "my secret"})
        await submit(asked, GOOD)  # pressed twice
    [told] = [event for entry in await logged(asked) for event in entry.events if event.name == "widget_submit"]
    assert (told.key, told.props) == (asked.exposure, {"campaign": "ask"})  # type: ignore[attr-defined]
    assert "traits internal" in caplog.text
    for entry in await logged(asked):
        assert ADDRESS not in str(entry)
    for word in (ADDRESS, "my secret"):
        assert word not in caplog.text


@pytest.mark.parametrize("changed", [{"campaign": "other"}, {"exposure": "invented", "campaign": "nothing"}])
async def test_a_form_of_another_campaign_keeps_nothing(asked: Browser, changed: dict[str, Any]) -> None:
    await submit(asked, GOOD, **changed)
    assert (await asked.profile()).subscriptions == {}


async def test_a_form_that_the_page_does_not_show_is_not_taken(asked: Browser) -> None:
    form = {"campaign": "ask", "exposure": asked.exposure, "fields": GOOD}  # type: ignore[attr-defined]
    assert "show" not in (await asked.send(submit=form)).json()
    assert (await asked.profile()).subscriptions == {}


async def test_nobody_who_was_not_shown_a_form_can_send_it(asked: Browser) -> None:
    stranger = Browser(asked.house)
    await stranger.send({"id": str(uuid4()), "name": "search", "at": now(), "data": {"search_term": "tea"}})
    form = {"campaign": "ask", "exposure": asked.exposure, "fields": GOOD}  # type: ignore[attr-defined]
    await stranger.send(submit=form, open=["ask"])
    assert (await stranger.profile()).subscriptions == {}
    await stranger.http.aclose()


async def test_a_page_can_not_tell_of_a_form_as_an_event(asked: Browser) -> None:
    event = page_view() | {"name": "widget_submit", "data": {"campaign": "ask", "exposure": asked.exposure}}  # type: ignore[attr-defined]
    assert (await asked.send(event)).json()["dropped"] == 1


@pytest.mark.parametrize(
    "fields",
    [{f"f{number}": "x" for number in range(31)}, {"f": "x" * 2001}, {"f" * 101: "x"}, {"f": 1}, {"f": ["x"]}, "x"],
)
async def test_too_much_or_the_wrong_kind_is_refused_whole(asked: Browser, fields: Any) -> None:
    form = {"campaign": "ask", "exposure": "x", "fields": fields}
    answer = await asked.send(page_view(), submit=form, open=["ask"])
    assert answer.status_code == 400
    assert (await asked.profile()).page_views == 1


async def test_the_log_gets_no_control_characters_in_what_the_page_calls_an_exposure(asked: Browser) -> None:
    await submit(asked, GOOD, exposure="e\r\n\u202e1")
    [told] = [event for entry in await logged(asked) for event in entry.events if event.name == "widget_submit"]
    assert told.key.isprintable()


async def test_a_form_is_taken_by_the_variant_that_is_shown(asked: Browser, define: Define) -> None:
    """The variant that the shopper has entered is gone meanwhile."""
    widget, form = {"use": "popcorn", "params": {"title": "News"}}, [{"id": "b", "params": {"form": FORM}}]
    for variants in ([{"id": "a"}], form):
        vary = {**ASK, "id": "vary", "widget": widget, "variants": variants}
        changed = define([SEGMENT], [vary], traits=TRAITS, manners={"gap": 0})
        await repository.save(asked.house.link, changed)
        await asked.house.adopt(await repository.read_all(asked.house.link))
        (shown,) = (await asked.send(page_view())).json()["show"]
    sent = {"campaign": "vary", "exposure": shown["exposure"], "fields": GOOD}
    await asked.send(submit=sent, open=["vary"])
    assert (await asked.profile()).subscriptions["email"].address


async def test_who_stays_anonymous_is_asked_for_nothing_and_nothing_is_taken(asked: Browser) -> None:
    anonymous = Browser(asked.house)
    assert "show" not in (await anonymous.send(page_view(), anonymous=True)).json()
    form = {"campaign": "ask", "exposure": asked.exposure, "fields": GOOD}  # type: ignore[attr-defined]
    assert "show" not in (await anonymous.send(submit=form, open=["ask"], anonymous=True)).json()
    assert not [event for entry in await logged(asked) for event in entry.events if event.name == "widget_submit"]
    await anonymous.http.aclose()
