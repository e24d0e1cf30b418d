"""The scenes of the documentation: every widget in both languages, and with the longest and the shortest words."""

from typing import Any

import pytest
from docs.images.make import Scene, Studio, scenes

SCENES = scenes()
STUDIO = Studio()
LONG = "아주 길고 긴 말이 쉬지 않고 이어집니다. " * 40


def with_words(value: Any, words: str, name: str = "") -> Any:
    """The same parameters with `words` for every text."""
    if isinstance(value, dict) and set(value) <= {"ko", "en"}:
        return {language: words for language in value}
    if isinstance(value, dict):
        return {key: with_words(each, words, key) for key, each in value.items()}
    if isinstance(value, list):
        return [with_words(each, words, name) for each in value]
    return value


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_shown_in_both_languages(name: str, language: Any) -> None:
    shown = STUDIO.shown(name, SCENES[name], language)
    assert shown["label"]
    assert shown["lang"] == language
    assert shown["slot"] == "inline" or not SCENES[name].at


@pytest.mark.parametrize("words", [LONG[:990], "\n" * 30, "W" * 900, "א" * 900])
@pytest.mark.parametrize("name", SCENES)
def test_no_length_of_words_breaks_a_widget(name: str, words: str) -> None:
    scene = Scene(
        **{field: getattr(SCENES[name], field) for field in Scene.__struct_fields__}
        | {"params": with_words(SCENES[name].params, words)}
    )
    try:
        shown = STUDIO.shown(name, scene, "ko")
    except SystemExit:
        assert not words.strip()  # nothing to say, nothing to show
    else:
        assert shown["tree"]
