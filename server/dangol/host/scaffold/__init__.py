"""A new plugin's folder, written from the templates beside this file: a distribution that builds, and its test."""

import keyword
import re
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from dangol.errors import Invalid, Problem
from dangol.host.contract import KINDS
from dangol.plugin import API

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40
TAKEN = frozenset({"dangol", "dangol_widgets", "dangol_plugins", *sys.stdlib_module_names})


def create(kind: str, name: str, into: Path) -> Path:
    """Write the distribution `name` with one plugin of `kind` into a new folder under `into`, and return the folder.

    Raises Invalid, with nothing written, for a kind or name that can't be used and for a folder that is there already.
    """
    module = name.replace("-", "_")
    folder = into / name
    problems = [*_name_problems(name, module), *_place_problems(into, folder)]
    if kind not in KINDS:
        problems.append(Problem("kind", kind, f"one of: {', '.join(KINDS)}"))
    if problems:
        raise Invalid(problems)
    words = {
        "distribution": name,
        "module": module,
        "class_name": "".join(word.capitalize() for word in name.split("-")),
        "title": name.replace("-", " ").capitalize(),
        "kind": kind,
        "api": str(API),
    }
    templates = files(__package__) / "templates"
    for source in (templates / "common", templates / kind):
        _write(source, folder, words)
    return folder


def _name_problems(name: str, module: str) -> list[Problem]:
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        expected = f"a normal package name: a-z, 0-9 and single hyphens, a letter first, at most {LONGEST} characters"
        return [Problem("name", name, expected)]
    if module in TAKEN or keyword.iskeyword(module):
        return [Problem("name", name, f"free: Python or dangol has a module {module!r} already")]
    return []


def _place_problems(into: Path, folder: Path) -> list[Problem]:
    if not into.is_dir():
        return [Problem("into", str(into), "a folder")]
    if folder.exists():
        return [Problem("folder", str(folder), "new; choose another name or place")]
    return []


def _write(source: Traversable, folder: Path, words: dict[str, str]) -> None:
    """Copy a tree of templates; names of files and folders hold variables like their contents do."""
    folder.mkdir(exist_ok=True)
    for each in source.iterdir():
        target = folder / Template(each.name.removesuffix(".tmpl")).substitute(words)
        if each.is_dir():
            _write(each, target, words)
        else:
            target.write_text(Template(each.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
