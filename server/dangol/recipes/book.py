"""The recipes that come with dangol."""

from functools import cache
from importlib.resources import files

import msgspec

from dangol.definitions import notation
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.recipes.recipe import Recipe


@cache
def recipes() -> dict[str, Recipe]:
    """All of them by id."""
    found = sorted(file.name for file in files("dangol.recipes").iterdir() if file.name.endswith(".yaml"))
    read = [read_recipe(files("dangol.recipes").joinpath(name).read_text("utf-8"), name) for name in found]
    return {each.id: each for each in read}


def recipe(id: str) -> Recipe:
    """One of them. Raises `Invalid` for a name that none has."""
    if id not in recipes():
        raise Invalid([Problem("recipe", id, f"one of {', '.join(recipes())}{nearest(id, list(recipes()))}")])
    return recipes()[id]


def read_recipe(text: str, source: str) -> Recipe:
    """A recipe as it is written. Raises `Invalid`."""
    try:
        return msgspec.convert(notation.load(text, source), Recipe)
    except msgspec.ValidationError as error:
        raise Invalid([Problem(source, text[:40], f"a recipe: {error}")], source) from None
