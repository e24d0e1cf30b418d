"""Senders, templates and what campaigns say through them, as documents have them."""

from typing import Any, ClassVar

import pytest
from msgspec import Struct

from dangol.definitions.document import check, dump_yaml, load_yaml
from dangol.definitions.templates import TextTemplate
from dangol.errors import Invalid
from dangol.host.registry import Registry
from dangol.plugin import Channel


class Carrier(Channel):
    name = "carrier"
    api = 1
    kinds = ("text", "alimtalk", "brand")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        number: str


class Browser(Channel):
    name = "browser"
    api = 1
    kinds = ("push",)
    device: ClassVar[str] = "webpush"


class Hook(Channel):
    name = "hook"
    api = 1


REGISTRY = Registry.of([Carrier(), Browser(), Hook()])
SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
ORDERED = {"id": "ordered", "kind": "alimtalk", "code": "A1", "text": "#{이름}님, 고맙습니다", "review": "approved"}
HELLO = {"id": "hello", "kind": "text", "text": "{name|고객}님, 안녕하세요"}
SENDERS = [
    {"id": "main", "use": "carrier", "params": {"number": "0212345678"}, "prices": {"alimtalk": 8, "sms": 9, "lms": 27}}
]
PLAIN = {**HELLO, "id": "plain", "ad": False}
SMS = {"use": "main", "template": "plain"}
CONTACT = {"company": "단골", "opt_out": "080-123-4567"}


