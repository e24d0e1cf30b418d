"""What a request is about."""

from dangol.campaigns.screen import screen
from dangol.protocol.event import Event, Item

NOW = 1_763_778_000
MUG = Item("mug", "Mug", 4500, 1, "Mugs", "Denby")


def event(name: str, *items: Item, key: str = "", value: int | None = None) -> Event:
    return Event(f"{name}-{key}", name, NOW * 1000, "/", list(items), value, key)


def test_a_products_page_is_about_the_product() -> None:
    page = screen([event("page_view"), event("view_item", MUG)], NOW, "/p?no=1&utm_source=mail")
    assert (page.product, page.category, page.brand, page.price) == ("mug", "Mugs", "Denby", 4500)
    assert (page.path, page.url) == ("/p", "/p?no=1&utm_source=mail")


def test_a_list_is_about_its_category() -> None:
    page = screen([event("view_item", MUG), event("view_item_list", MUG, key="Cups")], NOW, "/list")
    assert (page.product, page.category, page.brand, page.price) == ("", "Cups", "", None)


def test_a_search_and_an_order_are_told() -> None:
    found = [event("search", key="red mug"), event("purchase", MUG, Item("cup"), key="1", value=9000)]
    page = screen(found, NOW, "/done")
    assert (page.search, page.order_value, page.ordered) == ("red mug", 9000, frozenset({"mug", "cup"}))
    assert page.event_names == frozenset({"search", "purchase"})


def test_a_page_may_be_about_nothing() -> None:
    page = screen([], NOW, "/")
    assert (page.product, page.category, page.search, page.ordered) == ("", "", "", frozenset())
