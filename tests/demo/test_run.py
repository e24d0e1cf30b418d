"""What the demo needs before it starts."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from dangol.cli import main


def test_where_a_port_is_taken_the_demo_says_in_one_line_how_to_choose_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANGOL_DATA_DIR", str(tmp_path / "demo"))
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["demo", "--port", str(port)])
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert line.startswith(f"Error: port {port}: ")
    assert "`dangol demo --port N` or `make demo PORT=N`" in line
    assert not (tmp_path / "demo").exists()


def test_a_port_without_two_more_after_it_is_refused() -> None:
    assert CliRunner().invoke(main, ["demo", "--port", "65534"]).exit_code == 2
