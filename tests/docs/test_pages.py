"""README and architecture: what they name is there, and what they show works."""

import re
from pathlib import Path

import click
import pytest

from dangol.cli import main
from dangol.definitions.document import load_yaml
from dangol.host.registry import Registry
from dangol.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/plugins.md",
    "docs/rehearsal.md",
    "docs/recipes.md",
    "docs/ko/recipes.md",
    "docs/preview.md",
    "docs/ko/preview.md",
    "docs/facts.md",
    "docs/experiments.md",
    "docs/ko/experiments.md",
    "docs/traits.md",
    "docs/widgets.md",
    "docs/ko/widgets.md",
    "docs/push.md",
    "docs/ko/push.md",
    "docs/kakao.md",
    "docs/ko/kakao.md",
    "docs/variables.md",
    "docs/privacy.md",
    "docs/ko/variables.md",
    "docs/ko/privacy.md",
    "docs/recommendations.md",
    "docs/ko/recommendations.md",
    "docs/feeds.md",
    "docs/ko/feeds.md",
    "loadtests/README.md",
    "snippet/README.md",
]
FOLDERS = ("", "server/dangol", "snippet/src", "snippet/src/widgets", "loadtests", "docs")


def text(page: str) -> str:
    return (ROOT / page).read_text()


def test_the_site_that_the_readme_shows_is_right() -> None:
    (site,) = re.findall(r"```yaml\n(.*?)```", text("README.md"), re.DOTALL)
    assert load_yaml(site, "README.md", Registry.load()).site.id == "myshop"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_setting_that_a_page_names_exists(page: str) -> None:
    assert isinstance(main, click.Group)
    parts = text(page).split("```")
    named = re.findall(r"^(?:DANGOL_\w+=\S+ )?dangol ([a-z][a-z-]*)", "\n".join(parts[1::2]), re.MULTILINE)
    named += re.findall(r"`(?:DANGOL_\w+=\S+ )?dangol ([a-z][a-z-]*)", "\n".join(parts[::2]))
    assert set(named) <= main.commands.keys()
    settings = {name.lower() for name in re.findall(r"DANGOL_([A-Z_]+)", text(page))}
    assert settings <= {*Settings.__struct_fields__}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_links_to_exists(page: str) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text(page)):
        assert ((ROOT / page).parent / link).exists(), link


def test_every_module_that_the_architecture_names_exists() -> None:
    for name in set(re.findall(r"`([\w/]+\.(?:py|ts|yaml))`", text("docs/architecture.md"))):
        places = [ROOT / folder / name for folder in FOLDERS]
        found = any(place.exists() for place in places) or any((ROOT / "server/dangol").glob(f"*/{name}"))
        assert found or any((ROOT / "snippet/src").rglob(name)), name


def test_the_architecture_lists_every_module_of_the_core() -> None:
    listed = text("docs/architecture.md").partition("## One page view")[0]
    words = set(re.findall(r"\w+", listed))
    core = ROOT / "server" / "dangol"
    rooms = [path for path in core.glob("*/*.py") if path.parent.name not in ("demo", "testing")]
    missing = [path.stem for path in [*core.glob("*.py"), *rooms] if path.stem.strip("_") not in words]
    assert set(missing) <= {"__init__", "__main__"}
