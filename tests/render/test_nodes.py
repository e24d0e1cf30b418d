"""HTML to the checked node tree: what is on the list travels, everything else is refused and named."""

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.render.nodes import (
    ADDRESS,
    ARIA,
    CONTACT,
    ELEMENTS,
    EVERYWHERE,
    MAX_DEPTH,
    MAX_HTML,
    MAX_NODES,
    OWN,
    TYPES,
    check,
    told_by_clicks,
)


def test_the_tree_has_elements_attributes_and_text() -> None:
    tree = check(
        '<section class="x">text<a href="/" data-dg="click">Go</a><br><progress max="3" value="1"></progress></section>'
    )
    assert tree == [
        "section",
        {"class": "x"},
        "text",
        ["a", {"href": "/", "data-dg": "click"}, "Go"],
        ["br", {}],
        ["progress", {"max": "3", "value": "1"}],
    ]


def test_what_clicks_tell_is_found_in_its_order() -> None:
    tree = check(
        '<ul><li><a href="/" data-dg="click" data-for="popular:1">x</a></li><li><b data-dg="click">y</b></li>'
        '<li><p data-dg="copy" data-for="CODE"><i data-dg="click" data-for=":a&amp;&quot;b">z</i></p></li></ul>'
    )
    assert list(told_by_clicks(tree)) == ["popular:1", ':a&"b']


def test_indentation_is_dropped_and_spaces_between_words_are_kept() -> None:
    tree = check("<p>\n  <b>one</b> <i>two</i>\n  three\n</p>")
    assert tree == ["p", {}, ["b", {}, "one"], " ", ["i", {}, "two"], "\n  three\n"]


def test_an_attribute_without_a_value_is_empty() -> None:
    assert check("<p hidden>a</p>") == ["p", {"hidden": ""}, "a"]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<p><style>p{}</style></p>", "<style>"),
        ("<iframe></iframe>", "<iframe>"),
        ("<svg></svg>", "<svg>"),
        ("<custom-element></custom-element>", "<custom-element>"),
        ('<p onclick="x()">a</p>', "<p onclick>"),
        ('<p style="color:red">a</p>', "<p style>"),
        ('<p href="/">a</p>', "<p href>"),
        ('<img src="/a" srcset="/b">', "<img srcset>"),
        ('<form action="/x"></form>', "<form action>"),
        ('<p class="a" class="b">a</p>', "<p class>"),
        ('<p data-dg="buy">a</p>', "<p data-dg>"),
        ("<p><!-- note --></p>", "<!-- -->"),
        ("<!doctype html><p>a</p>", "<!…>"),
        ("<?php x ?><p>a</p>", "<?…>"),
        ("<p><![CDATA[x]]></p>", "<"),
        ('<a href="/" target="_blank">a</a>', "<a rel>"),
        ('<a href="/" target="_top" rel="noopener">a</a>', "<a target>"),
    ],
)
def test_what_is_not_on_the_list_is_refused_and_named(source: str, named: str) -> None:
    with pytest.raises(Invalid, match="line 1, column") as refused:
        check(source)
    assert named in refused.value.problems[0].where


def test_a_new_tab_is_fine_when_it_gets_no_opener() -> None:
    assert check('<a href="/" target="_blank" rel="noopener nofollow">a</a>')


HOSTILE = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "https:\\\\evil.example",
    "http://a b",
    "/a\x00b",
    "about:blank",
    "relative",
    "",
]


@pytest.mark.parametrize("address", HOSTILE)
@pytest.mark.parametrize("element", ['<a href="{}">a</a>', '<img src="{}">'])
def test_hostile_addresses_are_refused(element: str, address: str) -> None:
    with pytest.raises(Invalid, match="path on the site"):
        check(element.format(html.escape(address)))


@pytest.mark.parametrize(
    "address", ["https://a.example/b?c=d#e", "http://a.example", "/", "/a/b?c", "tel:+8215881234", "mailto:a@b.kr"]
)
def test_addresses_of_links(address: str) -> None:
    assert check(f'<a href="{address}">a</a>') == ["a", {"href": address}, "a"]


def test_a_picture_is_not_called_by_phone() -> None:
    with pytest.raises(Invalid, match="src"):
        check('<img src="tel:1">')


@pytest.mark.parametrize(
    "source",
    [
        "",
        "text",
        "<p>a</p><p>b</p>",
        "<p>a</p>text",
        "<p>a",
        "<p><b>a</p></b>",
        "</p>",
        "<p/>",
        "<p>a</p></p>",
        "<p>a</p></br>",
        "<p>a</p><",
    ],
)
def test_what_is_not_one_closed_root_is_refused(source: str) -> None:
    with pytest.raises(Invalid):
        check(source)


def test_the_tree_is_bounded() -> None:
    deep, wide, long = MAX_DEPTH + 1, MAX_NODES, MAX_HTML
    assert check("<b>" * (MAX_DEPTH - 1) + "</b>" * (MAX_DEPTH - 1))
    for source in ("<b>" * deep + "</b>" * deep, f"<p>{'<br>' * wide}</p>", f"<p>{'a' * long}</p>"):
        with pytest.raises(Invalid, match="at most"):
            check(source)


@given(st.text())
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    tree = check(f'<p title="{html.escape(text)}"><b></b>x{html.escape(text)}</p>')
    assert tree == ["p", {"title": text}, ["b", {}], "x" + text]


def elements(node: Any) -> Iterator[tuple[str, dict[str, str]]]:
    if not isinstance(node, str):
        yield node[0], node[1]
        for child in node[2:]:
            yield from elements(child)


PIECES = [
    "<",
    ">",
    "</",
    "/>",
    "p",
    "b",
    "a href=",
    "script",
    "img src=",
    "'",
    '"',
    "=",
    "&lt;",
    "&#x3c;",
    "javascript:",
    " on",
    "x",
    "\n",
    "<!--",
    "-->",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_source_is_refused_or_gives_nothing_but_what_is_allowed(source: str) -> None:
    with suppress(Invalid):
        for element, attributes in elements(check(f"<p>{source}</p>")):
            assert element in ELEMENTS
            assert set(attributes) <= EVERYWHERE | OWN.get(element, frozenset())
            assert not attributes.get("href", "/").startswith("javascript")


def alternatives(name: str) -> set[str]:
    """What a regular expression of the snippet's list allows; all are written as alternatives."""
    source = (Path(__file__).parents[2] / "snippet/src/widgets/nodes.ts").read_text()
    found = re.search(rf"{name}.*?/\^\((.*?)\):?\$/", source, re.DOTALL)
    assert found, name
    return set(found[1].split("|"))


def test_the_page_knows_the_same_elements_attributes_and_values() -> None:
    assert alternatives("const ELEMENT") == ELEMENTS
    assert alternatives("const ATTRIBUTE") == {*EVERYWHERE, *set().union(*OWN.values()), ARIA.pattern}
    assert alternatives("type:") == {value for values in TYPES.values() for value in values}
    assert alternatives("href:") == {"https?", "mailto", "tel"}
    assert all(ADDRESS.fullmatch(f"{scheme}://x") for scheme in ("http", "https"))
    assert all(CONTACT.fullmatch(f"{scheme}:x") for scheme in ("mailto", "tel"))
    assert not ADDRESS.fullmatch("ftp://x")
