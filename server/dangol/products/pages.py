"""What a product page of the shop tells of a product in schema.org's JSON-LD (https://schema.org/Product). Pure.

The page is the shop's own, but what stands in it may come from anybody: it is bounded, and read like a row of a feed.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import msgspec

from dangol.definitions.model import Site
from dangol.markup import elements
from dangol.products.cells import ADDRESS, GONE, LONGEST_ADDRESS, MOST_IMAGES, word
from dangol.products.columns import product
from dangol.products.product import Product

MOST_NODES: Final = 500
LARGEST_BLOCK: Final = 1 << 19
KINDS: Final = frozenset({"product", "product_group", "product_model", "individual_product"})
IDS: Final = ("sku", "productID", "productGroupID", "mpn", "gtin13", "gtin", "@id", "url")
"""What the snippet takes a product's id from, too."""

KEPT: Final = ("color", "size", "material", "pattern")
CONTROL = re.compile(r"[\x00-\x1f]")

Node = Mapping[str, Any]
_decode = msgspec.json.Decoder().decode


class Group(NamedTuple):
    """A product with the group that it is a variant of, if it is."""

    node: Node
    group: Node


def read(page: str, address: str, id: str, site: Site) -> Product | None:
    """The product `id` as the page at `address` tells of it; None where it does not, or not soundly."""
    canonical, blocks = _parts(page)
    for node, group in _products([node for block in blocks for node in _nodes(_json(block))]):
        if id in _ids(node):
            made = product(0, _told(node, group, id, address, canonical, site).items(), site)
            return made if isinstance(made, Product) else None
    return None


def _parts(page: str) -> tuple[str, list[str]]:
    """The address that the page calls its own, and its blocks of JSON-LD."""
    canonical, blocks = "", []
    for each in elements(page):
        if each.tag == "link" and "canonical" in each.attributes.get("rel", "").lower().split():
            canonical = canonical or each.attributes.get("href", "")
        is_data = each.attributes.get("type", "").partition(";")[0].strip().lower() == "application/ld+json"
        if each.tag == "script" and is_data and len(each.text) <= LARGEST_BLOCK:
            blocks.append(each.text)
    return canonical, blocks


def _json(text: str) -> Any:
    """What stands in a block; None where that is no JSON. Line breaks in texts, which JSON forbids, are common."""
    try:
        return _decode(CONTROL.sub(" ", text))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _nodes(value: Any) -> list[Node]:
    """All objects that stand for themselves: not the products that another one is said to be related to."""
    found: list[Node] = []
    waiting = deque([value])
    while waiting and len(found) < MOST_NODES:
        each = waiting.popleft()
        if isinstance(each, dict):
            found.append(each)
            waiting += [each[name] for name in ("@graph", "mainEntity") if name in each]
        elif isinstance(each, list):
            waiting += each[:MOST_NODES]
    return found


def _products(nodes: Sequence[Node]) -> Iterator[Group]:
    """The products among them, each group's variants before the group itself."""
    for node in nodes:
        if KINDS.isdisjoint(word(each.rpartition("/")[2]) for each in _texts(node.get("@type"))):
            continue
        for variant in _many(node.get("hasVariant")):
            if isinstance(variant, dict):
                yield Group(variant, node)
        group = node.get("isVariantOf")
        yield Group(node, group if isinstance(group, dict) else {})


def _ids(node: Node) -> set[str]:
    """The ids that a product goes by, also those of its offers; the productID ``sku:12`` is 12."""
    named = [each.get(name) for each in (node, *_offers(node)) for name in IDS]
    named += [each.partition(":")[2] for each in _texts(node.get("productID"))]
    return {str(each).strip() for each in named if isinstance(each, str | int)} - {""}


