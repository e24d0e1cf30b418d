"""What the shop says, in Korean and English; see words.yaml."""

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

import msgspec

from dangol.demo.categories import Language

LANGUAGES: tuple[Language, ...] = ("ko", "en")


@cache
def words() -> dict[str, dict[Language, str]]:
    """Every text by its key and language."""
    return msgspec.yaml.decode((files("dangol.demo") / "words.yaml").read_bytes(), type=dict[str, dict[Language, str]])


def speaker(language: Language) -> Callable[..., str]:
    """A function from a key, and the values of the text's `{names}`, to the text."""
    return lambda key, **values: words()[key][language].format(**values)


def scripted(language: Language, prefix: str, names: Iterable[str]) -> str:
    """The words that a page's script says, as a JSON object by name; their keys begin with the prefix."""
    spoken = speaker(language)
    return msgspec.json.encode({name: spoken(f"{prefix}_{name}") for name in names}).decode()


def pounds(pence: int) -> str:
    """A price as it is written."""
    return f"£{pence / 100:,.2f}"


def preferred(asked: str, remembered: str, accepted: str) -> Language:
    """The language asked for in the address, else the one chosen before, else the browser's, else English."""
    for language in LANGUAGES:
        if language == asked or (language == remembered and asked not in LANGUAGES):
            return language
    return "ko" if accepted.lower().startswith("ko") else "en"
