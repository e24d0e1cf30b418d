"""The commands that no other folder tests: keys, settings, forget, and how a refusal is told."""

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, Popen

import httpx
import pytest
from click.testing import CliRunner, Result
from loadtests.browser import DESKTOP
from redis import Redis

from dangol.cli import Group, main
from dangol.host.registry import Registry
from dangol.house import House
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.tag import stub_source

SECRET = "a secret of the tests, long enough"


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, arguments)


def test_keys_are_those_that_the_server_takes() -> None:
    derived = Keys.derive(SECRET.encode(), "shop")
    told = run("keys", "shop", DANGOL_SECRET=SECRET).output
    assert [line.split()[2] for line in told.splitlines()] == [derived.server, derived.identity, derived.admin]


def test_push_keys_are_those_that_web_push_signs_with(monkeypatch: pytest.MonkeyPatch) -> None:
    told = dict(line.split("=", 1) for line in run("push-keys", "mailto:shop@shop.example").output.splitlines())
    assert told != dict(line.split("=", 1) for line in run("push-keys", "mailto:shop@shop.example").output.splitlines())
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    registry = Registry.load()
    channel = registry.channel("webpush")
    assert len(channel.public_key(channel.Params())) == 87


def test_push_keys_need_a_way_to_reach_the_shop() -> None:
    refused = run("push-keys", "shop@shop.example")
    assert refused.exit_code == 2
    assert "mailto:" in refused.output


def test_the_lines_to_paste_have_the_site_s_key_and_their_policy(
    store: EmbeddedStore, new_house: Callable[..., House]
) -> None:
    new_house()
    told = run("snippet", "shop", "--at", "https://d.example/dg/", DANGOL_REDIS_URL=store.url)
    assert '<script async src="https://d.example/dg/v1/dangol.js" data-site="public-key"></script>' in told.stdout
    assert stub_source() in told.stderr
    assert "SITE: 'other' is not a site with definitions" in run("snippet", "other", DANGOL_REDIS_URL=store.url).output


def test_a_reader_who_has_enough_is_no_error() -> None:
    group = Group("dangol")

    @group.command()
    def endless() -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    assert "Error" not in CliRunner().invoke(group, ["endless"]).output


def test_a_file_that_can_not_be_written_is_named(tmp_path: Path, store: EmbeddedStore) -> None:
    members, report = tmp_path / "members.csv", tmp_path / "nowhere" / "report.csv"
    members.touch()
    told = run("members", "import", "shop", str(members), "--report", str(report), DANGOL_REDIS_URL=store.url).output
    assert told == f"Error: {report}: No such file or directory\n"


def test_every_setting_has_its_line() -> None:
    lines = run("settings").output.splitlines()
    assert [line.split()[0] for line in lines] == [f"DANGOL_{name.upper()}" for name in Settings.__struct_fields__]


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_wrong_setting_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    refused = run(command, DANGOL_DATA_DIR=str(tmp_path), DANGOL_PORT="x")
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: environment: DANGOL_PORT: 'x' is not")


def test_a_store_that_does_not_start_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("a file where the store wants a folder")
    refused = run("serve", DANGOL_DATA_DIR=str(tmp_path), DANGOL_SECRET=SECRET)
    assert refused.exit_code == 1
    assert refused.output.startswith(f"Error: the embedded store in {tmp_path} does not start")


def test_a_folder_that_can_not_be_used_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = run("serve", DANGOL_DATA_DIR=str(tmp_path / "file"), DANGOL_SECRET=SECRET)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_who_is_told_to_stop_leaves_no_store_behind(command: str, tmp_path: Path) -> None:
    environment = {"DANGOL_DATA_DIR": str(tmp_path), "DANGOL_SECRET": SECRET, "DANGOL_PORT": "0"}
    with Popen([sys.executable, "-m", "dangol", command], env={**os.environ, **environment}, stderr=PIPE) as process:
        assert process.stderr is not None
        started = "Uvicorn running" if command == "serve" else "worker"
        next(line for line in process.stderr if started in line.decode())
        assert EmbeddedStore.running(tmp_path)
        process.terminate()
        assert process.wait(30) == 0
    assert not EmbeddedStore.running(tmp_path)


def test_a_job_that_is_gone_is_forgotten_by_every_partition(store: EmbeddedStore) -> None:
    redis = Redis.from_url(store.url)
    redis.flushall()
    for number in (0, 7):
        redis.xgroup_create(keys.log(number), "sink:gone", mkstream=True)
    assert run("forget", "sink:gone", DANGOL_REDIS_URL=store.url).exit_code == 0
    assert not redis.xinfo_groups(keys.log(0))
    again = run("forget", "sink:gone", DANGOL_REDIS_URL=store.url)
    assert again.output == "Error: no partition of the log knows a job 'sink:gone'\n"
    redis.close()


@pytest.mark.parametrize(("trusted", "secure"), [("127.0.0.1", True), ("10.0.0.1", False)])
def test_only_a_trusted_proxy_is_believed_about_https(
    trusted: str, secure: bool, new_house: Callable[..., House], served: Callable[[House], str]
) -> None:
    url = served(new_house(trusted_proxies=trusted))
    now = time.time_ns() // 1_000_000
    event = {"id": "event-0001", "name": "page_view", "at": now}
    body = {"site": "public-key", "sent": now, "page": "https://shop.example/", "events": [event]}
    headers = {"Origin": "https://shop.example", "X-Forwarded-Proto": "https", "User-Agent": DESKTOP}
    answer = httpx.post(f"{url}/v1/events", json=body, headers=headers)
    assert ("SameSite=None; Secure" in answer.headers["set-cookie"]) is secure
