"""The pages on feeds: their examples are taken, their tables are the code's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dangol.definitions import document
from dangol.definitions.model import ProductRules, Site
from dangol.host.registry import Registry
from dangol.products import columns, fetching, importing, pages
from dangol.products.cells import MOST_IMAGES
from dangol.products.columns import FIELDS, NAMES
from dangol.products.formats import LARGEST_DOCUMENT, Rows
from dangol.products.product import Product
from dangol.store.hints import MOST
from dangol.worker.pages import DAY, EVERY, IN_VAIN, LARGEST, SOON

DOCS = Path(__file__).parents[2] / "docs"
TEXTS = [(DOCS / "feeds.md").read_text(), (DOCS / "ko" / "feeds.md").read_text()]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])

pytestmark = pytest.mark.parametrize("text", TEXTS, ids=["en", "ko"])


def examples(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def listed(text: str) -> Iterator[list[str]]:
    table = re.split(r"\| --- \| --- \|\n", text)[1].partition("\n\n")[0]
    return (re.findall(r"`(\w+)`", line.split("|")[1]) for line in table.splitlines())


def test_the_columns_are_those_that_are_read(text: str) -> None:
    *fields, attributes = listed(text)
    assert {name for names in fields for name in names} == FIELDS.keys() - set(columns.ATTRIBUTES)
    assert [tuple(names) for names in fields] == [NAMES[FIELDS[names[0]]] for names in fields]
    labels = [name for name in columns.ATTRIBUTES if name not in attributes]
    assert labels == ["custom_label_1", "custom_label_2", "custom_label_3"]


def test_the_feed_is_taken_whole(text: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text(examples(text, "csv")[0])
    with path.open("rb") as file:
        rows = Rows(file, "utf-8-sig", SITE)
        red, blue = rows
    assert rows.ignored == []
    assert isinstance(red, Product)
    assert isinstance(blue, Product)
    assert (red.price_at(red.sale_from), red.price_at(red.sale_until), red.categories) == (15_000, 18_000, ("Kitchen",))
    assert (red.group, blue.group, red.stock, blue.stock, blue.attributes) == ("mug", "mug", None, 0, {"color": "blue"})


def test_the_definitions_are_right(text: str) -> None:
    found = []
    for example in examples(text, "yaml"):
        head = example.replace(
            "site:\n", "site:\n  id: shop\n  key: public-key\n  name: x\n  origins: [https://x.kr]\n"
        )
        found.append(document.load_yaml(head, "feeds.md", Registry.load()).site.products)
    feed = found[0].feed
    assert feed is not None
    assert (feed.hours, feed.replace, found[1]) == (3, True, ProductRules(pages=True))


def test_the_page_is_read(text: str) -> None:
    product = pages.read(examples(text, "html")[0], "https://shop.example/product/12?x=1", "12", SITE)
    assert product is not None
    assert (product.name, product.price, product.brand) == ("내열 머그", 18_000, "Ongi")
    assert (product.url, product.image) == ("https://shop.example/product/12", "https://shop.example/mug.jpg")


def test_the_limits_are_those_of_the_code(text: str) -> None:
    plain = text.replace("MB", " MB").replace("  ", " ")
    told = (LARGEST_DOCUMENT >> 20, importing.LARGEST >> 20, LARGEST >> 20, MOST, MOST_IMAGES, fetching.AGAIN // 60)
    assert told == (64, 200, 2, 1000, 10, 15)
    assert all(each in plain for each in ("64 MB", "200 MB", "2 MB", "1,000", "10", "15"))
    assert (DAY, IN_VAIN, SOON, EVERY, fetching.SECONDS) == (86_400, 3600, 600, 1, 600)
