"""`dangol fake-providers`, as a process of its own."""

import re
import shlex
import socket
import subprocess
import sys

import httpx
from click.testing import CliRunner

from dangol.cli import main


def test_the_fakes_are_served_on_this_machine_and_tell_how_they_are_reached() -> None:
    command = [sys.executable, "-m", "dangol", "fake-providers", "--port", "0", "--hook", "solapi=http://127.0.0.1:9/x"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())
        assert found
        counts = httpx.get(f"{found[0]}/counts").json()
        page = httpx.get(f"{found[0]}/")
        process.terminate()
        told, _ = process.communicate(timeout=20)
    variables = dict(word.split("=", 1) for word in shlex.split(told, comments=False) if word != "export")
    assert process.returncode == 0
    assert counts == dict.fromkeys(("solapi", "nhn", "aligo", "fcm", "apns", "webpush"), 0)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert variables["SOLAPI_URL"] == f"{found[0]}/solapi"
    assert variables["APNS_KEY"].startswith("-----BEGIN PRIVATE KEY-----\n")


def test_a_hook_of_nobody_is_refused() -> None:
    result = CliRunner().invoke(main, ["fake-providers", "--hook", "carrier=http://127.0.0.1/"])
    assert result.exit_code == 2
    assert "expected one of solapi" in result.output


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["fake-providers", "--port", str(port)])
    assert result.output == f"Error: port {port}: Address already in use; choose another one with --port\n"
