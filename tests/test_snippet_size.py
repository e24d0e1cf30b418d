"""The sizes the snippet promises, as a shopper's browser downloads it."""

import gzip
from importlib.resources import files

import brotli
import pytest


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
