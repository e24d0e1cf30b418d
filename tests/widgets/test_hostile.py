"""Whatever stands in a text, a name or a product, the built-in widgets show it as text and as nothing else."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.plugin import Product, Submission, Widget
from dangol.profile.model import Coupon, Member
from dangol.render.nodes import ELEMENTS, EVERYWHERE, OWN
from dangol.render.proof import params_problems
from dangol.render.renderer import Renderer
from dangol.render.text import fill
from dangol.render.variables import kinds
from dangol.testing import profile, render
from dangol_widgets.cart_gauge import CartGauge
from dangol_widgets.coupon_box import CouponBox
from dangol_widgets.floating_button import FloatingButton
from dangol_widgets.form import Form
from dangol_widgets.popcorn import Popcorn
from dangol_widgets.recommendation_strip import RecommendationStrip
from dangol_widgets.rich_popup import RichPopup
from dangol_widgets.social_ticker import SocialTicker
from dangol_widgets.welcome_bar import WelcomeBar

WIDGETS = [
    CartGauge(), CouponBox(), FloatingButton(), Form(), Popcorn(), RecommendationStrip(), RichPopup(), SocialTicker(),
    WelcomeBar(),
]  # fmt: skip

CORPUS = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}} {% for x in y %} {{ self.__init__ }}",
    "{name.__class__} {cart_gap!r:>9}",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;#x3c; &#60;",
    "a\x00b\x08\x1b[31m\x7f\x85",
    "\u202egnp.exe\u2066\u200f",
    "]]> --> <!-- <![CDATA[",
    "\ud800 \ufffe \uffff",
    "💥" * 200,
]
hostile = st.one_of(st.sampled_from(CORPUS), st.text(max_size=300))


def widgets_with(text: str) -> list[tuple[Widget, dict[str, Any], dict[str, Any]]]:
    """Every built-in with `text` in every text parameter, and in the products and the member's name."""
    picture = {"image": "/i.jpg", "image_alt": text}
    texts = {"title": {"ko": text, "en": text}, "body": text, "button": text or "x", "link": "/", **picture}
    products = [Product("1", text, 100, "/p", "/i"), Product("2", text, 100, "/p")]
    asks = {"title": text, "body": text, "form": form_with(text)}
    member = {"profile": profile(member=Member("m", coupons=[Coupon("c", text or "c", 0)]))}
    told = {"messages": [{"action": "bought", "text": text + "{product}"}], "scope": "list", "products": ["1", "2"]}
    return [
        (Form(), asks, {}),
        (
            RichPopup(),
            {**asks, "video": "/v", "image": "/i"},
            {"submission": Submission(problems={"a": text, "b": text})},
        ),
        (Popcorn(), asks, {"submission": Submission()}),
        (SocialTicker(), told, {"products": products, "people": {("bought", "1"): 9, ("bought", "2"): 9}}),
        (WelcomeBar(), {"text": text + "x", "button": text or "x", "link": "/", "icon": "gift"}, {}),
        (
            FloatingButton(),
            {"actions": [{"kind": "link", "to": "/", "label": text}] * 2, "label": text, "text": text},
            {},
        ),
        (CouponBox(), {"title": text, "body": text, "link": "/", "button": text}, member),
        (CouponBox(), {"title": text, "code": "<img/src=x>\"'"}, {}),
        (Popcorn(), texts, {}),
        (Popcorn(), {"title": text, "link": "/"}, {}),
        (RichPopup(), {**texts, "second_button": text, "layout": "side"}, {}),
        (CartGauge(), {"goal": 900, "below": text + "x", "link": "/"}, {"profile": profile(cart={"a": 1})}),
        (RecommendationStrip(), {"title": text}, {"products": products}),
    ]


def form_with(text: str) -> dict[str, Any]:
    """A form of every kind of field that says `text` wherever it can."""
    says = {"label": text, "hint": text}
    choices = [{"value": "a", "label": text}, {"value": 'b"><script>', "label": text}]
    fields = [
        {"type": "text", "name": "a", **says},
        {"type": "tel", "name": "b", **says},
        {"type": "choice", "name": "c", "choices": choices, **says},
        {"type": "choices", "name": "d", "choices": choices, **says},
        {"type": "consent", "name": "e", "channel": "sms", "address": "b", "terms": text, "terms_link": "/", **says},
    ]
    return {"fields": fields, "button": text, "done": text}


def elements(node: Any) -> Iterator[tuple[str, dict[str, str]]]:
    if not isinstance(node, str):
        yield node[0], node[1]
        for child in node[2:]:
            yield from elements(child)


def shape(text: str) -> list[list[str]]:
    """The elements of every widget that shows `text`, with nothing but what is on the allow-list."""
    shapes = []
    for widget, params, facts in widgets_with(text):
        shown = render(widget, params, **facts)
        assert shown is not None
        found = list(elements(shown.tree))
        for element, attributes in found:
            assert element in ELEMENTS
            assert {name for name in attributes if not name.startswith("aria-")} <= EVERYWHERE | OWN.get(
                element, frozenset()
            )
            assert attributes.get("href", "/") in ("/", "/p")
        shapes.append([element for element, _ in found])
    return shapes


@settings(max_examples=30, deadline=None)
@given(hostile)
def test_no_text_makes_an_element_or_attribute(text: str) -> None:
    if fill(text, lambda name: None).strip() and text.encode(errors="ignore").decode() == text:
        assert shape(text) == shape("plain")


@pytest.mark.parametrize("text", CORPUS)
def test_hostile_text_is_shown_as_it_stands(text: str) -> None:
    shown = render(Popcorn(), {"title": "{name}"}, profile=profile(member=text))
    assert shown is not None
    assert shown.text == " ".join(fill("{name}", lambda name: text).split())


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.name)
def test_a_built_in_has_titles_in_both_languages_and_sound_defaults(widget: Widget) -> None:
    assert isinstance(widget.title, dict)
    assert set(widget.title) == {"ko", "en"}
    action = {"kind": "link", "to": "/", "label": "a"}
    given = {"title": "a", "goal": 1, "text": "a", "actions": [action], "form": form_with("a")}
    needed = {field.name for field in msgspec.structs.fields(widget.Params) if field.required}
    params = check_params(widget, {name: given[name] for name in needed}, "params")
    assert params_problems(params, kinds(own=widget.variables)) == []
    assert len(Renderer(Registry.of([widget]), Guard()).sheets()) == len(widget.styles)
