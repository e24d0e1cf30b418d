from importlib.metadata import EntryPoint

import pytest
from click.testing import CliRunner

from dangol.host.commands import plugin, table
from dangol.host.registry import Registry, Status


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("gone", "no_such_module:Gone", "dangol.plugins")]
    loaded = Registry.load(points)
    monkeypatch.setattr(Registry, "load", lambda: loaded)


def test_the_table_lines_up_and_has_no_trailing_blanks() -> None:
    rows = table([Status("hello", "widget", "hello-dist", "1.2"), Status("b", state="import", detail="no")])
    assert rows.splitlines() == [
        "name   kind    distribution  version  state   detail",
        "hello  widget  hello-dist    1.2      ok",
        "b                                     import  no",
    ]


@pytest.mark.usefixtures("installed")
def test_list_shows_what_is_installed() -> None:
    result = CliRunner().invoke(plugin, ["list"])
    assert result.exit_code == 0
    assert "gone" in result.output
    assert "No module named 'no_such_module'" in result.output


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("names", "detail"), [(["gone"], "no_such_module"), (["nobody"], "not installed")])
def test_check_fails_for_a_plugin_that_cannot_be_used(names: list[str], detail: str) -> None:
    result = CliRunner().invoke(plugin, ["check", *names])
    assert result.exit_code == 1
    assert detail in result.output
