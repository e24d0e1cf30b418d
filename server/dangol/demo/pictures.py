"""Product pictures: an SVG drawing for every product, made from its name, the same each time.

The data has no pictures. So the words of a name choose a motif, a pattern and a colour, and the category the ground.
"""

import re
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree
from zlib import crc32

import msgspec
from msgspec import Struct

from dangol.demo.history import Product

FIXED = {
    "paper": "#fffaf1",
    "ink": "#4b403a",
    "wood": "#cfa273",
    "grain": "#9c7249",
    "metal": "#c3cacd",
    "steel": "#8d989d",
    "flame": "#f0b44c",
    "leaf": "#7f9b6b",
}
TILES = {
    "dots": '<circle cx="6" cy="6" r="3.6" fill="PEN"/><circle cx="18" cy="18" r="3.6" fill="PEN"/>',
    "stripes": '<path d="M0 0h9v24H0z" fill="PEN"/>',
    "gingham": '<path d="M0 0h12v24H0zM0 0h24v12H0z" fill="PEN" opacity=".45"/>',
    "hearts": '<path d="M12 9c-3-5-9-4-9 2 0 5 9 9 9 9s9-4 9-9c0-6-6-7-9-2z" fill="PEN" opacity=".85"/>',
    "flowers": '<g fill="PEN"><circle cx="12" cy="7" r="3.4"/><circle cx="17" cy="11" r="3.4"/>'
    '<circle cx="15" cy="17" r="3.4"/><circle cx="9" cy="17" r="3.4"/><circle cx="7" cy="11" r="3.4"/></g>'
    '<circle cx="12" cy="12.6" r="2.6" fill="ACCENT"/>',
    "drops": '<path d="M9 3q10 8 3 15-8 1-8-6 0-5 5-9z" fill="PEN"/><circle cx="20" cy="19" r="2.4" fill="ACCENT"/>',
    "leaves": '<path d="M3 14Q6 3 18 4 17 15 3 14zM14 22q2-6 8-6-1 6-8 6z" fill="PEN"/>',
    "stars": '<path d="M12 2l3 6.4 7 .8-5.2 4.6 1.6 7-6.4-3.6-6.4 3.6 1.6-7L2 9.2l7-.8z" fill="PEN"/>',
    "crosses": '<path d="M9 3h6v6h6v6h-6v6H9v-6H3V9h6z" fill="PEN" opacity=".7"/>',
    "rings": '<circle cx="12" cy="12" r="7.500" fill="none" stroke="PEN" stroke-width="2.400"/>'
    '<circle cx="12" cy="12" r="2.200" fill="PEN"/>',
}
DARK_PEN = {"cream", "silver"}  # light cloth takes a dark print

Words = dict[str, list[str]]


class Book(Struct, frozen=True):
    """pictures.yaml: words that choose, and colours by name."""

    motifs: Words
    patterns: Words
    colours: dict[str, tuple[str, str, str, str]]
    colour_words: Words
    grounds: dict[str, tuple[str, str]]


@cache
def book() -> Book:
    """The table of words and colours, read once."""
    return msgspec.yaml.decode((files("dangol.demo") / "pictures.yaml").read_bytes(), type=Book)


@cache
def motifs() -> dict[str, str]:
    """The drawings by name, as SVG text without a namespace, colours still as words."""
    root = ElementTree.fromstring((files("dangol.demo") / "motifs.svg").read_bytes())  # noqa: S314 our own file
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return {group.attrib.pop("id"): ElementTree.tostring(group, encoding="unicode") for group in root}


@cache
def _words(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Z])(?:{'|'.join(map(re.escape, words)) or '(?!)'})S?(?![A-Z])")


def choose(table: Words, name: str) -> str:
    """The first row one of whose words stands in the name; empty when none does."""
    return next((row for row, words in table.items() if _words(tuple(words)).search(name)), "")


def draw(motif: str, pattern: str, colour: str, number: int = 0) -> str:
    """A motif in its colours, with the definition of its pattern; `number` keeps ids apart in one document."""
    main, deep, soft, accent = book().colours[colour]
    pen = deep if colour in DARK_PEN else FIXED["paper"]
    tile = TILES.get(pattern, "").replace("PEN", pen).replace("ACCENT", accent)
    colours = {**FIXED, "main": main, "deep": deep, "soft": soft, "accent": accent, "print": f"url(#p{number})"}
    colours["print"] = f"url(#p{number})" if tile else main
    inked = re.sub(r'"([a-z]+)"', lambda word: f'"{colours.get(word[1], word[1])}"', motifs()[motif])
    if not tile:
        return inked
    return (
        f'<pattern id="p{number}" width="24" height="24" patternUnits="userSpaceOnUse">'
        f'<path d="M0 0h24v24H0z" fill="{main}"/>{tile}</pattern>{inked}'
    )


def backdrop(seed: int) -> str:
    """Something quiet behind the motif: a sun, an arch, a window or hills."""
    kinds = (
        '<circle cx="100" cy="94" r="78" fill="#fff" opacity=".5"/>',
        '<path d="M34 163V98a66 66 0 0 1 132 0v65z" fill="#fff" opacity=".5"/>',
        '<rect x="26" y="20" width="148" height="143" rx="10" fill="#fff" opacity=".42"/>',
        '<path d="M0 163v-50q50-46 100-10t100-24v84z" fill="#fff" opacity=".5"/>',
    )
    return kinds[seed % len(kinds)]


def picture(product: Product) -> str:
    """The product's picture as an SVG document of 400 by 400."""
    seed = crc32(product.id.encode())
    words = book()
    hues = sorted(words.colours)
    colour = choose(words.colour_words, product.name) or hues[seed // 7 % len(hues)]
    motif = choose(words.motifs, product.name) or "parcel"
    ground, table = words.grounds[product.category][:: 1 if seed & 1 else -1]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="400" height="400">'
        f'<path d="M0 0h200v200H0z" fill="{ground}"/>{backdrop(seed >> 3)}'
        f'<path d="M0 163h200v37H0z" fill="{table}"/><path d="M0 163h200v2H0z" fill="#4b403a" opacity=".08"/>'
        '<ellipse cx="100" cy="167" rx="60" ry="6" fill="#4b403a" opacity=".13"/>'
        f"{draw(motif, choose(words.patterns, product.name), colour)}</svg>"
    )


HERO = (
    ("garland", "dots", "red", -6, -34, 1.75),
    ("garland", "dots", "red", 338, -34, 1.75),
    ("clock", "", "teal", 40, 112, 0.84),
    ("cakestand", "rings", "pink", 168, 66, 1.12),
    ("teacup", "flowers", "blue", 336, 122, 0.78),
    ("plant", "", "orange", 448, 82, 1.03),
    ("jar", "hearts", "red", 564, 126, 0.76),
)


def hero() -> str:
    """The home page's picture: a shelf with some of the shop's things."""
    things = "".join(
        f'<g transform="translate({x} {y}) scale({scale})">{draw(motif, pattern, colour, number)}</g>'
        for number, (motif, pattern, colour, x, y, scale) in enumerate(HERO)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 320" width="1400" height="640">'
        '<path d="M0 0h700v320H0z" fill="#f3dcc9"/><circle cx="236" cy="180" r="150" fill="#fff" opacity=".4"/>'
        '<path d="M420 244V120a90 90 0 0 1 180 0v124z" fill="#fff" opacity=".4"/>'
        '<path d="M0 244h700v76H0z" fill="#dfb48f"/><path d="M0 244h700v12H0z" fill="#fff" opacity=".28"/>'
        f"{things}</svg>"
    )
