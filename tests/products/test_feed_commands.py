"""`dangol products import` and `feed` on a real store, as a user calls them."""

import asyncio
import csv
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result
from tests.serving import Answer, serving

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.store import catalogue
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

T = TypeVar("T")

FEED = "id,title,price,tax\n1,머그,5,\n2,B,6,\n"
WRONG = FEED + "3,C,x,\n"


class Shop:
    """A shop in the store that the commands use."""

    def __init__(self, url: str, define: Callable[..., Definitions]) -> None:
        self.url = url
        self.define = define

    def do(self, work: Callable[[Link], Awaitable[T]]) -> T:
        async def run() -> T:
            link = Link(self.url)
            try:
                return await work(link)
            finally:
                link.close()

        return asyncio.run(run())

    def save(self, **site: object) -> None:
        self.do(lambda link: repository.save(link, self.define(**site)))

    def names(self) -> list[str]:
        async def read(link: Link) -> list[str]:
            return sorted(
                [each.name async for batch in catalogue.scan(link, "shop") for each in batch if not each.hidden]
            )

        return self.do(read)


@pytest.fixture
def shop(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, define: Callable[..., Definitions]) -> Shop:
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "a secret of the tests, long enough")
    monkeypatch.setenv("DANGOL_ALLOW_PRIVATE_WEBHOOKS", "true")
    shop = Shop(store.url, define)
    shop.do(lambda link: link.call("FLUSHALL"))
    shop.save()
    return shop


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], str]:
    def make(content: str | bytes) -> str:
        path = tmp_path / "feed"
        path.write_bytes(content.encode("cp949") if isinstance(content, str) else content)
        return str(path)

    return make


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["products", *arguments])


Write = Callable[[str | bytes], str]


def test_a_feed_is_imported(shop: Shop, write: Write) -> None:
    result = run("import", "shop", write(FEED))
    assert result.output.splitlines() == [
        "2 rows in CP949, 0 refused",
        "columns that are not used: tax",
        "2 products added, 0 changed, 0 hidden",
    ]
    assert shop.names() == ["B", "머그"]
    assert "0 products added, 0 changed" in run("import", "shop", write(gzip.compress(FEED.encode()))).output


def test_refused_rows_hold_back_the_feed_and_are_reported(shop: Shop, write: Write, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    result = run("import", "shop", write(WRONG), "--report", str(report))
    assert (result.exit_code, shop.names()) == (1, [])
    assert "line 4, price: 'x' is not an amount of KRW" in result.output
    _, [line, column, value, _] = csv.reader(report.read_text("utf-8-sig").splitlines())
    assert (line, column, value) == ("4", "price", "x")
    assert run("import", "shop", write(WRONG), "--skip-refused", "--dry-run").exit_code == 0
    assert shop.names() == []
    assert run("import", "shop", write(WRONG), "--skip-refused").exit_code == 0
    assert shop.names() == ["B", "머그"]


def test_a_cut_feed_changes_nothing_and_half_a_catalogue_is_hidden_by_force_alone(shop: Shop, write: Write) -> None:
    run("import", "shop", write(FEED))
    for content, expected in (
        ("id,title,price\n1,A,9\n2,B", "line 3: '2 cells' is not 3 cells, as the header has"),
        (b'[{"id": 1, "title": "A", "price": 9}', "JSON that is whole"),
        ("id,title,price\n9,New,5\n", "hides at most half of the 2 products on show"),
    ):
        result = run("import", "shop", write(content), "--replace", "--skip-refused")
        assert (result.exit_code, result.output.count(expected), shop.names()) == (1, 1, ["B", "머그"])
        assert result.output.splitlines()[-1] == "nothing was changed"
    assert run("import", "shop", write("id,title,price\n9,New,5\n"), "--replace", "--force").exit_code == 0
    assert shop.names() == ["New"]


def test_the_outcome_of_a_feed_is_told(shop: Shop) -> None:
    assert "a site with a feed" in run("feed", "shop").output
    answers = [Answer(status=503), Answer(WRONG.encode()), Answer(b"id,title,price\n9,New,5\n")]
    with serving(lambda asked: answers[0]) as address:
        shop.save(products={"feed": {"url": f"{address}/feed"}})
        assert run("feed", "shop").output == "not fetched yet; a worker does it\n"
        failed = run("feed", "shop", "--now")
        assert (failed.exit_code, "nothing was changed: it was answered with status 503" in failed.output) == (1, True)
        answers.pop(0)
        assert run("feed", "shop", "--now").exit_code == 0
        told = run("feed", "shop").output.splitlines()
        assert told[0].startswith(f"{address}/feed, fetched ")
        assert told[1].endswith("3 rows, 1 refused")
        assert told[2:] == [
            "2 products added, 0 changed, 0 hidden",
            "line 4, price: 'x' is not an amount of KRW, zero or more, such as 15000 or 15000 KRW",
        ]
        answers.pop(0)
        assert run("feed", "shop", "--now").exit_code == 1
        assert run("feed", "shop", "--now", "--force").exit_code == 0
    assert shop.names() == ["New"]


def test_an_unknown_shop_is_told(shop: Shop, write: Write) -> None:
    assert "a site with definitions" in run("import", "other", write(FEED)).output
