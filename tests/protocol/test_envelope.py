import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.protocol import envelope
from dangol.protocol.event import STANDARD_EVENTS, Event, Item

NOW = 1_763_778_000_000
GOOD: dict[str, Any] = {"site": "public-key", "sent": NOW, "page": "https://shop.example/product/1?x=y"}
HUGE = "9" * 5000


def sent(*events: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields, "events": list(events)}).encode()


def event(name: str = "page_view", **fields: Any) -> dict[str, Any]:
    return {"id": "0193-4d2e-7000", "name": name, "at": NOW, "data": {}, **fields}


def normal(*events: dict[str, Any], now: int = NOW, **fields: Any) -> tuple[list[Event], dict[str, int]]:
    taken, dropped = envelope.events(envelope.read(sent(*events, **fields)), "/page", "GBP", now)
    return taken, dict(dropped)


def one(name: str, **data: Any) -> Event:
    taken, dropped = normal(event(name, data=data))
    assert dropped == {}
    return taken[0]


MALFORMED = {
    "empty": (b"", "body"),
    "no JSON": (b"hello", "body"),
    "half a document": (b'{"site": "public-key"', "body"),
    "no UTF-8": (b'{"site": "\xff\xfe"}', "body"),
    "NaN": (sent().replace(str(NOW).encode(), b"NaN"), "body"),
    "Infinity": (sent().replace(str(NOW).encode(), b"-Infinity"), "body"),
    "a number beyond floats": (sent().replace(str(NOW).encode(), b"1e400"), "sent"),
    "a number of many digits": (sent().replace(str(NOW).encode(), HUGE.encode()), "sent"),
    "deep nesting": (b'{"events": ' + b"[" * 20_000, "events[0]"),
    "deep data": (sent(event(data="HERE")).replace(b'"HERE"', b"[" * 15_000 + b"]" * 15_000), "body"),
    "an array": (b"[]", "body"),
    "null": (b"null", "body"),
    "an unknown field": (sent(cheat=1), "body"),
    "an unknown field of an event": (sent(event(cheat=1)), "events[0]"),
    "no site": (b'{"sent": 1, "page": ""}', "body"),
    "a short site": (sent(site="x"), "site"),
    "a site that is a number": (sent(site=1), "site"),
    "a negative time": (sent(sent=-1), "sent"),
    "a time with a fraction": (sent(sent=1.5), "sent"),
    "a time as text": (sent(sent="1"), "sent"),
    "a time beyond JavaScript's": (sent(sent=1 << 54), "sent"),
    "an event's time beyond JavaScript's": (sent(event(at=1 << 54)), "events[0].at"),
    "a name in capitals": (sent(event(name="Buy")), "events[0].name"),
    "a name with markup": (sent(event(name="</script>")), "events[0].name"),
    "a name with a newline": (sent(event(name="buy\n")), "events[0].name"),
    "an id with blanks": (sent(event(id="12345678 \n")), "events[0].id"),
    "too long a page": (sent(page="https://shop.example/" + "x" * 4000), "page"),
    "too many events": (sent(*[event()] * 51), "events"),
    "too many open campaigns": (sent(open=["a"] * 51), "open"),
    "too long a visitor token": (sent(visitor="v" * 65), "visitor"),
    "a language that is none": (sent(lang="ko\r\nSet-Cookie: a=b"), "lang"),
    "a logout that is no boolean": (sent(logout="yes"), "logout"),
    "a body over the limit": (sent(member="x" * envelope.LONGEST_BODY), "body"),
    "a megabyte": (b" " * (1 << 20), "body"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_envelope_is_refused_with_the_place_and_what_was_expected(case: str) -> None:
    body, where = MALFORMED[case]
    with pytest.raises(Invalid) as refused:
        envelope.read(body)
    problem = refused.value.problems[0]
    assert problem.where == where
    assert problem.expected


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    for body in (sent(**{"<script>alert(1)</script>": 1}), sent({**event(), "<script>": 1}), b"<script>"):
        with pytest.raises(Invalid) as refused:
            envelope.read(body)
        assert "script" not in "".join(f"{one.where}{one.expected}" for one in refused.value.problems)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        envelope.read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
DATA_FIELDS = st.sampled_from(
    ["items", "value", "transaction_id", "search_term", "item_category", "page_location", "campaign", "exposure"]
)


@given(st.sampled_from(sorted(STANDARD_EVENTS | {"custom"})), st.dictionaries(DATA_FIELDS, JSON, max_size=4))
def test_an_event_with_any_data_is_taken_or_dropped(name: str, data: dict[str, Any]) -> None:
    taken, dropped = normal(event(name, data=data))
    assert len(taken) + sum(dropped.values()) == 1


@given(
    st.text(min_size=1, max_size=20),
    st.integers(0, 10**9),
    st.integers(1, 1000),
    st.text(max_size=20),
)
def test_what_is_printable_goes_through_unchanged(product: str, pence: int, quantity: int, name: str) -> None:
    item = {"item_id": product, "item_name": name, "price": f"{pence / 100:.2f}", "quantity": quantity}
    taken, dropped = normal(event("view_item", data={"items": [item]}))
    if product.isascii() and product.isprintable() and name.isascii() and name.isprintable():
        assert taken[0].items == [Item(product, name, pence, quantity)]
    assert len(taken) + sum(dropped.values()) == 1


NORMAL = [
    ("page_view", {"page_referrer": "https://a.example/b?c=d"}, {"props": {"referrer": "https://a.example/b"}}),
    ("page_view", {"page_referrer": "https://["}, {"props": {}}),
    ("page_view", {"page_location": "https://shop.example/other?q=1#top"}, {"page": "/other?q=1"}),
    ("page_view", {"page_title": "ignored", "engagement_time_msec": 1}, {"props": {}}),
    ("view_item", {"items": [{"item_id": 7, "price": 3.499}]}, {"items": [Item("7", price=350)]}),
    ("view_item", {"items": [{"item_id": "a", "price": "1.10"}]}, {"items": [Item("a", price=110)]}),
    ("view_item_list", {"item_category": "Mugs"}, {"key": "Mugs"}),
    ("search", {"search_term": " red mug"}, {"key": " red mug"}),
    ("purchase", {"transaction_id": 12, "value": 9.99}, {"key": "12", "value": 999}),
    ("refund", {"transaction_id": "12"}, {"key": "12"}),
    ("widget_view", {"campaign": "c", "exposure": "e"}, {"key": "e", "props": {"campaign": "c"}}),
    (
        "widget_later",
        {"campaign": "c", "exposure": "e", "choice": "7d"},
        {"props": {"campaign": "c", "choice": "7d"}},
    ),
    (
        "widget_click",
        {"campaign": "c", "exposure": "e", "item": "popular:a:b"},
        {"props": {"campaign": "c", "item": "popular:a:b"}},
    ),
    ("widget_close", {"campaign": "c", "exposure": "e", "item": "popular:a"}, {"props": {"campaign": "c"}}),
    ("my_event", {"a": 1, "b": "x", "c": True, "d": 0.5}, {"props": {"a": 1, "b": "x", "c": True, "d": 0.5}}),
    ("view_cart", {}, {"items": []}),
]


@pytest.mark.parametrize(("name", "data", "fields"), NORMAL)
def test_an_event_gets_its_normal_form(name: str, data: dict[str, Any], fields: dict[str, Any]) -> None:
    taken = one(name, **data)
    assert {field: getattr(taken, field) for field in fields} == fields
    assert (taken.id, taken.at) == ("0193-4d2e-7000", NOW)


def test_an_event_without_data_is_an_event() -> None:
    bare = event("begin_checkout")
    del bare["data"]
    assert normal(bare)[0] == [Event("0193-4d2e-7000", "begin_checkout", NOW, "/page")]


HOSTILE_DATA = {
    "NaN": ("purchase", '{"transaction_id": "1", "value": "NaN"}'),
    "infinity as text": ("purchase", '{"transaction_id": "1", "value": "Infinity"}'),
    "a value beyond floats": ("purchase", '{"transaction_id": "1", "value": 1e400}'),
    "a value beyond any shop": ("purchase", '{"transaction_id": "1", "value": 1e300}'),
    "a value of many digits": ("purchase", f'{{"transaction_id": "1", "value": {HUGE}}}'),
    "a value with an exponent": ("purchase", '{"transaction_id": "1", "value": "1e9"}'),
    "a negative value": ("purchase", '{"transaction_id": "1", "value": -1}'),
    "a negative price": ("view_item", '{"items": [{"item_id": "1", "price": -0.01}]}'),
    "a boolean price": ("view_item", '{"items": [{"item_id": "1", "price": true}]}'),
    "no quantity": ("add_to_cart", '{"items": [{"item_id": "1", "quantity": 0}]}'),
    "a huge quantity": ("add_to_cart", '{"items": [{"item_id": "1", "quantity": 100001}]}'),
    "no items": ("add_to_cart", "{}"),
    "an item without id": ("view_item", '{"items": [{}]}'),
    "an id of nothing visible": ("view_item", '{"items": [{"item_id": "\\u202e\\u0000"}]}'),
    "too many items": ("view_cart", json.dumps({"items": [{"item_id": "1"}] * 201})),
    "too long an id": ("view_item", json.dumps({"items": [{"item_id": "x" * 101}]})),
    "an order without number": ("purchase", '{"value": 1}'),
    "an order number of nothing visible": ("purchase", '{"transaction_id": "\\u200f"}'),
    "an order number of many digits": ("purchase", f'{{"transaction_id": {HUGE}}}'),
    "an empty search": ("search", '{"search_term": ""}'),
    "a reaction without exposure": ("widget_view", '{"campaign": "c"}'),
    "a page that is a script": ("page_view", '{"page_location": "javascript:alert(1)"}'),
    "a page that is data": ("page_view", '{"page_location": "data:text/html,x"}'),
    "a page without host": ("page_view", '{"page_location": "https:///x"}'),
    "a page with half a bracket": ("page_view", '{"page_location": "https://[::1/x"}'),
    "data that is a list": ("page_view", "[]"),
    "data that is null": ("page_view", "null"),
    "a nested field": ("my_event", '{"a": {"b": 1}}'),
    "a null field": ("my_event", '{"a": null}'),
    "a field beyond floats": ("my_event", '{"a": 1e400}'),
    "a number beyond ours": ("my_event", '{"a": 1e16}'),
    "too many fields": ("my_event", json.dumps({str(number): 1 for number in range(21)})),
    "too long a field's name": ("my_event", json.dumps({"x" * 101: 1})),
}


@pytest.mark.parametrize("case", HOSTILE_DATA)
def test_an_event_with_bad_data_is_dropped_and_counted_alone(case: str) -> None:
    name, data = HOSTILE_DATA[case]
    body = sent(event(name, data="HERE"), event("begin_checkout")).replace(b'"HERE"', data.encode())
    taken, dropped = envelope.events(envelope.read(body), "/page", "GBP", NOW)
    assert [each.name for each in taken] == ["begin_checkout"]
    assert dict(dropped) == {"data": 1}


HOSTILE_TEXT = "a\x00\x1b[31m\u202egnp.exe\u2066\u200f\r\nb e\u0301"


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("search", {"search_term": HOSTILE_TEXT}, "key"),
        ("purchase", {"transaction_id": HOSTILE_TEXT}, "key"),
        ("view_item_list", {"item_category": HOSTILE_TEXT}, "key"),
        ("my_event", {HOSTILE_TEXT: HOSTILE_TEXT}, "props"),
        ("page_view", {"page_referrer": f"https://a.example/{HOSTILE_TEXT}"}, "props"),
        ("widget_view", {"campaign": HOSTILE_TEXT, "exposure": HOSTILE_TEXT}, "key"),
        ("widget_later", {"campaign": HOSTILE_TEXT, "exposure": "e", "choice": HOSTILE_TEXT}, "props"),
        ("widget_click", {"exposure": "e", "item": HOSTILE_TEXT}, "props"),
        ("view_item", {"items": [{"item_id": HOSTILE_TEXT, "item_name": HOSTILE_TEXT}]}, "items"),
        ("view_item", {"items": [{"item_id": "1", "item_brand": HOSTILE_TEXT}]}, "items"),
        ("page_view", {"page_location": f"https://shop.example/{HOSTILE_TEXT}"}, "page"),
    ],
)
def test_control_and_direction_characters_go_from_every_field(name: str, data: dict[str, Any], field: str) -> None:
    text = str(getattr(one(name, **data), field))
    assert "gnp.exe" in text
    assert not set("\x00\x1b\u202e\u2066\u200f\r\n") & set(text) - set("\\")
    assert all(escaped not in text for escaped in (r"\x00", r"\x1b", r"\u202e", r"\u2066", r"\u200f", r"\r", r"\n"))
    assert "e\u0301" not in text  # composed


