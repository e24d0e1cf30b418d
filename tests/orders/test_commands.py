"""`dangol orders` on a real store, as a user calls it."""

import asyncio
import csv
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis
from tests.terminals import shown_on

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.plugin import Product
from dangol.store import catalogue
from dangol.store.embedded import EmbeddedStore
from dangol.store.generations import Status, status
from dangol.store.link import Link

MANY = 3000
HEADER = "order_id,at,product_id,customer_id\n"
TWO = HEADER + "1,2024-01-02 10:00,mug,kim\n1,2024-01-02 10:00,tea,kim\n2,2024-01-03,mug,\n"


@pytest.fixture(autouse=True)
def _shop(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, define: Callable[..., Definitions]) -> None:
    """A store with a shop and its catalogue, which the commands use."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "a secret of the tests, long enough")

    async def save() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, define())
        await catalogue.put(link, "shop", [Product(id, id, 100) for id in ("mug", "tea", *map(str, range(MANY)))])
        link.close()

    asyncio.run(save())


@pytest.fixture
def stands(store: EmbeddedStore) -> Callable[[], Status]:
    """How the shop's past orders stand."""

    async def read() -> Status:
        link = Link(store.url)
        found = await status(link, "shop")
        link.close()
        return found

    return lambda: asyncio.run(read())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["orders", *map(str, arguments)])


def test_files_are_loaded_and_told_of(file: Path) -> None:
    file.write_text(TWO)
    done = run("import", "shop", file)
    assert done.exit_code == 0
    assert done.output.startswith("3 rows, 0 refused\n2 orders with 3 lines learned from\nin force as ")
    told = run("history", "shop").output.splitlines()
    assert told[1] == "orders placed 2024-01-02 to 2024-01-03"
    assert told[2:5] == done.output.splitlines()


def test_columns_may_have_other_names(file: Path) -> None:
    file.write_text("주문번호,주문일,상품\n1,2024-01-02,mug\n".replace("상품", "product_id"))
    done = run("import", "shop", file, "--columns", "order_id=주문번호,at=주문일")
    assert (done.exit_code, done.output[:17]) == (0, "1 rows, 0 refused")
    for columns, error in (("order=주문번호", "did you mean 'order_id'"), ("order_id=no", "columns no, at")):
        refused = run("import", "shop", file, "--columns", columns)
        assert refused.exit_code == 1
        assert error in refused.output


def test_refused_rows_are_told_and_reported(file: Path, tmp_path: Path, stands: Callable[[], Status]) -> None:
    file.write_text(TWO + "3,soon,=mug,kim\n")
    report = tmp_path / "report.csv"
    done = run("import", "shop", file, "--report", report)
    assert done.exit_code == 1
    assert "line 5, at: 'soon' is not a date or time such as 2026-11-30" in done.output
    assert done.output.endswith("4 rows, 1 refused\nnothing was changed\n")
    with report.open(encoding="utf-8-sig", newline="") as told:
        assert [line[:3] for line in csv.reader(told)] == [["line", "column", "value"], ["5", "at", "soon"]]
    assert stands() == (None, None, [])
    assert run("import", "shop", file, "--skip-refused").exit_code == 0


def test_json_tells_the_same(file: Path) -> None:
    file.write_text(TWO + "3,soon,mug,kim\n")
    refused = run("import", "shop", file, "--json")
    told = json.loads(refused.output)
    assert refused.exit_code == 1
    assert (told["loaded"]["rows"], told["loaded"]["refused"], told["loaded"]["generation"]) == (4, 1, "")
    assert [problem["line"] for problem in told["problems"]] == [5]
    file.write_text("order_id\n")
    told = json.loads(run("import", "shop", file, "--json").output)
    assert (told["failed"], told["loaded"]) == ("invalid", None)
    assert "columns at, product_id" in told["wrong"][0]["expected"]
    file.write_text(TWO)
    assert run("import", "shop", file, "--json").exit_code == 0


def test_a_file_that_is_refused_whole_changes_nothing_and_so_it_says(file: Path) -> None:
    file.write_text(TWO.replace("mug", '"mug', 1))
    done = run("import", "shop", file)
    assert (done.exit_code, done.output.splitlines()[-1]) == (1, "nothing was changed")
    file.write_text(TWO)
    assert run("import", "shop", file, "--dry-run").output.splitlines()[-1] == "nothing was changed (dry run)"


def test_a_shop_that_is_not_there_and_a_pipe_are_refused(file: Path) -> None:
    file.write_text(TWO)
    assert "is not a site with definitions" in run("import", "nowhere", file).output
    assert "is not a site with definitions" in run("history", "nowhere").output
    out, into = os.pipe()
    with open(out, "rb"), open(into, "wb"):
        assert "no pipe" in run("import", "shop", f"/dev/fd/{out}").output


def test_a_terminal_sees_how_far_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(TWO)
    terminal, stderr = pty.openpty()
    with open(stderr, "w") as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        main.main(["orders", "import", "shop", str(file)], standalone_mode=False)
    told = shown_on(terminal)
    assert "learning" in told
    assert "100%" in told


def test_a_load_that_was_killed_changed_nothing(store: EmbeddedStore, file: Path, stands: Callable[[], Status]) -> None:
    file.write_text(TWO)
    run("import", "shop", file)
    before = stands().in_force
    pairs = (f"{number // 2},2024-01-02,{number},\n" for number in range(MANY))
    file.write_text(HEADER + "".join(pairs))
    with Redis.from_url(store.url) as client:
        size = client.dbsize()
        process = subprocess.Popen([sys.executable, "-m", "dangol", "orders", "import", "shop", str(file)])
        end = time.monotonic() + 60
        while client.dbsize() < size + 100:
            assert time.monotonic() < end
            time.sleep(0.001)
        process.kill()
        assert process.wait() < 0
        left = client.dbsize() - size
    assert left < MANY
    in_force, making, _ = stands()
    assert (in_force, making and making.stage) == (before, "writing")
    assert "are being loaded already, writing (95 %)" in run("import", "shop", file).output
    with Redis.from_url(store.url) as client:
        client.delete("{cat:shop}generation-made")  # as after a minute
    assert "was left behind; the next load removes it" in run("history", "shop").output
    assert run("import", "shop", file).exit_code == 0
    assert stands().left_behind == []
    with Redis.from_url(store.url) as client:
        generations = {name.split(b":")[2] for name in client.keys("*rh:shop:*") if client.ttl(name) == -1}
    assert len(generations) == 1