def document(message: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    campaigns = [{"id": "c", "message": message}] if message else []
    whole = {
        "site": SITE,
        "contact": CONTACT,
        "senders": SENDERS,
        "templates": [ORDERED, HELLO, PLAIN],
        "campaigns": campaigns,
    }
    return {**whole, **parts}


def problems(message: dict[str, Any] | None = None, **parts: Any) -> list[str]:
    try:
        check(document(message, **parts), "", REGISTRY)
    except Invalid as invalid:
        return [str(each) for each in invalid.problems]
    return []


def test_a_document_with_senders_and_templates_is_taken_and_written_again() -> None:
    message = {
        "use": "main",
        "template": "ordered",
        "fill": {"이름": "{name|고객}"},
        "fallback": SMS,
        "budget": {"day": 10_000},
    }
    definitions = check(document(message), "", REGISTRY)
    assert isinstance(definitions.templates[1], TextTemplate)
    assert load_yaml(dump_yaml(definitions), "", REGISTRY) == definitions


def test_a_template_of_an_unknown_kind_is_told_by_its_kind() -> None:
    (told,) = problems(templates=[{**HELLO, "kind": "tekst"}])
    assert told == "templates[0].kind: 'tekst' is not one of text, alimtalk, brand, push, email; did you mean 'text'?"
    (told,) = problems(templates=[{"id": "x", "text": "x"}])
    assert told.startswith("templates[0].kind: None is not one of")


def test_within_a_template_the_field_is_told() -> None:
    (told,) = problems(templates=[{**HELLO, "subjct": "x"}])
    assert told.startswith("templates[0].subjct: 'x' is not a known field (id, text, subject")
    (told,) = problems(templates=[{**ORDERED, "buttons": [{"kind": "WL", "name": 3}]}])
    assert told.startswith("templates[0].buttons[0].name: 3 is not ")


def test_ids_are_given_once() -> None:
    assert problems(templates=[HELLO, HELLO]) == [
        "templates[1].id: 'hello' is not an id that no other of the templates has"
    ]
    assert any("senders[1].id" in each for each in problems(senders=SENDERS * 2))


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ({"use": "carier"}, "senders[0].use: 'carier' is not a usable channel"),
        ({"params": {}}, "senders[0].params.number: None is not given; carrier requires it"),
        ({"params": {"number": 3}}, "senders[0].params.number: 3 is not str, which carrier requires"),
        ({"prices": {"smss": 9}}, "senders[0].prices.smss: 'smss' is not one of sms, lms, mms"),
        ({"prices": {"push": 9}}, "senders[0].prices.push: 9.0 is not left out: carrier sends text, alimtalk, brand"),
    ],
)
def test_what_is_wrong_with_a_sender_is_told(sender: dict[str, Any], expected: str) -> None:
    told = problems(senders=[{**SENDERS[0], **sender}])
    assert any(each.startswith(expected) for each in told), told


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"use": "mian"}, "campaigns[0].message.use: 'mian' is not a usable channel"),
        ({"template": "orderd"}, "template: 'orderd' is not a template of this site; did you mean 'ordered'?"),
        ({"template": ""}, "template: '' is not a template: main sends text, alimtalk, brand"),
        ({"use": "browser", "template": "hello"}, "template: 'text' is not of a kind that browser sends: push"),
        ({"fill": {}}, "fill.이름: None is not given: the template ordered has #{이름}"),
        ({"fill": {"이름": "x", "번호": "y"}}, "fill.번호: '번호' is not a variable of the template ordered: 이름"),
        ({"fill": {"이름": "{nam}"}}, "fill.이름: '{nam}' is not a known variable"),
        ({"fill": {"이름": "{product}"}}, "fill.이름: '{product}' is not a known variable"),
        ({"ad": True}, "message.ad: True is not left out: the template tells"),
        ({"fallback": {**SMS, "template": "ordered"}}, "fallback.template: 'alimtalk' is not a template of the kind"),
        ({"fallback": {**SMS, "use": "browser"}}, "fallback.use: 'text' is not of a kind that browser sends"),
        ({"fallback": {**SMS, "on": []}}, "fallback.on: [] is not one kind of failure"),
        ({"fallback": {**SMS, "fill": {"a": "b"}}}, "fallback.fill.a: 'a' is not a variable"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_message_is_told(message: dict[str, Any], expected: str) -> None:
    told = problems({"use": "main", "template": "ordered", "fill": {"이름": "{name}"}, **message})
    assert any(expected in each for each in told), told


def test_only_an_approved_alimtalk_is_sent_and_the_state_is_told() -> None:
    message = {"use": "main", "template": "ordered", "fill": {"이름": "x"}}
    reviewing = [{**ORDERED, "review": "reviewing"}, HELLO]
    (told,) = problems(message, templates=reviewing)
    assert told.startswith("campaigns[0].message.template: 'reviewing' is not approved")
    assert problems(templates=reviewing, campaigns=[{"id": "c", "active": False, "message": message}]) == []


def test_a_notice_may_give_the_variables_itself() -> None:
    campaign = {"id": "c", "notice": "ordered", "message": {"use": "main", "template": "ordered"}}
    assert problems(campaigns=[campaign]) == []


def test_a_budget_needs_the_prices_that_it_counts() -> None:
    message = {"use": "main", "template": "hello", "budget": {"total": 100}}
    senders = [{**SENDERS[0], "prices": {"sms": 9}}]
    (told,) = problems(message, senders=senders)
    assert told == "campaigns[0].message.use: 'main' is not a sender with prices of lms, which a budget counts in"
    assert problems(message) == []
    plain = {"use": "main", "template": "hello"}
    assert problems(plain, senders=senders) == []
    assert problems(plain, senders=senders, contact={**CONTACT, "budget": {"total": 100}}) == [told]
    instead = {"use": "main", "template": "ordered", "fill": {"이름": "x"}, "fallback": SMS, "budget": {"day": 1}}
    (told,) = problems(instead, senders=[{**SENDERS[0], "prices": {"alimtalk": 8}}])
    assert told.startswith("campaigns[0].message.fallback.use: 'main' is not a sender with prices of sms, lms")


def test_an_advertisement_needs_who_sends_it_and_how_it_is_refused() -> None:
    told = problems(contact={})
    assert [each.partition(":")[0] for each in told] == ["contact.company", "contact.opt_out"]
    assert problems(contact={}, templates=[{**HELLO, "ad": False}]) == []


def test_an_advertisement_is_not_replaced_by_what_is_none_nor_the_other_way_round() -> None:
    brand = {"id": "ordered", "kind": "brand", "bubble": "TEXT", "text": "#{이름}"}
    message = {"use": "main", "template": "ordered", "fill": {"이름": "x"}, "fallback": SMS}
    (told,) = problems(message, templates=[brand, PLAIN])
    assert "fallback.template: 'plain' is not a template with ad: true" in told
    (told,) = problems({**message, "fallback": {**SMS, "template": "hello"}})
    assert "fallback.template: 'hello' is not a template with ad: false" in told


def test_a_notification_must_fit_where_it_goes() -> None:
    long = {"id": "long", "kind": "push", "title": "x", "text": "가" * 1000, "ad": False}
    assert problems(templates=[long]) == []
    (told,) = problems({"use": "browser", "template": "long"}, templates=[long])
    assert told.startswith("campaigns[0].message.template.text: '3,")
    assert "for webpush" in told


def test_a_message_without_template_goes_through_a_channel_that_takes_one() -> None:
    assert problems({"use": "hook", "fill": {"name": "{name|customer}"}}) == []
    assert "fill.name" in problems({"use": "hook", "fill": {"name": "{nam}"}})[0]