@pytest.mark.parametrize(
    ("sent_as", "read_as"),
    [
        (r"mug \ud83d", "mug \ufffd"),
        (r"\udc00 mug", "\ufffd mug"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\\ud83d \ud83d", "\\ud83d \ufffd"),
        (r"\"\ud83d\"", '"\ufffd"'),
    ],
)
def test_a_text_cut_inside_an_emoji_costs_no_event(sent_as: str, read_as: str) -> None:
    body = sent(event("search", data={"search_term": "HERE"}), event("login")).replace(b"HERE", sent_as.encode())
    taken, dropped = envelope.events(envelope.read(body), "/page", "GBP", NOW)
    assert [(each.name, each.key) for each in taken] == [("search", read_as), ("login", "")]
    assert dict(dropped) == {}


def test_text_is_cut_and_markup_stays_text() -> None:
    taken = one("search", search_term="</script>{{7*7}}" + "x" * 500)
    assert taken.key.startswith("</script>{{7*7}}")
    assert len(taken.key) == envelope.LONGEST_TEXT


@pytest.mark.parametrize("wrong_by", [0, -20 * 365 * 86_400_000, 20 * 365 * 86_400_000])
def test_a_clock_that_is_wrong_by_years_still_gives_right_ages(wrong_by: int) -> None:
    browser = NOW + wrong_by
    taken, _ = normal(event(at=browser - 90_000), event("login", at=browser), sent=browser)
    assert [each.at for each in taken] == [NOW - 90_000, NOW]


@pytest.mark.parametrize(
    ("age", "fate"),
    [
        (envelope.OLDEST, "taken"),
        (envelope.OLDEST + 1, "dropped"),
        (NOW, "dropped"),
        (-envelope.AHEAD, "taken"),
        (-envelope.AHEAD - 1, "dropped"),
        (-(10**15), "dropped"),
    ],
)
def test_events_from_the_far_past_and_the_future_are_dropped(age: int, fate: str) -> None:
    taken, dropped = normal(event(at=NOW - age))
    assert (len(taken), dropped) == ((1, {}) if fate == "taken" else (0, {"time": 1}))


def test_no_event_lies_in_our_future() -> None:
    assert normal(event(at=NOW + envelope.AHEAD))[0][0].at == NOW


def test_events_come_oldest_first() -> None:
    taken, _ = normal(event(id="bbbbbbbb", at=NOW), event(id="aaaaaaaa", at=NOW - 5))
    assert [each.id for each in taken] == ["aaaaaaaa", "bbbbbbbb"]


@pytest.mark.parametrize("page", ["javascript:alert(1)", "data:text/html,x", "/relative", "ftp://a/b", "https://", ""])
def test_a_page_that_is_no_web_page_is_refused(page: str) -> None:
    with pytest.raises(Invalid, match="http"):
        envelope.path_of(page)


def test_a_page_becomes_its_path_and_query() -> None:
    assert envelope.path_of("https://shop.example") == "/"
    assert envelope.path_of("HTTP://user:word@shop.example:81/a/b;c?d=e#f") == "/a/b;c?d=e"
    assert len(envelope.path_of("https://shop.example/" + "x" * 3000)) == envelope.LONGEST_PAGE


def told(*, take: envelope.TakeTraits = dict, **data: Any) -> tuple[list[Event], dict[str, int]]:
    body = envelope.read(sent(event("traits", data=data)))
    taken, dropped = envelope.events(body, "/page", "GBP", NOW, take)
    return taken, dict(dropped)


def test_traits_that_a_page_tells_become_an_events_props() -> None:
    ([taken], dropped) = told(traits={"size": "M", "likes": ["tea"]}, page_location="https://shop.example/quiz")
    assert (taken.page, taken.props, dropped) == ("/quiz", {"size": "M", "likes": ["tea"]}, {})


def test_traits_that_are_not_taken_are_counted_one_by_one() -> None:
    ([taken], dropped) = told(take=lambda given: {"size": given["size"]}, traits={"size": "M", "vip": True, "x": 1})
    assert (taken.props, dropped) == ({"size": "M"}, {"trait": 2})


@pytest.mark.parametrize("traits", [{}, [], "M", None, {str(n): n for n in range(101)}])
def test_an_event_without_traits_is_dropped(traits: Any) -> None:
    assert told(traits=traits) == ([], {"data": 1})


def test_an_event_of_which_no_trait_is_taken_is_dropped() -> None:
    assert told(take=envelope.no_traits, traits={"size": "M"}) == ([], {"data": 1})
    assert normal(event("traits", data={"traits": {"size": "M"}})) == ([], {"data": 1})
