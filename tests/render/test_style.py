"""Stylesheets of plugins."""

import re

import pytest

from dangol.errors import Invalid
from dangol.render.style import MAX_STYLE, check_style, style_address


def test_a_style_is_served_without_what_only_its_author_reads() -> None:
    css = """/* don't @import */
        .a :hover { content: "\\"  /* no; comment */"; background: url("data:image/png;base64,AA==  ") }
        .b > p, .c { fill: url(#c); margin: 0 auto; }"""
    lean = """.a :hover{content: "\\"  /* no; comment */";background: url("data:image/png;base64,AA==  ")}"""
    assert check_style("style.css", css).decode() == lean + ".b > p,.c{fill: url(#c);margin: 0 auto;}"


@pytest.mark.parametrize(
    "css",
    [
        '@import "https://evil.example/x.css";',
        "@IMPORT url(x)",
        "@\\69mport 'x'",
        ".a { background: url(https://evil.example/x.png) }",
        ".a { background: url( '//evil.example/x' ) }",
        ".a { background: u\\72l(/x) }",
        '.a { background: image-set("https://evil.example/x" 1x) }',
        ".a { background: URL(/*x*/'http://x') }",
        ".a { } </style><script>",
        "a" * (MAX_STYLE + 1),
    ],
)
def test_a_style_that_calls_out_is_refused(css: str) -> None:
    with pytest.raises(Invalid, match=r"style\.css"):
        check_style("style.css", css)


def test_another_style_has_another_address() -> None:
    assert style_address(b".a{}") != style_address(b".b{}")
    assert re.fullmatch(r"/v1/style/[0-9a-f]{16}\.css", style_address(b""))
