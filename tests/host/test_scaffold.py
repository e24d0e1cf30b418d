import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dangol.errors import Invalid
from dangol.host.commands import plugin
from dangol.host.contract import KINDS
from dangol.host.scaffold import create

# Each folder's tests as its author runs them, in one process: most of the time goes into imports.
IN_TURN = """
import os, sys, pytest
for folder in sys.argv[1:]:
    os.chdir(folder)
    if pytest.main(["-q", "-W", "error"]):
        sys.exit(f"the tests of {folder} fail")
"""
ROOTS = os.pathsep.join(path for path in sys.path if path)


def run(*command: str, cwd: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": ROOTS}
    done = subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_plugins_own_tests_pass(tmp_path: Path) -> None:
    folders = [str(create(kind, f"first-{kind}", tmp_path)) for kind in KINDS]
    assert run("-c", IN_TURN, *folders, cwd=tmp_path).count(" passed in ") == len(KINDS)


def test_new_plugins_are_clean_for_strict_checkers(tmp_path: Path) -> None:
    folders = [create(kind, f"my-{kind}", tmp_path) for kind in KINDS]
    modules = [str(folder / "src" / folder.name.replace("-", "_")) for folder in folders]
    for folder in folders:
        run("-m", "ruff", "check", "--isolated", "--select", "E,F,I,B,UP,SIM,RUF", "--line-length", "120", cwd=folder)
        run("-m", "ruff", "format", "--isolated", "--check", "--line-length", "120", cwd=folder)
    run("-m", "mypy", "--strict", *modules, cwd=tmp_path)


def test_the_command_writes_the_plugin_and_says_how_to_go_on(tmp_path: Path) -> None:
    result = CliRunner().invoke(plugin, ["new", "sink", "to-warehouse", "--into", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert f"cd {tmp_path / 'to-warehouse'}" in result.output
    point = (tmp_path / "to-warehouse" / "pyproject.toml").read_text().split("[project.entry-points")[1]
    assert 'to_warehouse = "to_warehouse:ToWarehouse"' in point


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hello", "a normal package name"),
        ("hello_world", "a normal package name"),
        ("-hello", "a normal package name"),
        ("hello--world", "a normal package name"),
        ("../hello", "a normal package name"),
        ("1st", "a normal package name"),
        ("h" * 41, "at most 40 characters"),
        ("json", "Python or dangol has a module 'json' already"),
        ("class", "Python or dangol has a module 'class' already"),
        ("dangol-widgets", "Python or dangol has a module 'dangol_widgets' already"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_written(name: str, expected: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(plugin, ["new", "--into", str(tmp_path), "--", "widget", name])
    assert result.exit_code == 1
    assert f"name: '{name}' is not" in result.output
    assert expected in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "hello").mkdir()
    with pytest.raises(Invalid, match="is not new; choose another name or place"):
        create("widget", "hello", tmp_path)
    assert list((tmp_path / "hello").iterdir()) == []


def test_a_kind_or_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        create("gadget", "hello", tmp_path / "nowhere")
    assert [problem.where for problem in refused.value.problems] == ["into", "kind"]
    assert "one of: widget, recommender" in str(refused.value)
