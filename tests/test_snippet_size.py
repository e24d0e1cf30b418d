"""The sizes the snippet promises, as a shopper's browser downloads it."""

import gzip
from importlib.resources import files

import brotli
import pytest

from dangol.render.style import check_style


def size(*names: str) -> tuple[int, int, int]:
    """Bytes as brotli, as gzip and as they are, of files that a browser fetches one by one."""
    scripts = [(files("dangol") / "static" / name).read_bytes() for name in names]
    return (
        sum(len(brotli.compress(script, quality=11)) for script in scripts),
        sum(len(gzip.compress(script, 9, mtime=0)) for script in scripts),
        sum(map(len, scripts)),
    )


@pytest.mark.parametrize(("measure", "most"), [(0, 2_300), (1, 2_600), (2, 5_600)], ids=["brotli", "gzip", "raw"])
def test_the_core_stays_within_its_size(measure: int, most: int) -> None:
    found = size("dangol.js")[measure]
    assert found <= most, f"dangol.js is {found} bytes; at most {most} are promised in snippet/README.md"


ADAPTERS = {"datalayer": 3_350, "jsonld": 3_500, "imweb": 3_300, "ifdo": 3_400, "godomall": 3_600, "shopby": 3_950,
            "cafe24": 4_050, "wcs": 3_000, "fbq": 3_100}  # fmt: skip


@pytest.mark.parametrize(("adapter", "most"), ADAPTERS.items())
def test_reading_a_mall_stays_within_its_size(adapter: str, most: int) -> None:
    """The chooser and one adapter, fetched only where a page has something to read."""
    found = size("malls.js", f"{adapter}.js")[0]
    assert found <= most, f"malls.js and {adapter}.js are {found} bytes as brotli; at most {most} are promised"


RUNTIME = ("widgets.js", "around.js", "forms.js", "moments.js")
"""All that widgets can make a page load, but for their own styles."""


def test_the_widget_runtime_stays_within_its_size() -> None:
    found = size(*RUNTIME)[0]
    assert found <= 9_216, f"{', '.join(RUNTIME)} are {found} bytes as brotli; at most 9,216 are promised"


def test_what_a_first_popup_waits_for_stays_within_its_size() -> None:
    css = check_style("style.css", (files("dangol_widgets") / "rich_popup" / "style.css").read_text())
    found = size("widgets.js")[0] + len(brotli.compress(css, quality=11))
    assert found <= 5_000, f"widgets.js and rich_popup's style are {found} bytes as brotli; at most 5,000 are promised"


PUSH = {"push.js": 1_150, "push-worker.js": 450}


@pytest.mark.parametrize(("name", "most"), PUSH.items())
def test_what_notifications_take_stays_within_its_size(name: str, most: int) -> None:
    assert size(name)[0] <= most, f"{name} is {size(name)[0]} bytes as brotli; at most {most} are promised"


def test_every_built_file_has_its_bar() -> None:
    """The inspector is for marketers, and the stub stands in the shop's own pages."""
    known = {"dangol.js", "inspector.js", "stub.js", "malls.js", *RUNTIME, *PUSH, *(f"{name}.js" for name in ADAPTERS)}
    assert {path.name for path in (files("dangol") / "static").iterdir() if path.name.endswith(".js")} == known