def _told(node: Node, group: Node, id: str, address: str, canonical: str, site: Site) -> dict[str, Any]:
    """The product as a feed would tell of it."""

    def of(name: str) -> Any:
        return node.get(name) or group.get(name)

    offer = _offer(_offers(node) or [each for variant in _variants(node) for each in _offers(variant)], site, id)
    images = [each for told in _addresses(of("image")) if (each := _joined(address, told))][: 1 + MOST_IMAGES]
    told: dict[str, Any] = {
        "id": id,
        "name": of("name"),
        "price": offer.get("price"),
        "link": _own(of("url"), canonical, address, site),
        "image_link": images[0] if images else None,
        "additional_image_link": images[1:],
        "availability": "out_of_stock" if _is_gone(offer) else "in_stock",
        "product_type": [each for each in _names(of("category")) if each],
        "brand": next(iter(_names(of("brand"))), None),
        "group": group.get("productGroupID") or node.get("productGroupID") or node.get("inProductGroupWithID"),
    }
    told |= {name: next(iter(_names(of(name))), None) for name in KEPT}
    return {name: value for name, value in told.items() if isinstance(value, str | int | float | list)}


def _variants(node: Node) -> Iterator[Node]:
    return (each for each in _many(node.get("hasVariant")) if isinstance(each, dict))


def _offers(node: Node) -> list[Node]:
    """The single offers of a product, with those inside of an AggregateOffer, each with its price and currency."""
    found = []
    for each in _many(node.get("offers")):
        if isinstance(each, dict):
            inside = [one for one in _many(each.get("offers")) if isinstance(one, dict)]
            found += [_priced(one, each) for one in inside] or [_priced(each, {})]
    return found[:MOST_NODES]


def _priced(offer: Node, around: Node) -> Node:
    prices = next((each for each in _many(offer.get("priceSpecification")) if isinstance(each, dict)), {})
    price = next((each[name] for each in (offer, prices) for name in ("price", "lowPrice") if name in each), None)
    currency = offer.get("priceCurrency") or prices.get("priceCurrency") or around.get("priceCurrency")
    return {**offer, "price": price, "currency": currency, "availability": offer.get("availability", "")}


def _offer(offers: Sequence[Node], site: Site, id: str) -> Node:
    """The offer of the site's currency that counts: the product's own, then what can be bought, then the lowest."""
    fitting = [each for each in offers if each["currency"] == site.currency and _number(each["price"]) is not None]
    own = [each for each in fitting if id in (each.get("sku"), each.get("mpn"))]
    return min(own or fitting, key=lambda each: (_is_gone(each), _number(each["price"])), default={})


def _number(price: Any) -> float | None:
    try:
        return float(price.replace(",", "")) if isinstance(price, str) else float(price)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_gone(offer: Node) -> bool:
    return any(word(each.rpartition("/")[2]) in GONE for each in _texts(offer.get("availability")))


def _own(told: Any, canonical: str, address: str, site: Site) -> str:
    """The product's address on the shop: what the page says, or where it is. A query that only whoever looked had is
    nobody else's."""
    for each in (*_texts(told), canonical):
        own = _joined(address, each)
        if any(own == origin or own.startswith(f"{origin}/") for origin in site.origins):
            return own
    return "" if urlsplit(address).query else address


def _joined(base: str, told: str) -> str:
    """The address that is meant on a page; "" where it is none."""
    try:
        whole = urljoin(base, told) if told else ""
    except ValueError:
        return ""
    return whole if len(whole) <= LONGEST_ADDRESS and ADDRESS.fullmatch(whole) else ""


def _addresses(value: Any) -> list[str]:
    """The addresses of images: text, ImageObject, or a list of either."""
    found = [each.get("contentUrl") or each.get("url") if isinstance(each, dict) else each for each in _many(value)]
    return [each.strip() for each in found if isinstance(each, str) and each.strip()]


def _names(value: Any) -> list[str]:
    """Texts, and the names of objects."""
    found = [each.get("name") if isinstance(each, dict) else each for each in _many(value)]
    return [each for each in found if isinstance(each, str)]


def _texts(value: Any) -> list[str]:
    return [each for each in _many(value) if isinstance(each, str)]


def _many(value: Any) -> list[Any]:
    return value[:MOST_NODES] if isinstance(value, list) else [] if value is None else [value]
