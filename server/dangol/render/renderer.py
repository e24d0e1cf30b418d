"""From a widget plugin, its parameters and a view to the JSON of its node tree."""

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from importlib.resources import files
from types import NoneType
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template, TemplateError, pass_context
from jinja2.meta import find_referenced_templates
from jinja2.runtime import Context

from dangol.errors import Invalid, PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Text, View, Widget
from dangol.render.nodes import check, told_by_clicks
from dangol.render.style import check_style, style_address

BUDGET = 0.25
"""Seconds a widget has for its context and its template together: enough for a recommender that never answers and
those that are asked in its place."""

CACHED = 512
"""Trees kept, of at most `nodes.MAX_HTML` characters each: most views of a campaign render alike."""


class Rendered(NamedTuple):
    """The node tree as JSON, the widget's accessible name, the addresses of the stylesheets that it needs, and what a
    click on one of its nodes tells (``data-for``): the products that it recommends."""

    tree: bytes
    label: str
    style: Sequence[str]
    offered: Sequence[str] = ()


@lru_cache(CACHED)
def encoded(html: str) -> tuple[bytes, Sequence[str]]:
    """The JSON of the checked node tree of `html`, and what clicks in it tell."""
    tree = check(html)
    return msgspec.json.encode(tree), tuple(told_by_clicks(tree))


class Renderer:
    """Templates and styles of the registry's widgets, read and compiled once.

    A widget whose files are missing or faulty is left out, and says why whenever it is asked for.
    """

    def __init__(self, registry: Registry, guard: Guard) -> None:
        self._guard = guard
        self._templates: dict[str, Template] = {}
        self._sheets: dict[str, bytes] = {}
        self._addresses: dict[str, dict[str, str]] = {}
        self._failures: dict[str, PluginFailure] = {}
        for widget in registry.widgets():
            self._load(widget)

    def sheets(self) -> Mapping[str, bytes]:
        """The stylesheets of all widgets, by their addresses on this server; what widgets share is one sheet."""
        return self._sheets

    async def render(self, widget: Widget, params: Any, view: View) -> Rendered | None:
        """What the page gets, or None when the widget has nothing to show. Raises PluginFailure."""
        return await self._guard.call(
            widget,
            "context",
            lambda: self._made(widget, params, view),
            budget=BUDGET,
            expect=(Rendered, NoneType),
        )

    async def _made(self, widget: Widget, params: Any, view: View) -> Rendered | None:
        # One guarded call for all: a context that works must not make good for a template that always fails.
        if widget.name in self._failures:
            raise self._failures[widget.name]
        context = await widget.context(params, view)
        if context is None:
            return None
        if not isinstance(context, Mapping):
            raise PluginFailure(widget.name, "result", f"returned {type(context).__name__}, expected a mapping or None")
        html = self._templates[widget.name].render({**context, "params": params, "view": view})
        try:
            tree, offered = encoded(html)
        except Invalid as error:
            raise PluginFailure(widget.name, "result", f"template.html: {error}") from error
        addresses = self._addresses[widget.name]
        style = [addresses[name] for name in context.get("styles", addresses)]
        return Rendered(tree, context.get("label") or _label(widget, params, view), style, offered)

    def _load(self, widget: Widget) -> None:
        try:
            self._templates[widget.name] = _template(type(widget))
            sheets = {name: check_style(name, _beside(type(widget), name)) for name in widget.styles}
        except (Invalid, OSError, UnicodeDecodeError, TemplateError) as error:
            failure = PluginFailure(widget.name, "import", f"{type(error).__name__}: {error}")
            self._failures[widget.name] = failure
            self._guard.note(failure)
            return
        self._addresses[widget.name] = {name: style_address(css) for name, css in sheets.items()}
        self._sheets |= {style_address(css): css for css in sheets.values()}


@lru_cache
def _template(widget: type[Widget]) -> Template:
    """Compiled once for a class, together with those that it includes, so that no shopper waits for that."""
    own = ENVIRONMENT.overlay(loader=FunctionLoader(partial(_beside, widget)))
    for name in find_referenced_templates(own.parse(_beside(widget, "template.html"))):
        if name:
            own.get_template(name)
    template = own.get_template("template.html")
    template.globals = dict(template.globals)  # the same at once: each rendering would go through the chain of them
    return template


def _label(widget: Widget, params: Any, view: View) -> str:
    title = getattr(params, "title", None)
    return (view.text(title) if title else "") or view.text(widget.title) or widget.name


def _beside(widget: type[Widget], name: str) -> str:
    """A file in the package that the widget's class is in, or else in the one around that."""
    spec = sys.modules[widget.__module__].__spec__
    package = spec.parent if spec else None
    if not package:
        raise FileNotFoundError(f"{name}: {widget.__qualname__} must be in a package that holds the file")
    around = package.rpartition(".")[0]
    for place in (package, around) if around else (package,):
        file = files(place).joinpath(name)
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{name}: not in {package}")


@pass_context
def _t(context: Context, text: Text, **values: str) -> str:
    view: View = context["view"]
    return view.text(text, **values)


@pass_context
def _money(context: Context, minor: int) -> str:
    view: View = context["view"]
    return view.money(minor)


ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
ENVIRONMENT.filters.update({"t": _t, "money": _money})
