"""Pictures and videos of brand messages: their proportions where their sizes are known, and what they are. Pure.

NHN Cloud friendtalkupgrade-overview.md: JPG or PNG of at most 5 MB, 500 pixels wide at least; the proportions are
height by width. Videos are Kakao TV's alone.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dangol.definitions.templates import BrandTemplate, Picture
from dangol.errors import Problem
from dangol.messages.buttons import address_problems
from dangol.messages.limits import VARIABLE

NARROWEST = 500
BYTES = 5 << 20
"""Of a file; whoever uploads it looks."""

LONGEST_VIDEO = 500
OTHER_FILE = re.compile(r"\.(gif|webp|svg|bmp|avif|heic|tiff?|mp4|pdf)(?=[?#]|\Z)", re.IGNORECASE)
VIDEO = re.compile(r"https://tv\.kakao\.com/(v/[0-9]+|channel/[0-9]+/cliplink/[0-9]+)/?(\?[^\s\\]*)?")


class Shape(NamedTuple):
    """Height by width, from and to, and the size that KakaoTalk recommends."""

    low: float
    high: float
    size: str


SHAPES = {
    "IMAGE": Shape(0.5, 4 / 3, "800×400"),
    "WIDE": Shape(0.5, 1.0, "800×600"),
    "COMMERCE": Shape(0.5, 4 / 3, "800×400"),
    "CAROUSEL_FEED": Shape(0.5, 4 / 3, "800×600, 800×400"),
    "CAROUSEL_COMMERCE": Shape(0.5, 4 / 3, "800×600, 800×400"),
}
FIRST_ITEM = Shape(0.5, 0.5, "2:1")
OTHER_ITEM = Shape(1.0, 1.0, "1:1")
LINKED = ("IMAGE", "CAROUSEL_FEED", "CAROUSEL_COMMERCE")
"""Bubbles whose pictures may lead somewhere themselves."""


def problems(template: BrandTemplate) -> Iterator[Problem]:
    """What is wrong with the pictures and the video of a message."""
    for where, picture, shape in _pictures(template):
        yield from _picture_problems(picture, shape, where)
        if picture.link and template.bubble not in LINKED:
            yield Problem(f"{where}.link", picture.link, f"left out: a picture of {template.bubble} leads nowhere")
        elif picture.link:
            yield from address_problems(f"{where}.link", picture.link)
    if template.video is not None:
        yield from _video_problems(template.video.url)
    if template.bubble == "CAROUSEL_COMMERCE":
        yield from _unlike(template)


def _pictures(template: BrandTemplate) -> Iterator[tuple[str, Picture, Shape | None]]:
    shape = SHAPES.get(template.bubble)
    if template.picture is not None:
        yield "picture", template.picture, shape
    for number, item in enumerate(template.items):
        yield f"items[{number}].picture", item.picture, OTHER_ITEM if number else FIRST_ITEM
    for number, card in enumerate(template.cards):
        if card.picture is not None:
            yield f"cards[{number}].picture", card.picture, shape


def _picture_problems(picture: Picture, shape: Shape | None, where: str) -> Iterator[Problem]:
    if not picture.image.strip():
        yield Problem(f"{where}.image", picture.image, "given: an address or the provider's id of a picture")
    if other := OTHER_FILE.search(picture.image):
        yield Problem(f"{where}.image", other[0], "a JPG or PNG")
    if picture.width and picture.width < NARROWEST:
        yield Problem(f"{where}.width", picture.width, f"at least {NARROWEST} pixels")
    if shape and picture.width > 0 and picture.height > 0:
        # To the half pixel: 800 by 1,067 is 3:4 in whole pixels.
        low, high = shape.low * picture.width - 0.5, shape.high * picture.width + 0.5
        if not low <= picture.height <= high:
            allowed = f"{shape.low:g} to {shape.high:.3g}" if shape.low != shape.high else f"exactly {shape.low:g}"
            size = f"{picture.width}×{picture.height}"
            yield Problem(where, size, f"a picture whose height by width is {allowed}, such as {shape.size}")


def _unlike(template: BrandTemplate) -> Iterator[Problem]:
    """All pictures of a carousel of products have the same proportions."""
    sized = [
        (number, card.picture)
        for number, card in enumerate(template.cards)
        if card.picture is not None and card.picture.width > 0 and card.picture.height > 0
    ]
    for number, picture in sized[1:]:
        first = sized[0][1]
        if abs(picture.height * first.width - first.height * picture.width) > max(picture.width, first.width):
            size = f"{picture.width}×{picture.height}"
            yield Problem(
                f"cards[{number}].picture", size, f"of the proportions of the first, {first.width}×{first.height}"
            )


def _video_problems(url: str) -> Iterator[Problem]:
    if len(url) > LONGEST_VIDEO:
        yield Problem("video.url", f"{len(url)} characters", f"at most {LONGEST_VIDEO} characters")
    if not VIDEO.fullmatch(VARIABLE.sub("1", url)):
        yield Problem("video.url", url, "a video of Kakao TV such as https://tv.kakao.com/v/123456789")
