"""Takes the pictures of docs/widgets.md with a real Chromium: python docs/images/make.py [SCENE...]

The scenes are in scenes.yaml. Each is taken on a phone and on a desk, in the language of its page: widgets rendered by
the server's own code, shown by the built snippet on a page of a shop that is not there.
"""

import argparse
import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Literal

import msgspec
from playwright.sync_api import Browser, Page, Route, sync_playwright

from dangol.definitions.model import Theme
from dangol.demo.pictures import backdrop, draw, hero
from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.plugin import Product, Submission, Text
from dangol.profile.model import Coupon, Member
from dangol.render.renderer import Renderer
from dangol.render.theme import tokens
from dangol.testing import NOW, profile, request, view

HERE = Path(__file__).parent
SHOP = "https://shop.example"
SIZES = {"phone": (390, 720), "desk": (1280, 720)}
MARGIN = 20
QUALITY = 82
THINGS = {
    "cups": ("teacup", "flowers", "pink", "#f6e2da"),
    "teapot": ("teapot", "stripes", "blue", "#dfe7ec"),
    "plates": ("plate", "leaves", "green", "#e3eadd"),
    "picnic": ("lunchbag", "gingham", "red", "#f7ead2"),
}
GOODS = [
    ("cups", {"ko": "장미 무늬 찻잔 두 벌", "en": "Two cups with roses"}, 21_000, None),
    ("teapot", {"ko": "푸른 줄무늬 찻주전자", "en": "Blue striped teapot"}, 34_000, 27_200),
    ("plates", {"ko": "들꽃 접시 네 장", "en": "Four plates with wild flowers"}, 28_000, None),
    ("picnic", {"ko": "피크닉 가방", "en": "Picnic bag"}, 46_000, None),
]
"""Id, name, price and sale price."""


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One picture: a widget, what a campaign says of it, and what it knows. `open` unfolds it."""

    widget: str
    params: dict[str, Any]
    at: str = ""
    position: str = ""
    later: list[str] = []
    shopper: dict[str, Any] = {}
    people: dict[str, int] = {}
    product: str = ""
    reason: Text = ""
    open: bool = False


def scenes() -> dict[str, Scene]:
    """All of scenes.yaml, by name."""
    return msgspec.yaml.decode((HERE / "scenes.yaml").read_bytes(), type=dict[str, Scene])


@dataclass
class Studio:
    """Renders scenes as the server would, and answers a page that asks for them."""

    registry: Registry = field(default_factory=Registry.load)
    renderer: Renderer = field(init=False)

    def __post_init__(self) -> None:
        self.renderer = Renderer(self.registry, Guard())

    def shown(
        self, name: str, scene: Scene, language: Literal["ko", "en"], sent: Submission | None = None
    ) -> dict[str, Any]:
        """What an answer says of the scene."""
        widget = self.registry.widget(scene.widget)
        products = [
            Product(id, names[language], price, f"/p/{id}", f"/img/{id}.svg", sale_price=sale)
            for id, names, price, sale in GOODS
        ]
        seen = view(
            profile=_shopper(scene),
            request=request(product=scene.product, language=language),
            language=language,
            products=products,
            people={(action, scene.product): people for action, people in scene.people.items()},
            reason=scene.reason,
        )
        seen.submission = sent
        params = check_params(widget, scene.params, name)
        with ThreadPoolExecutor(1) as beside:  # Playwright's own loop runs in this thread
            made = beside.submit(asyncio.run, self.renderer.render(widget, params, seen)).result()
        if made is None:
            raise SystemExit(f"{name}: the widget has nothing to show")
        shown = {
            "campaign": name,
            "exposure": name,
            "widget": widget.name,
            "slot": "inline" if scene.at else widget.slot,
            "lang": language,
            "label": made.label,
            "style": made.style,
            "tree": json.loads(made.tree),
        }
        optional = {"at": scene.at, "position": scene.position, "later": scene.later}
        return {**shown, **{key: value for key, value in optional.items() if value}}

    def answer(self, route: Route, page: str, said: Mapping[str, Any]) -> None:
        """Everything that the page asks for."""
        path = route.request.url.removeprefix(SHOP).split("?")[0]
        if path == "/":
            route.fulfill(body=page, content_type="text/html")
        elif path == "/v1/events":
            views = any(event["name"] == "page_view" for event in json.loads(route.request.post_data or "{}")["events"])
            route.fulfill(json=said if views else {})
        elif path.startswith("/v1/style/"):
            route.fulfill(body=self.renderer.sheets()[path], content_type="text/css")
        elif path.startswith("/img/"):
            route.fulfill(body=_picture(path), content_type="image/svg+xml")
        elif path.startswith("/v1/"):
            script = files("dangol") / "static" / path.removeprefix("/v1/")
            route.fulfill(body=script.read_bytes(), content_type="text/javascript")
        else:
            route.fulfill(status=404)


def _shopper(scene: Scene) -> Any:
    facts = dict(scene.shopper)
    coupons = [Coupon(id, name, NOW + days * 86_400) for id, name, days in facts.pop("coupons", [])]
    member = Member("m", name="김단골", coupons=coupons)
    return profile(cart=facts.get("cart"), member=member)


def _picture(path: str) -> str:
    """A drawing of the thing that the path names, or the demo shop's shelf."""
    name = path.removeprefix("/img/").removesuffix(".svg")
    if name not in THINGS:
        return hero().replace("<svg ", '<svg preserveAspectRatio="xMidYMid slice" ')
    motif, pattern, colour, ground = THINGS[name]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="600" height="600" '
        f'preserveAspectRatio="xMidYMid slice"><path d="M-400-400h1000v1000H-400z" fill="{ground}"/>{backdrop(1)}'
        '<ellipse cx="100" cy="167" rx="60" ry="6" fill="#4b403a" opacity=".13"/>'
        f"{draw(motif, pattern, colour)}</svg>"
    )


