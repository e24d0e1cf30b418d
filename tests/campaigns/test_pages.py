from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.campaigns.pages import PageIndex
from dangol.definitions.model import Kind, Pages


def allows(
    url: str,
    only: tuple[str, ...] = (),
    never: tuple[str, ...] = (),
    kinds: tuple[Kind, ...] = (),
    kind: Kind = "other",
) -> bool:
    return bool(PageIndex([Pages(list(only), list(never), list(kinds))]).allowed(url, kind)[0])


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("/", "/", True),
        ("/", "", True),
        ("/", "/?utm_source=x", True),
        ("/", "/cart", False),
        ("/cart", "/cart/", True),
        ("/cart/", "/cart", True),
        ("/cart", "/cart?step=2#top", True),
        ("/cart", "/Cart", False),
        ("/cart", "/shop/cart", False),
        ("*/cart", "/shop/cart", True),
        ("/product/*", "/product/12/reviews", True),
        ("/product/*", "/product", False),
        ("/*/detail*", "/women/coat/detail-3", True),
        ("/a***b", "/a-b", True),
        ("/a*a", "/a", False),
        ("/상품/*", "/%EC%83%81%ED%92%88/7", True),
        ("/%EC%83%81%ED%92%88/*", "/상품/7", True),
        ("/a.b", "/axb", False),
        ("/a[b]", "/a[b]", True),
        ("/a*c", "/a\nc", True),
    ],
)
def test_a_glob_covers_the_whole_path(glob: str, path: str, *, matches: bool) -> None:
    assert allows(path, only=(glob,)) is matches


def test_no_globs_mean_every_page() -> None:
    assert allows("/anything")


def test_never_wins_over_only() -> None:
    assert allows("/product/1", only=("/product/*",), never=("/cart", "*/2"))
    assert not allows("/product/2", only=("/product/*",), never=("/cart", "*/2"))


@pytest.mark.parametrize(
    ("glob", "url", "matches"),
    [
        ("/goods?no=12", "/goods?no=12", True),
        ("/goods?no=12", "/goods/?x=1&no=12&y#top", True),
        ("/goods?no=12", "/goods?no=123", False),
        ("/goods?no=12*", "/goods?no=123", True),
        ("/goods?no=12", "/goods?xno=12", False),
        ("/goods?no=12", "/goods", False),
        ("/goods?no=12", "/cart?no=12", False),
        ("*?sale", "/goods?sale", True),
        ("*?sale", "/goods?sale=30", True),
        ("*?sale=", "/goods?sale=30", False),
        ("*?sale=", "/goods?sale=", True),
        ("*?a=1&b=*x", "/goods?b=2x&a=1", True),
        ("*?a=1&b=*x", "/goods?b=2x", False),
        ("*?a=2", "/goods?a=1&a=2", True),
        ("*?word=머그 컵", "/search?word=%EB%A8%B8%EA%B7%B8+%EC%BB%B5", True),
        ("*?word=%EB%A8%B8%EA%B7%B8", "/search?word=머그", True),
        ("*?a.b=1", "/goods?axb=1", False),
    ],
)
def test_a_globs_query_is_among_the_pages_parameters(glob: str, url: str, *, matches: bool) -> None:
    assert allows(url, only=(glob,)) is matches
    assert allows(url, never=(glob,)) is not matches


def test_globs_with_and_without_a_query_stand_side_by_side() -> None:
    only = ("/cart", "/goods?no=1")
    assert [allows(url, only) for url in ("/cart?x=1", "/goods?no=1", "/goods?no=2", "/goods")] == [1, 1, 0, 0]


def test_a_page_must_be_of_one_of_the_kinds() -> None:
    assert allows("/x", kinds=("cart", "product"), kind="product")
    assert not allows("/x", kinds=("cart", "product"))
    assert not allows("/x", only=("/y",), kinds=("product",), kind="product")
    assert not allows("/x?a=1", never=("/x?a",), kinds=("product",), kind="product")


def test_only_where_a_rule_looks_at_queries_are_they_looked_at() -> None:
    index = PageIndex([Pages(only=["/goods"]), Pages(kinds=["cart"])])
    assert {index.allowed(f"/goods?no={number}") for number in range(50)} == {bytes([1, 0])}
    assert index._by_path.cache_info().currsize == 1
    asking = PageIndex([Pages(only=["/goods"]), Pages(only=["*?no=7"])])
    assert [asking.allowed(f"/goods?no={number}")[1] for number in (6, 7, 8)] == [0, 1, 0]


def test_equal_rules_share_a_byte() -> None:
    index = PageIndex([Pages(), Pages(only=["/cart"]), Pages(), Pages(never=["/cart"])])
    assert index.places == [0, 1, 0, 2]
    assert index.allowed("/cart/?x=1") == bytes([1, 1, 0])
    assert index.allowed("/") == bytes([1, 0, 1])


def slow_match(glob: str, path: str) -> bool:
    """The obvious twin: try every length for each star."""
    if not glob:
        return not path
    if glob[0] == "*":
        return any(slow_match(glob[1:], path[skip:]) for skip in range(len(path) + 1))
    return path[:1] == glob[0] and slow_match(glob[1:], path[1:])


@given(st.text("ab*/.", max_size=8), st.text("ab/.", max_size=10))
def test_globs_match_as_their_slow_twin_does(glob: str, path: str) -> None:
    glob, path = "/" + glob.strip("/"), "/" + path.strip("/")
    assert allows(path, only=(glob,)) is slow_match(glob, path)


def test_a_hostile_pair_of_glob_and_path_is_quick() -> None:
    index = PageIndex([Pages(only=["*a" * 100 + "b", "*?" + "&".join(["a=" + "*a" * 20 + "b"] * 5)])])
    began = process_time()
    assert index.allowed("/" + "a" * 1999 + "?" + "&".join(["a=" + "a" * 300] * 6)) == bytes([0])
    assert process_time() - began < 0.05
