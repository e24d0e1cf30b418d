"""A site's theme as the CSS custom properties that every widget gets. Pure.

Four presets are starting points; what the shop sets goes before them. A value that differs between light and dark is
written with ``light-dark()`` and follows the page's `color-scheme`, or the one that the theme forces. Contrast is that
of WCAG 2.2, success criterion 1.4.3: text needs 4.5:1.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from dangol.definitions.model import Theme
from dangol.errors import Problem

TEXT = 4.5
APART = 1.6
"""The least contrast of a filled button with a dark ground; below it another is taken there."""
GREY = 24
"""The most by which the channels of a grey differ."""

SPACES = {"snug": "0.8", "normal": "1", "roomy": "1.25"}
SYSTEM = 'system-ui, -apple-system, "Apple SD Gothic Neo", "Noto Sans KR", "Malgun Gothic", sans-serif'


class Palette(NamedTuple):
    """What lies under and around the accent: text, quiet text, ground and hairlines."""

    ink: str
    muted: str
    paper: str
    line: str


class Preset(NamedTuple):
    """A look before the shop's own wishes. `control` is the radius of buttons and fields, `weight` that of titles; the
    shadow may use the other properties."""

    color: str
    radius: int
    control: str
    weight: str
    shadow: str
    light: Palette
    dark: Palette


WARM_LIGHT = Palette("#211a16", "#6a5f58", "#ffffff", "rgb(33 26 22 / 0.12)")
WARM_DARK = Palette("#f6f1ed", "#bdb1a9", "#211d1a", "rgb(255 255 255 / 0.16)")

PRESETS = {
    "soft": Preset(
        color="#c2410c",
        radius=16,
        control="999px",
        weight="700",
        shadow="0 0 0 1px rgb(33 26 22 / 0.05), 0 2px 6px rgb(33 26 22 / 0.06), 0 16px 40px rgb(33 26 22 / 0.16)",
        light=WARM_LIGHT,
        dark=WARM_DARK,
    ),
    "crisp": Preset(
        color="#1d4ed8",
        radius=6,
        control="4px",
        weight="600",
        shadow="0 0 0 1px var(--dg-line), 0 8px 24px rgb(15 23 42 / 0.12)",
        light=Palette("#0f172a", "#55617a", "#ffffff", "rgb(15 23 42 / 0.14)"),
        dark=Palette("#f1f5f9", "#a3b0c4", "#151b28", "rgb(255 255 255 / 0.18)"),
    ),
    "bold": Preset(
        color="#111111",
        radius=14,
        control="10px",
        weight="800",
        shadow="0 0 0 2px var(--dg-ink), 6px 6px 0 2px var(--dg-ink)",
        light=Palette("#111111", "#4d4d4d", "#ffffff", "rgb(0 0 0 / 0.2)"),
        dark=Palette("#fafafa", "#bdbdbd", "#171717", "rgb(255 255 255 / 0.24)"),
    ),
    "quiet": Preset(
        color="#3f3a34",
        radius=2,
        control="2px",
        weight="500",
        shadow="0 0 0 1px var(--dg-line), 0 20px 48px rgb(43 41 38 / 0.08)",
        light=Palette("#2b2926", "#6c665e", "#fbfaf7", "rgb(43 41 38 / 0.16)"),
        dark=Palette("#ece8e1", "#aca59b", "#1f1e1c", "rgb(255 255 255 / 0.16)"),
    ),
}


@lru_cache(256)
def tokens(theme: Theme) -> dict[str, str]:
    """The properties that this theme sets, by name; those that are as in the widgets' own base sheet are left out, so
    the default theme has none."""
    known = ordinary()
    return {name: value for name, value in _all(theme).items() if known[name] != value}


@lru_cache(1)
def ordinary() -> dict[str, str]:
    """All properties of the default theme, as the widgets' own base sheet has them."""
    return _all(Theme())


def problems(theme: Theme) -> Iterator[Problem]:
    """A colour of text that can't be read on the theme's colour."""
    if theme.on_color is None:
        return
    color = theme.color or PRESETS[theme.preset].color
    found = contrast(theme.on_color, color)
    if found < TEXT:
        expected = f"a colour with a contrast of {TEXT}:1 on {color} (it has {found:.1f}:1), or left out to be chosen"
        yield Problem("site.theme.on_color", theme.on_color, expected)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours such as ``#c2410c``, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(color: str) -> str:
    """White where it can be read on the colour, else black: one of the two always can."""
    return "#ffffff" if contrast("#ffffff", color) >= TEXT else "#000000"


def _all(theme: Theme) -> dict[str, str]:
    preset = PRESETS[theme.preset]
    color = theme.color or preset.color
    at_night = _at_night(color, preset.dark)
    on_color = theme.on_color or readable_on(color)
    on_at_night = on_color if contrast(on_color, at_night) >= TEXT else readable_on(at_night)
    by_day, by_night = preset.light, preset.dark
    tint = _moved(color, by_day.paper, TEXT, "#000000"), _moved(at_night, by_night.paper, TEXT, "#ffffff")
    return {
        "--dg-color": _either(color, at_night),
        "--dg-on-color": _either(on_color, on_at_night),
        "--dg-tint": _either(*tint),
        "--dg-ink": _either(by_day.ink, by_night.ink),
        "--dg-muted": _either(by_day.muted, by_night.muted),
        "--dg-paper": _either(by_day.paper, by_night.paper),
        "--dg-line": _either(by_day.line, by_night.line),
        "--dg-radius": f"{preset.radius if theme.radius is None else theme.radius}px",
        "--dg-control": preset.control if theme.radius is None else _control(theme.radius),
        "--dg-weight": preset.weight,
        "--dg-shadow": preset.shadow,
        "--dg-space": SPACES[theme.spacing],
        "--dg-font": SYSTEM if theme.font == "system" else "inherit",
        "--dg-scheme": "inherit" if theme.scheme == "page" else theme.scheme,
    }


def _at_night(color: str, dark: Palette) -> str:
    """The accent on a dark ground: itself where it can be told from it. Greys change places with the ink, as shops in
    black and white do it; all others get lighter."""
    if contrast(color, dark.paper) >= APART:
        return color
    is_grey = max(_channels(color)) - min(_channels(color)) <= GREY
    return dark.ink if is_grey else _moved(color, dark.paper, APART, "#ffffff")


def _control(radius: int) -> str:
    """Buttons go with the frame: square ones in a square frame, round ones in a very round one."""
    return "999px" if radius >= 16 else f"{round(radius * 0.75)}px"


def _either(by_day: str, by_night: str) -> str:
    return by_day if by_day == by_night else f"light-dark({by_day}, {by_night})"


def _moved(color: str, ground: str, least: float, towards: str) -> str:
    """The colour, moved towards black or white in steps of 5% until it stands out from the ground enough."""
    for step in range(20):
        mixed = _mixed(color, towards, step / 20)
        if contrast(mixed, ground) >= least:
            return mixed
    return towards


def _mixed(color: str, other: str, share: float) -> str:
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
