"""What marketers read of parameters: every one has a title and a description in Korean and in English."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from dangol.host.registry import Registry
from dangol.plugin import Widget

BUILT_IN = [widget for widget in Registry.load().widgets() if type(widget).__module__.startswith("dangol_widgets.")]
HANGUL = re.compile("[가-힣]")


def parameters(widget: Widget) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every parameter, those of structs inside included, with its schema."""
    for name, struct in msgspec.json.schema(widget.Params)["$defs"].items():
        for field, schema in struct["properties"].items():
            if not (field == "type" and len(schema.get("enum", [])) == 1):
                yield f"{name}.{field}", schema


@pytest.mark.parametrize("widget", BUILT_IN, ids=lambda widget: widget.name)
def test_every_parameter_is_described_in_both_languages(widget: Widget) -> None:
    found = list(parameters(widget))
    assert found
    for name, schema in found:
        korean, english = schema["title"].split(" / ")
        says, said = schema["description"].split("\n")
        assert HANGUL.search(says) or korean == "PC", name
        assert HANGUL.search(korean), name
        assert not HANGUL.search(english + said.replace("원", "")), name
        assert says.endswith("."), name
        assert said.endswith("."), name


def test_there_are_nine_built_in_widgets() -> None:
    assert len(BUILT_IN) == 9