def page_of(language: str, place: bool, dark: bool = False, direction: str = "ltr") -> str:
    """A shop's page: a header, a few products, and where a widget goes into the page a place for it."""
    words = {"language": language, "direction": direction, "scheme": "dark" if dark else "light"}
    page = Template((HERE / "page.html").read_text())
    return page.substitute(words, room="420px" if place else "0", goods="<li><i></i><b></b><s></s></li>" * 10)


def shoot(
    browser: Browser,
    studio: Studio,
    name: str,
    scene: Scene,
    size: tuple[int, int],
    language: Literal["ko", "en"] = "ko",
    *,
    theme: Theme | None = None,
    dark: bool = False,
    direction: str = "ltr",
    sent: Submission | None = None,
    whole: bool = False,
    format: Literal["webp", "png"] = "webp",
) -> bytes:
    """The scene as a picture: the widget with a margin of the page around it, or with `whole` all of the screen."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if width < 500 else 1,
        reduced_motion="reduce",
        color_scheme="dark" if dark else "light",
        locale="ko-KR" if language == "ko" else "en-GB",
    )
    page = context.new_page()
    page.add_init_script(
        "const attach = Element.prototype.attachShadow;"
        "Element.prototype.attachShadow = function (init) { return attach.call(this, { ...init, mode: 'open' }) }"
    )
    said: dict[str, Any] = {"show": [studio.shown(name, scene, language, sent)]}
    if theme:
        said["theme"] = tokens(theme)
    html = page_of(language, bool(scene.at), dark, direction)
    page.route("**/*", lambda route: studio.answer(route, html, said))
    page.goto(f"{SHOP}/")
    frame = page.locator("dangol-widget .dg-frame")
    frame.wait_for()
    if scene.open:
        frame.locator("summary").first.click()
        page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    taken = _capture(page, None if whole else _around(page, size), format)
    context.close()
    return taken


def _around(page: Page, size: tuple[int, int]) -> dict[str, float]:
    """The frame, and what hangs out of it, with a margin, as far as the screen goes."""
    box = page.evaluate(
        """() => { const all = [...document.querySelectorAll("dangol-widget")].flatMap((host) =>
        [...host.shadowRoot.querySelectorAll(".dg-frame, .actions")]).map((node) => node.getBoundingClientRect())
        .filter((box) => box.width > 2);
        return [Math.min(...all.map((b) => b.left)), Math.min(...all.map((b) => b.top)),
        Math.max(...all.map((b) => b.right)), Math.max(...all.map((b) => b.bottom))] }"""
    )
    left, top = max(box[0] - MARGIN, 0), max(box[1] - MARGIN, 0)
    right, bottom = min(box[2] + MARGIN, size[0]), min(box[3] + MARGIN, size[1])
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def _capture(page: Page, clip: dict[str, float] | None, format: str) -> bytes:
    session = page.context.new_cdp_session(page)
    said: dict[str, Any] = {"format": format, "optimizeForSpeed": False}
    if format == "webp":
        said["quality"] = QUALITY
    if clip:
        said["clip"] = {**clip, "scale": 1}
    return base64.b64decode(session.send("Page.captureScreenshot", said)["data"])


def themes() -> Iterator[tuple[str, Theme]]:
    """The presets as they are."""
    for preset in ("soft", "crisp", "bold", "quiet"):
        yield preset, Theme(preset)


def main() -> None:
    """Take the named scenes, or all and the themes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", help="names in scenes.yaml; all when none is given")
    wanted = parser.parse_args().scenes
    studio, known = Studio(), scenes()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name in wanted or known:
            for device, size in SIZES.items():
                taken = shoot(browser, studio, name, known[name], size)
                (HERE / f"{name}-{device}.webp").write_bytes(taken)
        if not wanted:
            for preset, theme in themes():
                taken = shoot(browser, studio, "popcorn", known["popcorn"], SIZES["phone"], theme=theme)
                (HERE / f"theme-{preset}.webp").write_bytes(taken)
        browser.close()


if __name__ == "__main__":
    main()
