"""`dangol members import` on a real store, as a user calls it."""

import asyncio
import csv
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
from dangol.profile.model import Member
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import Profiles

SECRET = "a secret of the tests, long enough"
HEADER = "id,name,phone,trait.points\n"


@pytest.fixture(autouse=True)
def _shop(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, define: Callable[..., Definitions]) -> None:
    """A store with a shop that has one trait, which the commands use."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", SECRET)

    async def save() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, define(traits=[{"id": "points", "name": "", "type": "number"}]))
        link.close()

    asyncio.run(save())


@pytest.fixture
def member(store: EmbeddedStore) -> Callable[[str], Member | None]:
    """What the store knows of a member."""

    async def read(id: str) -> Member | None:
        link = Link(store.url)
        stored = await Profiles(link, 60).read("shop", tokens.member_profile(Keys.derive(SECRET.encode(), "shop"), id))
        link.close()
        return stored.profile().member

    return lambda id: asyncio.run(read(id))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "members.csv"


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["members", "import", "shop", str(file), *options])


def test_a_file_is_imported(file: Path, member: Callable[[str], Member | None]) -> None:
    file.write_bytes((HEADER + "kim,김철수,010-1,5\nlee,Lee,,\n").encode("cp949"))
    done = run(file)
    assert (done.exit_code, done.output) == (0, "2 rows in CP949, 0 refused\n2 rows imported\n")
    assert member("kim") == Member("kim", "김철수", phone="010-1", traits={"points": 5.0})


def test_one_refused_row_holds_back_the_whole_file(
    file: Path, tmp_path: Path, member: Callable[[str], Member | None]
) -> None:
    file.write_text(HEADER + "kim,Kim,010-1,5\nlee,Lee,010-2,=1+1\n\npark,Park\n")
    report = tmp_path / "report.csv"
    done = run(file, "--report", str(report))
    assert done.exit_code == 1
    assert "line 3, trait.points: '=1+1' is not a number from" in done.stderr
    assert "line 5: '2 cells' is not 4 cells, as the header has" in done.stderr
    assert done.stderr.endswith("nothing was changed\n")
    with report.open(encoding="utf-8-sig", newline="") as reading:
        rows = list(csv.reader(reading))
    assert [row[:3] for row in rows[:2]] == [["line", "column", "value"], ["3", "trait.points", "'=1+1"]]
    assert report.stat().st_mode & 0o077 == 0
    assert member("kim") is None


def test_refused_rows_are_skipped_on_demand(file: Path, member: Callable[[str], Member | None]) -> None:
    file.write_text(HEADER + "kim,Kim,,5\nlee,Lee,,many\n")
    done = run(file, "--skip-refused")
    assert (done.exit_code, done.stdout) == (0, "2 rows in UTF-8, 1 refused\n1 rows imported\n")
    assert member("kim") is not None
    assert member("lee") is None


def test_a_dry_run_changes_nothing(file: Path, member: Callable[[str], Member | None]) -> None:
    file.write_text(HEADER + "kim,Kim,,5\n")
    assert run(file, "--dry-run").output == "1 rows in UTF-8, 0 refused\nnothing was changed (dry run)\n"
    assert member("kim") is None


def test_many_refused_rows_are_told_in_short_on_the_screen(file: Path, tmp_path: Path) -> None:
    file.write_text(HEADER + f"kim,{'x' * 300},,many\n" * 50)
    report = tmp_path / "report.csv"
    lines = run(file, "--report", str(report)).stderr.splitlines()
    assert len(lines) == 22
    assert max(map(len, lines)) < 200
    assert len(report.read_text().splitlines()) == 51


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name\nKim\n", "line 1: 'name' is not a header with a column id"),
        ("id,poinst\n", "did you mean 'points'?"),
        ('id\n"kim\nlee\n', "a quote that is opened in line 2 swallows what follows"),
    ],
)
def test_what_can_not_be_read_is_told_in_one_line(file: Path, content: str, told: str) -> None:
    file.write_text(content)
    done = run(file)
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")
    assert told in done.output


def test_an_unknown_site_and_a_pipe_are_refused(file: Path) -> None:
    file.write_text(HEADER)
    unknown = CliRunner().invoke(main, ["members", "import", "shopp", str(file)])
    assert unknown.output == "Error: SITE: 'shopp' is not a site with definitions; there are: shop\n"
    ours, theirs = os.pipe()
    os.write(theirs, b"id\nkim\n")
    os.close(theirs)
    done = run(Path(f"/dev/fd/{ours}"))
    os.close(ours)
    assert (done.exit_code, done.stderr) == (1, "Error: FILE must be one that can be read twice, no pipe\n")


def test_a_terminal_shows_how_far_it_is(file: Path) -> None:
    file.write_text(HEADER + "".join(f"m{number},Kim,,5\n" for number in range(3_000)))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dangol", "members", "import", "shop", str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    shown = shown_on(ours)
    assert done.stdout == b"3,000 rows in UTF-8, 0 refused\n3,000 rows imported\n"
    assert shown.count("100%") >= 2
    assert "checking" in shown
    assert "importing" in shown


def test_a_killed_import_is_finished_by_another(
    file: Path, store: EmbeddedStore, member: Callable[[str], Member | None]
) -> None:
    file.write_text(HEADER + "".join(f"m{number},Kim,,{number}\n" for number in range(8_000)))
    process = subprocess.Popen([sys.executable, "-m", "dangol", "members", "import", "shop", str(file)])
    with Redis.from_url(store.url) as client:
        while client.dbsize() < 1_000:
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
        process.wait()
        assert client.dbsize() < 8_000
        assert member("m7999") is None
        assert run(file).exit_code == 0
    assert member("m0") == Member("m0", "Kim", traits={"points": 0.0})
    assert member("m7999") == Member("m7999", "Kim", traits={"points": 7_999.0})
