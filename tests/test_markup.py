"""Elements of pages, also of those that are made to be slow."""

import time

import pytest

from dangol.markup import Element, elements


def test_scripts_titles_and_links_are_found_with_their_attributes() -> None:
    page = (
        '<TITLE>a &amp; b</TITLE><link rel=canonical href="/p?a=1&amp;b=2">'
        '<Script Type=x A="1>2" a=3>if (1 < 2)</scripts></SCRIPT >'
    )
    assert list(elements(page)) == [
        Element("title", {}, "a &amp; b"),
        Element("link", {"rel": "canonical", "href": "/p?a=1&b=2"}),
        Element("script", {"type": "x", "a": "1>2"}, "if (1 < 2)</scripts>"),
    ]


def test_comments_and_other_elements_are_passed_over() -> None:
    page = "<!-- <title>old</title> --><titles>x</titles><p title='<'>y</p><!----><title>new</title>"
    assert list(elements(page)) == [Element("title", {}, "new")]


@pytest.mark.parametrize("page", ["<title>new", "<title>new</titl"])
def test_an_element_that_does_not_end_is_the_last(page: str) -> None:
    assert [each.text for each in elements(page)] == [page.removeprefix("<title>")]


@pytest.mark.parametrize(
    "page", ["", "<!-- <title>x</title>", "<title", "<link href='", "<script", "<script " + "x" * 5000 + ">"]
)
def test_what_is_no_element_is_none(page: str) -> None:
    assert list(elements(page)) == []


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<!", "<script>", "<script ", "<link a='", "<title></", "<title></title>", '<link a="">', "<", "</"],
)
def test_no_page_takes_long(piece: str) -> None:
    began = time.process_time()
    list(elements(piece * (1_000_000 // len(piece))))
    assert time.process_time() - began < 1
