"""Every built-in widget as it reaches a page, with ordinary words or with given ones in all its texts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Product, Widget
from dangol.render.renderer import Renderer
from dangol.testing import profile, render

PICTURE = "/v1/picture.png"
WORDS = {"ko": "첫 구매 3,000원 할인", "en": "3.00 off your first order"}
PRODUCTS = [
    Product(str(number), f"Linen shirt no. {number}", 39_000, "/other", PICTURE, sale_price=sale)
    for number, sale in enumerate((None, 29_000, None, 38_999), 1)
]


class Piece(NamedTuple):
    """One widget, ready to be answered with; `key` tells it from the others of its kind, `sheets` are by address."""

    key: str
    widget: str
    slot: str
    position: str
    tree: Any
    label: str
    sheets: dict[str, bytes]

    def show(self, language: str = "ko") -> dict[str, Any]:
        """As in an answer of the collector."""
        return {
            "campaign": self.key,
            "exposure": self.key,
            "widget": self.widget,
            "slot": self.slot,
            **({"position": self.position} if self.position else {}),
            **({"at": "#place"} if self.slot == "inline" else {}),
            **({"later": ["session", "7d", "never"]} if self.slot in ("corner", "dialog") else {}),
            "lang": language,
            "label": self.label,
            "style": list(self.sheets),
            "tree": self.tree,
        }


def pieces(words: str = "", language: Any = "ko") -> list[Piece]:
    """All of them; with `words`, each text of a marketer, a product and a member is these words."""
    # Rendering needs an event loop of its own, and Playwright has this thread's.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: list(_rendered(words, language))).result()


def _rendered(words: str, language: Any) -> Iterator[Piece]:
    registry = widgets()
    renderer = Renderer(Registry.of(list(registry.values())), Guard())
    for key, (name, params, facts) in _samples(words or WORDS, words).items():
        widget = registry[name]
        shown = render(widget, params, language=language, **facts)
        assert shown is not None, key
        slot, _, position = key.partition(" ")[2].partition(" ")
        sheets = {address: renderer.sheets()[address] for address in shown.style}
        yield Piece(key, name, slot or widget.slot, position, shown.tree, shown.label, sheets)


@lru_cache(1)
def widgets() -> dict[str, Widget]:
    """The built-in widgets, by name."""
    return {widget.name: widget for widget in Registry.load().widgets()}


def _samples(text: Any, given: str) -> dict[str, tuple[str, dict[str, Any], dict[str, Any]]]:
    """Widget, parameters and facts, by a key that may name another slot and position than the widget's own."""
    products = [replace(one, name=given or one.name) for one in PRODUCTS]
    picture = {"image": PICTURE, "image_alt": text}
    button = {"button": text, "link": "/other"}
    form = {"fields": _fields(text), "button": text, "done": text}
    cart = {"profile": profile(cart={"a": 18_000}, member=given or "김단골")}
    return {
        "popcorn": ("popcorn", {"title": text, "body": text, **button}, {}),
        "popcorn corner top-start": ("popcorn", {"title": text, "link": "/other", **picture}, {}),
        "rich_popup": ("rich_popup", {"title": text, "body": text, **button, **picture, "second_button": text}, {}),
        "rich_popup dialog ": ("rich_popup", {"title": text, "form": form}, {}),
        "cart_gauge": ("cart_gauge", {"goal": 30_000, "below": text, "link": "/other"}, cart),
        "recommendation_strip inline": (
            "recommendation_strip",
            {"title": text},
            {"products": products, "reason": text},
        ),
        "social_ticker": (
            "social_ticker",
            {"scope": "shop", "messages": [{"action": "bought", "text": text, "least": 3}]},
            {"people": {("bought", ""): 12}, "products": products},
        ),
        "welcome_bar bar top": ("welcome_bar", {"text": text, **button, "tone": "color", "icon": "gift"}, {}),
        "floating_button": (
            "floating_button",
            {"actions": [{"kind": "phone", "to": "02-123-4567", "label": text}]},
            {},
        ),
        "coupon_box": ("coupon_box", {"title": text, "body": text, "code": "SPRING", "ends": date(2100, 1, 1)}, {}),
        "form": ("form", {"title": text, "body": text, "form": form}, {}),
    }


def _fields(text: Any) -> list[dict[str, Any]]:
    choices = [{"value": "a", "label": text}, {"value": "b", "label": text}]
    return [
        {"type": "text", "name": "wish", "label": text, "hint": text, "lines": 3},
        {"type": "email", "name": "mail", "label": text, "required": True},
        {"type": "tel", "name": "phone", "label": text},
        {"type": "date", "name": "day", "label": text},
        {"type": "choice", "name": "size", "label": text, "choices": choices},
        {"type": "choices", "name": "likes", "label": text, "choices": choices},
        {"type": "consent", "name": "agree", "label": text, "terms": text, "channel": "email", "address": "mail"},
        {"type": "consent", "name": "text_me", "label": text, "channel": "sms", "address": "phone"},
    ]
