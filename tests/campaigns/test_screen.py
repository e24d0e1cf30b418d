"""What a request is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.campaigns.screen import about_of, screen
from dangol.definitions.model import Kind
from dangol.protocol.about import NOTHING, ORDERED, About
from dangol.protocol.event import Event, Item

NOW = 1_763_778_000
MUG = Item("mug", "Mug", 4500, 1, "Mugs", "Denby")


def event(name: str, *items: Item, key: str = "", value: int | None = None, page: str = "") -> Event:
    return Event(f"{name}-{key}", name, NOW * 1000, page, list(items), value, key)


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


def of_kind(page: str, *names: str, before: Kind | None = None) -> Kind:
    items = {"view_item": [MUG], "purchase": [MUG]}
    events = [event(name, *items.get(name, []), key="1") for name in names]
    return screen(events, NOW, page, before=About(kind=before)).kind


@pytest.mark.parametrize(
    ("page", "names", "kind"),
    [
        ("/", ["page_view"], "home"),
        ("/index.html?x=1", ["page_view"], "home"),
        ("/main/index.php", ["page_view", "view_item_list"], "home"),
        ("/", ["view_item"], "product"),
        ("/p/1", ["page_view", "view_item", "view_item_list", "view_cart"], "product"),
        ("/list", ["page_view", "view_item_list", "view_cart"], "category"),
        ("/find", ["search", "view_item_list"], "search"),
        ("/order/basket.html", ["view_cart", "view_item_list"], "cart"),
        ("/shop_Cart", ["view_cart", "search"], "cart"),
        ("/bag", ["view_cart"], "cart"),
        ("/pay", ["begin_checkout", "view_cart"], "checkout"),
        ("/done", ["purchase", "view_item"], "order"),
        ("/welcome", ["sign_up", "login"], "member"),
        ("/about", ["page_view", "custom"], "other"),
    ],
)
def test_the_kind_of_a_page_is_told_by_its_events(page: str, names: list[str], kind: Kind) -> None:
    assert of_kind(page, *names) == kind


def test_a_later_request_of_the_page_keeps_its_kind_unless_it_tells_another() -> None:
    assert of_kind("/p/1", "add_to_cart", before="product") == "product"
    assert of_kind("/p/1", "begin_checkout", before="product") == "checkout"


def test_a_page_is_about_what_it_was_about_until_it_tells_otherwise() -> None:
    first = screen([event("view_item", MUG), event("purchase", Item("cup"), key="1", value=9000)], NOW, "/p")
    later = screen([event("add_to_cart", MUG)], NOW + 5, "/p", before=about_of(first))
    same = ("product", "name", "brand", "category", "price", "ordered", "order_value", "kind")
    assert [getattr(later, name) for name in same] == [getattr(first, name) for name in same]
    other = screen([event("view_item_list", key="Cups")], NOW + 9, "/p", before=about_of(later))
    assert (other.product, other.name, other.category, other.ordered) == ("", "", "Cups", frozenset({"cup"}))


def test_what_a_former_page_could_not_deliver_tells_nothing_of_this_one_but_an_order() -> None:
    left = [event(name, MUG, key="1", value=9000, page="/done") for name in ("view_item", "purchase")]
    page = screen([*left, event("page_view", page="/")], NOW, "/")
    assert (page.kind, page.product, page.order_value) == ("home", "", 9000)
    assert page.event_names == {"view_item", "purchase", "page_view"}
    assert screen([left[1], event("page_view", page="/")], NOW, "/").kind == "home"


def test_a_page_about_nothing_has_nothing_to_say_again() -> None:
    assert about_of(screen([event("page_view")], NOW, "/about")) == NOTHING
    many = [Item(f"p{number}") for number in range(100)]
    assert len(about_of(screen([event("purchase", *many, key="1")], NOW, "/done")).ordered) == ORDERED


TEXTS = st.text(max_size=30)


@given(st.builds(Item, TEXTS, TEXTS, st.none() | st.integers(0, 10**12), category=TEXTS, brand=TEXTS), TEXTS)
def test_what_a_page_says_again_makes_the_same_page(item: Item, search: str) -> None:
    page = screen([event("view_item", item), event("search", key=search)], NOW, "/p")
    again = screen([], NOW, "/p", before=about_of(page))
    assert about_of(again) == about_of(page)
