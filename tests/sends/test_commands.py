"""`dangol send` on a real store, as a user calls it."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.store import draws, outbox
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link


@pytest.fixture(autouse=True)
def _shop(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, define: Callable[..., Definitions]) -> None:
    """A store with a shop that has a campaign, which the commands use."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "a secret of the tests, long enough")

    async def save() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, define(campaigns=[{"id": "hello", "message": {"use": "log"}}]))
        link.close()

    asyncio.run(save())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["send", *arguments])


def stored(store: EmbeddedStore, read: Callable[[Link], Any]) -> Any:
    async def call() -> Any:
        link = Link(store.url)
        found = await read(link)
        link.close()
        return found

    return asyncio.run(call())


def test_a_file_is_sent_from_the_draft_to_the_cancel(tmp_path: Path, store: EmbeddedStore) -> None:
    draft, rows = tmp_path / "sale.yaml", tmp_path / "rows.csv"
    draft.write_text("name: Sale\nmessage: {use: log}\n")
    rows.write_text("phone,code\n010-1234-5678,A1\n12,B2\n")
    id = run("create", "shop", str(draft)).output.strip()
    refused = run("upload", "shop", id, str(rows))
    assert refused.exit_code == 1
    assert "line 3, phone: '12' is not a mobile number" in refused.output
    assert run("start", "shop", id).exit_code == 1
    report = tmp_path / "report.csv"
    kept = run("upload", "shop", id, str(rows), "--skip-refused", "--report", str(report))
    assert "2 rows in UTF-8, 1 refused" in kept.output
    assert "1 recipients kept" in kept.output
    assert "3,phone,12" in report.read_text(encoding="utf-8-sig")
    started = json.loads(run("start", "shop", id).output)
    assert (started["state"], started["drawing"]) == ("started", True)
    assert [draw.campaign for draw in stored(store, draws.under_way)] == [f"send:{id}"]
    assert f"{id}  started" in run("list", "shop").output
    assert json.loads(run("cancel", "shop", id).output)["state"] == "cancelled"
    assert stored(store, draws.under_way) == []
    assert json.loads(run("show", "shop", id).output)["name"] == "Sale"


def test_an_audience_is_reserved_in_the_shops_time(tmp_path: Path) -> None:
    draft = tmp_path / "all.yaml"
    draft.write_text("message: {use: log}\naudience: []\n")
    id = run("create", "shop", str(draft)).output.strip()
    assert run("start", "shop", id, "--at", "2020-01-01 10:00").exit_code == 1
    assert "all members" in run("list", "shop").output
    for at, expected in (
        ("2020-01-01 10:00", "a time from now on"),
        ("soon", "such as 2026-11-30 or 2026-11-30 18:00"),
    ):
        draft.write_text(f"message: {{use: log}}\naudience: []\nat: {at}\n")
        assert expected in run("create", "shop", str(draft)).output


def test_a_test_goes_to_addresses_and_members(tmp_path: Path, store: EmbeddedStore) -> None:
    told = run("test", "shop", "hello", "010-1234-5678", "--member", "kim")
    keys = [line.partition(" ")[0] for line in told.output.splitlines()]
    rows = stored(store, lambda link: outbox.read_many(link, keys))
    assert {(row.push.origin, row.push.member, row.push.to) for row in rows} == {
        ("test", "kim", ""),
        ("test", "", "01012345678"),
    }
    message = tmp_path / "message.yaml"
    message.write_text("use: log\n")
    assert run("test", "shop", str(message), "010-1234-5678").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["show", "shop", "none"], "'none' is not a manual send of this site"),
        (["list", "other"], "'other' is not a site with definitions in force: shop"),
        (["test", "shop", "helo", "01012345678"], "did you mean 'hello'?"),
        (["test", "shop", "hello"], "1 to 5 addresses and members"),
        (["test", "shop", "hello", *["01012345678"] * 6], "to: 6 is not 1 to 5 addresses and members"),
        (["test", "shop", "hello", "010-12"], "to[0]: '…' is not a mobile number or an e-mail address"),
    ],
)
def test_what_is_wrong_is_told(arguments: list[str], expected: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 1
    assert expected in found.output


def test_a_draft_with_a_slip_is_refused_with_its_place(tmp_path: Path) -> None:
    draft = tmp_path / "slip.yaml"
    draft.write_text("message: {use: log}\naudiense: []\n")
    assert "audiense" in run("create", "shop", str(draft)).output
    draft.write_bytes(b"\xff")
    assert "UTF-8" in run("create", "shop", str(draft)).output
