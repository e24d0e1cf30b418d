import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

from dangol.host.guard import Guard
from dangol.host.registry import GROUP, Registry
from dangol.render.renderer import Renderer

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_every_built_in_keeps_the_contract_that_is_held_against_everyones() -> None:
    listed = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["entry-points"][GROUP]
    registry, guard = Registry.load(EntryPoint(name, value, GROUP) for name, value in listed.items()), Guard()
    Renderer(registry, guard)
    states = {status.name: (status.state, status.detail) for status in registry.statuses(guard)}
    assert states == {name: ("ok", "") for name in listed}
