"""The demo's data and definitions hold together."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from xml.etree import ElementTree

import httpx
import pytest

from dangol.definitions import document
from dangol.demo import guide, words
from dangol.demo.accounts import REGULAR, regular, with_regular
from dangol.demo.categories import categories
from dangol.demo.history import sample, title_case
from dangol.demo.pages import drawn
from dangol.demo.replay import member_rows, order_row, post, product_row
from dangol.demo.settings import ShopSettings
from dangol.errors import Unavailable
from dangol.host.registry import Registry
from dangol.members.row import MemberRow, checked

SHOP = "http://localhost:8001"


def test_every_product_can_be_sold() -> None:
    ids = {one.id for one in categories()}
    for product in sample().products.values():
        assert product.price > 0
        assert product.sold > 0
        assert product.category in ids


def test_every_order_has_pieces_of_products_that_are_sold() -> None:
    assert all(order.lines and order.total > 0 for order in sample().orders)
    assert len({order.number for order in sample().orders}) == len(sample().orders)
    assert [order.at for order in sample().orders] == sorted(order.at for order in sample().orders)


def test_history_ends_in_the_week_before_now() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    last = sample().orders[-1].at + sample().weeks_to(now)
    assert timedelta(0) <= now - last < timedelta(weeks=1)


@pytest.mark.parametrize(
    ("name", "title"),
    [("PACK OF 72 RETROSPOT", "Pack of 72 Retrospot"), ("THE CAT'S LED LIGHT.", "The Cat's LED Light")],
)
def test_names_in_capitals_become_titles(name: str, title: str) -> None:
    assert title_case(name) == title


def test_every_picture_is_well_formed() -> None:
    for id in ("hero", *sample().products):
        assert ElementTree.fromstring(drawn(id)).tag.endswith("svg")


def test_the_definitions_are_right() -> None:
    text = (files("dangol.demo") / "site.yaml").read_text()
    loaded = document.load_yaml(text, "site.yaml", Registry.load())
    assert loaded.site.origins == [SHOP]


def test_every_text_is_there_in_both_languages() -> None:
    assert all(set(text) == set(words.LANGUAGES) and all(text.values()) for text in words.words().values())


def test_rows_are_what_the_api_takes() -> None:
    product, order = next(iter(sample().products.values())), sample().orders[0]
    row = order_row(order, timedelta(0))
    assert product_row(product, SHOP)["url"] == f"{SHOP}/product/{product.id}"
    assert row["total"] == pytest.approx(sum(item["price"] * item["quantity"] for item in row["items"]))
    assert row["member"] in {one["id"] for one in member_rows(sample(), timedelta(0))}


def test_the_regular_is_the_customer_with_most_orders() -> None:
    account = with_regular().check(*REGULAR)
    assert account is not None
    assert account.id == regular() == Counter(order.member for order in sample().orders).most_common(1)[0][0]


@pytest.mark.parametrize(
    ("lang", "said"), [("ko_KR.UTF-8", "이렇게 해 보세요"), ("en_GB.UTF-8", "Try this"), ("", "Try this")]
)
def test_the_guide_speaks_the_terminals_language(lang: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", lang)
    text = guide.text(ShopSettings("http://localhost:8000", "", "", "", SHOP, "ak_1", "http://localhost:8002"))
    assert said in text
    assert f"{SHOP}/?utm_source=newsletter" in text


def test_what_the_shop_knows_of_its_customers_is_what_its_traits_take() -> None:
    site = document.load_yaml((files("dangol.demo") / "site.yaml").read_text()).site
    declared = {trait.id: trait for trait in site.traits}
    rows = [MemberRow(row["id"], traits=row["traits"]) for row in member_rows(sample(), timedelta(0))]
    told = [checked(row, "", declared, site).traits or {} for row in rows]
    assert 0.05 < sum(traits["trade"] for traits in told) / len(told) < 0.15
    assert {shelf for traits in told for shelf in traits["favourites"]} <= {one.id for one in categories()}


@pytest.mark.anyio
async def test_a_busy_dangol_is_told_again() -> None:
    answers = iter([503, 503, 200])

    def busy(request: httpx.Request) -> httpx.Response:
        return httpx.Response(next(answers), headers={"Retry-After": "0"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(busy), base_url="http://dangol.example") as api:
        await post(api, "products", [{"id": "a"}])
    assert list(answers) == []


@pytest.mark.anyio
async def test_what_dangol_refuses_is_not_told_again() -> None:
    refusals = iter([httpx.Response(400, text="products[0].price: expected a number")])
    transport = httpx.MockTransport(lambda _: next(refusals))
    async with httpx.AsyncClient(transport=transport, base_url="http://dangol.example") as api:
        with pytest.raises(Unavailable, match="expected a number"):
            await post(api, "products", [{"id": "a"}])
