"""`dangol report`."""

import asyncio
import json
import time
from datetime import date

import pytest
from click.testing import CliRunner, Result

from dangol.campaigns import ledger
from dangol.definitions import repository
from dangol.definitions.model import Campaign, Definitions, MessageUse, Site
from dangol.effects.commands import report
from dangol.protocol.event import Credit
from dangol.store import effects
from dangol.store.effects import Credited
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
CAMPAIGN = Campaign("hello", message=MessageUse("log"))


@pytest.fixture(autouse=True)
def _counted(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two shoppers of a campaign, and one of another that is gone."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    shares = ledger.shares(CAMPAIGN)
    draw, day = ledger.draw_of(shares), date.fromtimestamp(time.time()).toordinal()

    async def fill() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, Definitions(SITE, campaigns=[CAMPAIGN]))
        entries = [
            Credit(campaign, arm, draw, day, entered=1, shares=shares)
            for campaign, arm in (("hello", "on"), ("hello", "holdout"), ("gone", "on"))
        ]
        strip = [
            Credit("hello", "on", draw, day, part=part, views=4, clicks=1, orders=1, revenue=9_000, items=2)
            for part in ("~", "~popular")
        ]
        for _ in range(2):  # a worker died before it had said that it was done
            await effects.apply(link, 0, [Credited("1-0", "shop", [*entries, *strip])])
        link.close()

    asyncio.run(fill())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(report, arguments)


def test_a_terminal_gets_figures_and_sentences() -> None:
    result = run("shop", "--language", "ko")
    assert result.exit_code == 0, result.output
    name, _, holdout, on, *sentences = result.output.splitlines()
    assert (name, holdout.split()[2], on.split()[2]) == ("hello", "1", "1")
    assert "구매 전환율: 실험군과 대조군의 차이를 말하기는 아직 이릅니다." in " ".join(sentences)


def test_a_report_is_written_as_json_and_as_csv() -> None:
    told = json.loads(run("shop", "hello", "--json").output)
    assert [arm["shoppers"] for arm in told["arms"]] == [1, 1]
    assert run("shop", "hello", "--csv").output.startswith("\ufeffday,segment,arm,shoppers")


def test_recommended_products_are_told_by_recommender() -> None:
    result = run("shop", "hello", "--strip", "--language", "ko")
    assert result.exit_code == 0, result.output
    name, head, on, popular, *_, alone = result.output.splitlines()[:-1]
    assert (name, on.split()) == ("hello", ["on", "1", "4", "1", "25.00%", "0", "1", "2", "9,000"])
    assert popular.split() == ["popular", "4", "1", "25.00%", "1", "2", "9,000"]
    assert len({len(line) for line in (head, on, popular)}) == 1
    assert alone.startswith("견줄 변형안이 없습니다.")
    told = json.loads(run("shop", "hello", "--strip", "--json").output)
    assert told["arms"][0]["recommenders"][0]["revenue"] == 9_000
    assert [arm["shoppers"] for arm in json.loads(run("shop", "hello", "--json").output)["arms"]] == [1, 1]


def test_of_a_campaign_that_nobody_has_entered_there_is_no_table() -> None:
    assert run("shop", "hello", "--forget").exit_code == 0
    assert run("shop", "hello").output.splitlines() == ["hello", "Nobody has entered this campaign yet.", ""]


def test_a_deleted_campaign_is_told_until_it_is_forgotten() -> None:
    assert "1 shopper entered" in run("shop", "gone").output
    assert run("shop", "gone", "--forget").output == "gone: forgotten\n"
    assert "'gone' is not a campaign of the site" in run("shop", "gone").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("other",), "'other' is not a site with definitions"),
        (("shop", "helo"), "'helo' is not a campaign of the site; did you mean 'hello'?"),
    ],
)
def test_what_is_not_there_is_said(arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shop", "--csv"), "--csv is for one CAMPAIGN"),
        (("shop", "--strip"), "--strip is for one CAMPAIGN"),
        (("shop", "hello", "--strip", "--csv"), "--csv is not for --strip"),
    ],
)
def test_what_can_not_be_combined_is_said(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
