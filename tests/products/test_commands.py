"""`dangol products` on a real store, as a user calls it."""

import asyncio
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.plugin import Product
from dangol.store import catalogue
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

PRODUCTS = [
    Product("cup", "컵", 12_000, stock=0),
    Product("mug", "Mug", 9_000, stock=1_200, sale_price=8_000),
    Product("old", "Old", 5_000, hidden=True),
    Product("gift", "Gift", 0),
]


@pytest.fixture(autouse=True)
def _shop(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, define: Callable[..., Definitions]) -> None:
    """A store with a shop of four products, which the commands use."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "a secret of the tests, long enough")

    async def save() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, define())
        await catalogue.put(link, "shop", PRODUCTS)
        link.close()

    asyncio.run(save())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["products", *arguments])


def test_products_are_listed_with_what_keeps_them_from_being_offered() -> None:
    assert run("list", "shop").output.splitlines() == [
        "cup  ₩12,000  0  컵  (sold out)",
        "gift  ₩0  -  Gift  (costs nothing)",
        "mug  ₩8,000  1,200  Mug",
        "old  ₩5,000  -  Old  (hidden)",
    ]
    assert run("list", "shop", "--hidden").output.split()[0] == "old"
    assert [line.split()[0] for line in run("list", "shop", "--hidden", "--soldout").output.splitlines()] == [
        "cup",
        "old",
    ]


def test_a_product_is_shown_as_the_api_tells_it() -> None:
    told = json.loads(run("show", "shop", "mug").output)
    assert (told["id"], told["price"], told["now"]["price"]) == ("mug", "9000", "8000")


def test_products_are_hidden_and_shown_again_by_hand() -> None:
    assert run("hide", "shop", "mug", "old").output == "2 hidden\n"
    assert "(held back by hand)" in run("list", "shop", "--hidden").output.splitlines()[0]
    assert run("hide", "shop", "mug").output == "0 hidden\n"
    assert run("unhide", "shop", "mug").output == "1 on show again\n"
    assert json.loads(run("show", "shop", "mug").output)["now"]["offered"]


@pytest.mark.parametrize(
    "command", [["show", "shop", "nothing"], ["hide", "shop", "mug", "nothing"], ["unhide", "shop", "nothing"]]
)
def test_unknown_products_are_told_and_nothing_is_changed(command: list[str]) -> None:
    refused = run(*command)
    assert refused.exit_code == 1
    assert "ID: 'nothing' is not a product of the catalogue of shop" in refused.output
    assert not json.loads(run("show", "shop", "mug").output)["hidden"]


def test_an_unknown_site_is_told() -> None:
    refused = run("list", "shopp")
    assert (refused.exit_code, "SITE: 'shopp' is not a site with definitions" in refused.output) == (1, True)
