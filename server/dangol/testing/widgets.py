"""A widget as one shopper would see it, without a server."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Literal

import msgspec
import numpy as np

from dangol.definitions.model import Language, Site
from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.plugin import Product, Profile, Ranked, Request, Submission, Text, Widget
from dangol.recommend.answers import Answer, columns_of
from dangol.recommend.chain import Chain
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Offered, Wish
from dangol.render.nodes import VOID, Node
from dangol.render.renderer import Renderer
from dangol.render.view import PageView
from dangol.testing.builders import profile as any_profile
from dangol.testing.builders import request as any_request

NOBODY: Mapping[tuple[str, str], int] = MappingProxyType({})


@dataclass(frozen=True)
class Shown:
    """What reaches the page: `tree` is the checked node tree, `label` the accessible name, `style` the addresses of the
    stylesheets."""

    tree: Node
    label: str
    style: Sequence[str]

    @property
    def text(self) -> str:
        """All that can be read, white space made single."""
        return " ".join(_text(self.tree).split())

    @property
    def html(self) -> str:
        """The tree written as HTML, to look at or to search."""
        return _html(self.tree)


def render(
    widget: Widget,
    params: Mapping[str, Any] | None = None,
    *,
    profile: Profile | None = None,
    request: Request | None = None,
    language: Language = "en",
    currency: Literal["KRW", "USD", "EUR", "GBP", "JPY"] = "KRW",
    products: Sequence[Product] = (),
    people: Mapping[tuple[str, str], int] = NOBODY,
    reason: Text = "",
    submission: Submission | None = None,
) -> Shown | None:
    """What the widget shows, or None. `products` are the catalogue and what every recommender has to offer, for that
    `reason`, `people` what every tally counts, by action and product or category, and `submission` is what its form was
    just taken for.

    Raises Invalid for parameters that the widget does not take, PluginFailure for all else that goes wrong.
    """
    checked = check_params(widget, params or {}, "params")
    seen = view(
        profile=profile,
        request=request,
        language=language,
        currency=currency,
        products=products,
        people=people,
        reason=reason,
    )
    seen.submission = submission
    renderer = Renderer(Registry.of([widget]), Guard())
    rendered = asyncio.run(renderer.render(widget, checked, seen))
    return None if rendered is None else Shown(msgspec.json.decode(rendered.tree), rendered.label, rendered.style)


def view(
    *,
    profile: Profile | None = None,
    request: Request | None = None,
    language: Language = "en",
    currency: Literal["KRW", "USD", "EUR", "GBP", "JPY"] = "KRW",
    products: Sequence[Product] = (),
    people: Mapping[tuple[str, str], int] = NOBODY,
    reason: Text = "",
) -> PageView:
    """A `dangol.plugin.View` to call a widget's ``context`` with. The product on screen is looked up in `products`."""
    page = request or any_request()

    async def offer(wish: Wish) -> Sequence[Offered]:
        return await _offered(wish, list(products), reason)

    async def find(ids: Sequence[str]) -> Sequence[Product]:
        known = {each.id: each for each in products}
        return [known[each] for each in dict.fromkeys(ids) if each in known]

    async def count(source: str, action: str, product: str, category: str, minutes: int) -> int:
        return people.get((action, product or category), 0)

    site = Site("shop", "testing_key", "Shop", ["https://shop.example"], currency=currency, language=language)
    on_screen = next((each for each in products if each.id == page.product), None)
    return PageView(site, profile or any_profile(), page, language, offer, on_screen, find, count)


async def _offered(wish: Wish, products: list[Product], reason: Text) -> list[Offered]:
    """What would be offered if the products were the catalogue and the first recommender named them in their order."""
    shelf = Shelf.of(products, wish.now)
    places = np.arange(len(products), dtype=np.int32)
    columns = columns_of(Ranked(places, -places.astype(np.float32)))

    async def ask(name: str) -> Answer:
        return Answer(None, *columns)

    picks = await Chain(ask, shelf, wish, 30).best(wish.count)
    chosen = [products[place] for place, _, _ in picks]
    return [Offered(each, each.price_at(wish.now), wish.recommenders[0], reason=reason) for each in chosen]


def _text(node: Node) -> str:
    return node if isinstance(node, str) else " ".join(_text(child) for child in node[2:])


def _html(node: Node) -> str:
    if isinstance(node, str):
        return escape(node)
    element, attributes, *children = node
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    inside = "".join(_html(child) for child in children)
    return f"<{element}{written}>" if element in VOID else f"<{element}{written}>{inside}</{element}>"
