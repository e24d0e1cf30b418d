"""Writes the tables of parameters and the examples of docs/widgets.md and docs/ko/widgets.md anew: run this module.

Tables come from the widgets' own schemas, examples from images/scenes.yaml. Each stands between a line
``<!-- parameters of NAME -->`` or ``<!-- example NAME -->`` and the next ``<!-- end -->``.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from dangol.host.registry import Registry

DOCS = Path(__file__).parent
PAGES: Mapping[str, Literal["ko", "en"]] = {"widgets.md": "en", "ko/widgets.md": "ko"}
PLACE = re.compile(r"(<!-- (parameters of|example) (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEADS = {
    "ko": "| 매개변수 | 값 | 기본값 | 설명 |\n| --- | --- | --- | --- |",
    "en": "| parameter | value | default | what it is |\n| --- | --- | --- | --- |",
}
WORDS = {
    "ko": {
        "text": "글",
        "needed": "필수",
        "none": "없음",
        "list": "목록",
        "of": "아래의 {}",
        "one": "다음 중 하나: {}",
        "address": "주소",
        "fields": "폼의-항목",
    },
    "en": {
        "text": "text",
        "needed": "required",
        "none": "none",
        "list": "list",
        "of": "{} below",
        "one": "one of {}",
        "address": "address",
        "fields": "fields-of-forms",
    },
}
KINDS = {
    "ko": {"string": "글자", "integer": "정수", "number": "숫자", "boolean": "true, false"},
    "en": {"string": "string", "integer": "whole number", "number": "number", "boolean": "true, false"},
}
SHARED = ("Form",)
"""Structs of parameters that have a place of their own on the page."""


def renewed(page: str, language: Literal["ko", "en"]) -> str:
    """The page with every table and example as it is now."""
    schemas = {widget.name: msgspec.json.schema(widget.Params) for widget in Registry.load().widgets()}
    form = {"$ref": "#/$defs/Form", "$defs": schemas["form"]["$defs"]}

    def written(match: re.Match[str]) -> str:
        begin, what, name, end = match.groups()
        if what == "example":
            return f"{begin}\n```yaml\n{_example(name)}```\n\n{end}"
        schema = form if name == "fields" else schemas[name]
        return f"{begin}\n{_tables(schema, language, () if name == 'fields' else SHARED)}\n{end}"

    return PLACE.sub(written, page)


def _example(name: str) -> str:
    """A campaign's widget, as scenes.yaml has it."""
    scene = yaml.safe_load((DOCS / "images" / "scenes.yaml").read_text())[name]
    use = {"use": scene["widget"], **{key: scene[key] for key in ("at", "position") if key in scene}}
    written = yaml.safe_dump(
        {"widget": {**use, "params": scene["params"]}}, allow_unicode=True, sort_keys=False, width=110
    )
    return str(written)


def _tables(schema: Mapping[str, Any], language: Literal["ko", "en"], elsewhere: Sequence[str]) -> str:
    """The parameters, then those of the structs that they hold, each once."""
    defs: Mapping[str, Any] = schema["$defs"]
    names = [_name(schema)]
    for name in names:
        held = [found for found in re.findall(r"#/\$defs/(\w+)", str(defs[name])) if found not in elsewhere]
        names += [found for found in dict.fromkeys(held) if found not in names]
    parts = [_table(defs[name], language, "" if place == 0 else name) for place, name in enumerate(names)]
    return "\n".join(parts)


def _table(struct: Mapping[str, Any], language: Literal["ko", "en"], name: str) -> str:
    tag = (
        struct["properties"].get("type", {}).get("enum", [""])[0] if name.endswith("Field") or name == "Consent" else ""
    )
    title = f"`type: {tag}`" if tag else f"**{name}**"
    rows = [
        _row(each, about, each in struct.get("required", ()), language)
        for each, about in struct["properties"].items()
        if not (each == "type" and tag)
    ]
    return "\n".join([*([f"{title}\n"] if name else []), HEADS[language], *rows, ""])


def _row(name: str, about: Mapping[str, Any], needed: bool, language: Literal["ko", "en"]) -> str:
    says = about.get("description", "").split("\n")[0 if language == "ko" else -1]
    title = about.get("title", "").split(" / ")[0 if language == "ko" else -1]
    words = WORDS[language]
    default = about.get("default")
    standard = words["needed"] if needed else "" if default in (None, "", [], {}) else f"`{_plain(default)}`"
    cells = [
        f"`{name}`",
        _value(about, language),
        standard,
        f"{title}. {says}" if language == "en" else f"{title}: {says}",
    ]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _plain(default: Any) -> str:
    return default if isinstance(default, str) else msgspec.json.encode(default).decode()


def _value(about: Mapping[str, Any], language: Literal["ko", "en"]) -> str:
    words, kinds = WORDS[language], KINDS[language]
    if "anyOf" in about:
        some = [each for each in about["anyOf"] if each.get("type") != "null"]
        if {each.get("type") for each in some} == {"string", "object"}:
            return words["text"]
        if len(some) > 1:
            return words["of"].format(", ".join(f"`{_name(each)}`" for each in some if "$ref" in each))
        return _value(some[0], language)
    if "$ref" in about and _name(about) in SHARED:
        return f"[`{_name(about)}`](#{words['fields']})"
    if "$ref" in about:
        return words["of"].format(f"`{_name(about)}`")
    if "enum" in about:
        return words["one"].format(", ".join(f"`{each or chr(34) * 2}`" for each in about["enum"]))
    if about.get("type") == "array":
        return f"{words['list']}{_limits(about, 'Items')}: {_value(about['items'], language)}"
    if about.get("format") == "date":
        return "YYYY-MM-DD"
    if about.get("pattern", "").startswith("^(https?://"):
        return words["address"]
    return kinds[about["type"]] + _limits(about, "imum") + _limits(about, "Length")


def _limits(about: Mapping[str, Any], word: str) -> str:
    low, high = about.get(f"min{word}"), about.get(f"max{word}")
    if low is None and high is None:
        return ""
    return (
        f" {low:,}–{high:,}"
        if low is not None and high is not None
        else f" ≤ {high:,}"
        if low is None
        else f" ≥ {low:,}"
    )


def _name(about: Mapping[str, Any]) -> str:
    return str(about["$ref"]).rpartition("/")[2]


if __name__ == "__main__":
    for path, language in PAGES.items():
        page = DOCS / path
        page.write_text(renewed(page.read_text(), language))
