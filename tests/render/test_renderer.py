"""From a widget plugin to the bytes that the page gets, and how a faulty plugin is told."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Widget
from dangol.render.renderer import CACHED, Rendered, Renderer, encoded
from dangol.testing import view

Make = Callable[..., Widget]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Writes a widget's package as an author would, and makes the plugin."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(
        template: str | None = "<p>{{ label }}</p>", style: str = ".a { }", context: str = "{'label': 'Hi'}"
    ) -> Widget:
        package = tmp_path / "sample_widget"
        package.mkdir()
        (package / "__init__.py").write_text(
            dedent(f"""\
            from dangol.plugin import Widget

            class Sample(Widget):
                name = "sample"
                api = 1
                title = "Sample"
                slot = "corner"

                async def context(self, params, view):
                    return {context}
            """)
        )
        (package / "style.css").write_text(style)
        if template is not None:
            (package / "template.html").write_text(template)
        widget: Widget = import_module("sample_widget").Sample()
        return widget

    yield write
    sys.modules.pop("sample_widget", None)


async def rendered(widget: Widget, times: int = 1) -> Rendered | None:
    renderer = Renderer(Registry.of([widget]), Guard())
    for _ in range(times - 1):
        with pytest.raises(PluginFailure):
            await renderer.render(widget, widget.Params(), view())
    return await renderer.render(widget, widget.Params(), view())


@pytest.mark.anyio
async def test_a_widget_becomes_json_with_a_label(make: Make) -> None:
    widget = make('<p lang="{{ view.language }}">{{ label }} {{ 1200 | money }} {{ "{a|b}" | t(a="<c>") }}</p>')
    shown = await rendered(widget)
    assert shown is not None
    assert shown[:2] == (b'["p",{"lang":"en"},"Hi \xe2\x82\xa91,200 <c>"]', "Hi")


@pytest.mark.anyio
async def test_the_label_is_the_plugins_title_where_nothing_else_is_said(make: Make) -> None:
    shown = await rendered(make("<p>a</p>", context="{}"))
    assert shown is not None
    assert shown[:2] == (b'["p",{},"a"]', "Sample")


@pytest.mark.anyio
async def test_a_context_of_none_shows_nothing(make: Make) -> None:
    assert await rendered(make(context="None")) is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("files", "kind", "told"),
    [
        ({"template": None}, "import", "template.html"),
        ({"template": "{% if %}"}, "import", "TemplateSyntaxError"),
        ({"style": "@import 'x'"}, "import", "style.css"),
        ({"template": "<p>{{ labl }}</p>"}, "raised", "'labl' is undefined"),
        ({"template": "<script></script>"}, "result", "<script>"),
        (
            {"template": "<p>{{ label | safe }}</p>", "context": "{'label': '<img onerror=x>'}"},
            "result",
            "<img onerror>",
        ),
        ({"context": "['x']"}, "result", "returned list"),
        ({"context": "1 / 0"}, "raised", "ZeroDivisionError"),
    ],
)
async def test_a_faulty_widget_fails_alone_and_says_why(
    make: Make, files: dict[str, str], kind: str, told: str
) -> None:
    with pytest.raises(PluginFailure) as failure:
        await rendered(make(**files))
    assert failure.value.kind == kind
    assert told in failure.value.detail


@pytest.mark.anyio
async def test_a_template_that_always_fails_is_switched_off(make: Make) -> None:
    with pytest.raises(PluginFailure) as failure:
        await rendered(make("<p>{{ labl }}</p>"), times=6)
    assert failure.value.kind == "off"


@pytest.mark.anyio
async def test_a_sheet_that_widgets_share_has_one_address_and_comes_where_it_is_needed(make: Make) -> None:
    widget = make("<p>a</p>", ".b { }", context="{'styles': ['style.css']}")
    names = {"__module__": "sample_widget", "name": "other", "styles": ("more.css", "style.css")}
    other: Widget = type("Other", (type(widget),), names)()
    Path(sys.modules["sample_widget"].__file__ or "").with_name("more.css").write_text(".c { }")
    renderer = Renderer(Registry.of([widget, other]), Guard())
    for each in (widget, other):
        shown = await renderer.render(each, each.Params(), view())
        assert shown
        assert [renderer.sheets()[address] for address in shown.style] == [b".b{}"]
    assert sorted(renderer.sheets().values()) == [b".b{}", b".c{}"]


def test_trees_are_kept_for_reuse_and_not_without_end() -> None:
    assert encoded("<p>same</p>") is encoded("<p>same</p>")
    for number in range(CACHED + 10):
        encoded(f"<p>{number}</p>")
    assert encoded.cache_info().currsize == CACHED
