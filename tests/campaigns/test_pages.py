from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.campaigns.pages import PageIndex, compile_pages
from dangol.definitions.model import Pages


def allows(path: str, only: tuple[str, ...] = (), never: tuple[str, ...] = ()) -> bool:
    return bool(PageIndex([Pages(list(only), list(never))]).allowed(path)[0])


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
    assert compile_pages(Pages(only=[glob]))(path) is slow_match(glob, path)


def test_a_hostile_pair_of_glob_and_path_is_quick() -> None:
    matches = compile_pages(Pages(only=["*a" * 100 + "b"]))
    began = perf_counter()
    assert not matches("/" + "a" * 1999)
    assert perf_counter() - began < 0.05
