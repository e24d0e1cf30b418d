"""What the demo shop's people change, as shoppers see it."""

from collections.abc import Iterator

import pytest
from tests.demo.conftest import Shopper

from dangol.demo import stock

PRODUCT = "22423"
PRICE = "£12.75"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    stock.change(PRODUCT, "usual")


@pytest.mark.anyio
async def test_what_is_sold_out_can_be_looked_at_but_not_bought(shopper: Shopper) -> None:
    stock.change(PRODUCT, "sold_out")
    page = await shopper.get(f"/product/{PRODUCT}")
    assert "Sold out" in page.text
    assert "data-add" not in page.text.partition('<section aria-labelledby="related">')[0]
    assert (await shopper.post("/cart/add", product=PRODUCT)).status_code == 400


@pytest.mark.anyio
async def test_what_is_hidden_is_nowhere(shopper: Shopper) -> None:
    stock.change(PRODUCT, "hidden")
    assert (await shopper.get(f"/product/{PRODUCT}")).status_code == 404
    assert f"/product/{PRODUCT}" not in (await shopper.get(f"/search?q={PRODUCT}")).text


@pytest.mark.anyio
async def test_a_sale_shows_the_usual_price_struck_through_and_ends(shopper: Shopper) -> None:
    stock.change(PRODUCT, "sale")
    stock.change(PRODUCT, "sale")
    text = (await shopper.get(f"/product/{PRODUCT}")).text
    assert f"{PRICE}</s>" in text
    stock.change(PRODUCT, "usual")
    assert f"{PRICE}</p>" in (await shopper.get(f"/product/{PRODUCT}")).text


def test_what_is_no_product_or_no_change_changes_nothing() -> None:
    assert stock.change("nothing", "sale") is None
    assert stock.change(PRODUCT, "free") is None
