"""What a browser with the snippet on its pages sends and understands; docs/architecture.md has the format. Pure."""

import random
import secrets
from collections import Counter
from dataclasses import dataclass
from dataclasses import field as own
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from dangol.demo.history import Product
from loadtests.day import Day, Step

ORIGIN = "http://shop.test"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36"
SEARCHES = ("mug", "lunch bag", "christmas", "clock", "heart")

Data = dict[str, Any]
Events = list[tuple[str, Data]]


class Show(Struct, frozen=True, forbid_unknown_fields=True):
    """A widget of an answer."""

    campaign: str
    exposure: str
    widget: str
    slot: Literal["corner", "dialog", "bar", "inline", "float"]
    lang: str
    label: str
    style: list[str]
    tree: list[Any]
    at: str = ""
    position: str = ""
    effect: str = ""
    later: list[str] = field(default_factory=list)


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """All that an answer may hold."""

    visitor: str = ""
    dropped: int = 0
    show: list[Show] = field(default_factory=list)
    wait: list[Data] = field(default_factory=list)
    now: Data = field(default_factory=dict)
    theme: Data = field(default_factory=dict)


class WrongAnswer(ValueError):
    """An answer that the snippet can't use, or that lost something."""


def read(status: int, body: bytes) -> Answer:
    """The answer. Raises `WrongAnswer` for any but 200, a foreign shape or dropped events: what we send is sound."""
    if status != 200:
        raise WrongAnswer(f"status {status}: {body[:200].decode('utf-8', 'replace')}")
    try:
        answer = msgspec.json.decode(body, type=Answer)
    except msgspec.DecodeError as error:
        raise WrongAnswer(f"answer: {error}") from error
    if answer.dropped:
        raise WrongAnswer(f"dropped: {answer.dropped} events that were well-formed")
    if any(not show.tree or not isinstance(show.tree[0], str) for show in answer.show):
        raise WrongAnswer("show: expected a tree that starts with an element's name")
    return answer


def uuid7(now: int) -> str:
    """An event id as the snippet makes it; `now` in unix milliseconds."""
    tail = secrets.token_hex(9)
    return f"{now >> 16:08x}-{now & 0xFFFF:04x}-7{tail[:3]}-8{tail[3:6]}-{tail[6:]}"


@dataclass
class Browser:
    """One browser in the shop, with its shopper's cart."""

    day: Day
    products: list[Product]
    chance: random.Random
    token: str = ""
    visits: int = 0
    link: str = ""
    page: str = ORIGIN + "/"
    product: Product | None = None
    open: list[str] = own(default_factory=list)
    cart: Counter[str] = own(default_factory=Counter)

    def __post_init__(self) -> None:
        self.by_id = {product.id: product for product in self.products}
        self.agent = PHONE if self.chance.random() < self.day.mobile else DESKTOP

    def step(self, wanted: Step) -> tuple[Step, Events]:
        """What the shopper does and the events of it; what the cart does not allow becomes the nearest page."""
        if wanted in ("remove", "checkout", "order") and not self.cart:
            wanted = "cart"
        if wanted in ("add", "remove") and self.page.startswith(ORIGIN):
            return wanted, self._add() if wanted == "add" else self._remove()
        wanted = "product" if wanted in ("add", "remove") else wanted
        referrer, self.page, self.open = self.page, self._address(wanted) + self.link, []
        self.link = ""
        view = {"page_location": self.page, "page_referrer": referrer, "page_title": wanted}
        return wanted, [("page_view", view), *self._on_page(wanted)]

    def _address(self, step: Step) -> str:
        self.product = self._popular() if step == "product" else None
        paths = {
            "view": "/",
            "list": f"/category/{self.chance.randrange(12)}",
            "search": "/search",
            "product": f"/product/{self.product.id}" if self.product else "",
            "order": "/checkout/done",
        }
        return ORIGIN + paths.get(step, f"/{step}")

    def enter(self, returning: bool) -> None:
        """A new visit. Who returns comes by a newsletter's link, which is a new visit whatever the time between."""
        self.visits = self.visits + 1 if returning else 1
        self.link = f"?utm_source=newsletter&utm_medium=email&utm_campaign=letter-{self.visits}" if returning else ""
        self.page = "https://mail.example/" if returning else "https://www.google.com/"

    def _on_page(self, step: Step) -> Events:
        if step == "product" and self.product:
            return [("view_item", {"items": [self._item(self.product)], "value": self.product.price / 100})]
        if step == "list":
            shown = self.chance.sample(self.products, self.day.listed_products)
            return [("view_item_list", {"item_category": shown[0].category, "items": [*map(self._item, shown)]})]
        if step == "search":
            return [("search", {"search_term": self.chance.choice(SEARCHES)})]
        if step == "cart":
            return [("view_cart", self._whole_cart())]
        if step == "checkout":
            return [("begin_checkout", self._whole_cart())]
        return self._buy() if step == "order" else []

    def _buy(self) -> Events:
        order = {"transaction_id": secrets.token_hex(8), **self._whole_cart()}
        self.cart = Counter()
        return [("purchase", order)]

    def _add(self) -> Events:
        product = self.product or self._popular()
        self.cart[product.id] += 1
        return [("add_to_cart", {"items": [self._item(product)], "value": product.price / 100})]

    def _remove(self) -> Events:
        product = self.by_id[self.chance.choice(list(self.cart))]
        quantity = self.cart.pop(product.id)
        return [("remove_from_cart", {"items": [self._item(product, quantity)]})]

    def _popular(self) -> Product:
        """Products in the proportions in which they sell."""
        return self.chance.choices(self.products, [product.sold for product in self.products])[0]

    def _whole_cart(self) -> Data:
        total = sum(self.by_id[name].price * quantity for name, quantity in self.cart.items())
        return {
            "items": [self._item(self.by_id[name], count) for name, count in self.cart.items()],
            "value": total / 100,
        }

    def _item(self, product: Product, quantity: int = 1) -> Data:
        return {
            "item_id": product.id,
            "item_name": product.title,
            "price": product.price / 100,
            "quantity": quantity,
            "item_category": product.category,
        }

    def see(self, answer: Answer) -> Events:
        """Take an answer in; the events that its widgets cause. What stands on the page already is only replaced."""
        self.token = answer.visitor or self.token
        fresh = [show for show in answer.show if show.campaign not in self.open]
        self.open += [show.campaign for show in fresh]
        return [("widget_view", {"campaign": show.campaign, "exposure": show.exposure}) for show in fresh]

    def envelope(self, site: str, events: Events, now: int) -> tuple[bytes, list[str]]:
        """The body of one request, and its events' ids."""
        ids = [uuid7(now) for _ in events]
        body: Data = {"site": site, "sent": now, "page": self.page, "lang": "en"}
        if self.token:
            body["visitor"] = self.token
        if self.open:
            body["open"] = self.open
        body["events"] = [
            {"id": id, "name": name, "at": now, "data": data} for id, (name, data) in zip(ids, events, strict=True)
        ]
        return msgspec.json.encode(body), ids
