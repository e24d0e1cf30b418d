"""`dangol messages`."""

import asyncio
import csv
import io
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Campaign, Definitions, MessageUse, Site
from dangol.messages.push import Push
from dangol.store import outbox
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.outbox import Outcome

SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
NOW = time.time()
PUSHES = [
    Push(
        outbox.key_of("shop", "campaign:sale", each), "shop", "campaign:sale", "trigger", "sale", profile=each, to="010"
    )
    for each in ("m000000000000001", "m000000000000002", "m000000000000003")
]
QUEUED, FAILED, PARKED = (push.key for push in PUSHES)


@pytest.fixture(autouse=True)
def _sent(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three messages of a campaign: one waits, one has failed, one is parked."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    outcomes = [Outcome(FAILED, "failed", reason="blocked", failure="blocked", channel="solapi"),
                Outcome(PARKED, "parked", reason="poison", detail="KeyError")]  # fmt: skip

    async def fill() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, Definitions(SITE, campaigns=[Campaign("sale", message=MessageUse("log"))]))
        await outbox.enqueue(link, PUSHES, [NOW + 999, NOW, NOW], NOW, zone="Asia/Seoul")
        for number in {outbox.partition(push.key) or 0 for push in PUSHES}:
            await outbox.claim(link, number, NOW, 9.0, "t", 9)
        await outbox.settle(link, "t", outcomes, NOW)
        link.close()

    asyncio.run(fill())


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["messages", *args])


def test_a_report_counts_states_as_a_table_json_and_csv() -> None:
    assert "solapi" in run("report", "shop").output
    [told] = json.loads(run("report", "shop", "--json").output)
    assert (told["campaign"], told["requests"]) == ("sale", 3)
    assert json.loads(run("report", "shop", "sale", "--json").output) == told
    rows = list(csv.DictReader(io.StringIO(run("report", "shop", "--csv").output.removeprefix("\ufeff"))))
    assert {row["day"] for row in rows} == {told["days"][0]["day"], "total"}


def test_what_nobody_knows_is_refused() -> None:
    assert "did you mean 'sale'?" in run("report", "shop", "sael").output
    assert "a site with definitions" in run("report", "nowhere").output
    assert "a day up to 400 days" in run("report", "shop", "--from", "2020-01-01").output
    assert "that of a message of shop" in run("show", "shop", "nothing").output
    assert run("release", "shop").exit_code == 2
    for command in (
        ["list", "shop", "--campaign", "sael"],
        ["export", "shop", "sael"],
        ["release", "shop", "--all", "--campaign", "sael"],
    ):
        assert "did you mean 'sale'?" in run(*command).output, command
    assert "a site with definitions" in run("list", "nowhere").output


def test_messages_are_listed_with_their_reasons() -> None:
    listed = run("list", "shop", "--state", "parked", "--language", "ko").output
    assert PARKED in listed
    assert "격리했습니다" in listed
    assert QUEUED not in listed
    assert run("list", "shop").output == "0 messages are held\n"
    assert json.loads(run("show", "shop", FAILED).output)["reason"]["code"] == "blocked"


def test_parked_messages_begin_anew_and_waiting_ones_are_cancelled() -> None:
    assert run("release", "shop", "--all", "--campaign", "test").output == "0 of 0 messages begin anew\n"
    assert run("release", "shop", "--all").output == "1 of 1 messages begin anew\n"
    assert run("release", "shop", PARKED).output == "0 of 1 messages begin anew; the others are not parked\n"
    cancelled = run("cancel", "shop", QUEUED, PARKED, FAILED).output
    assert cancelled == "2 of 3 messages cancelled; the others don't wait\n"


def test_recipients_are_written_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    done = run("export", "shop", "sale", "--bom", "--output", str(path))
    assert done.output == "3 messages\n"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert {row["state"] for row in rows} == {"queued", "failed", "parked"}
    assert "SITE" in run("export", "nowhere", "sale").output
