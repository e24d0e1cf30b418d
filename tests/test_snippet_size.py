"""The sizes the snippet promises, as a shopper's browser downloads it."""

from importlib.resources import files

import brotli
import pytest


@pytest.mark.parametrize(("name", "most"), [("dangol.js", 2_600), ("widgets.js", 5_632)])
def test_a_script_stays_within_its_size(name: str, most: int) -> None:
    script = (files("dangol") / "static" / name).read_bytes()
    size = len(brotli.compress(script, quality=11))
    assert size <= most, f"{name} is {size} bytes as brotli; at most {most} are promised in snippet/README.md"
