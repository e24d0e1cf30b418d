import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from dangol.definitions import repository
from dangol.definitions.drafts import Drafts
from dangol.definitions.model import Campaign, Definitions, Segment, Site, WidgetUse
from dangol.errors import Invalid
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

pytestmark = pytest.mark.anyio


def definitions(site: str = "shop", key: str = "", cart_days: int = 30) -> Definitions:
    return Definitions(
        Site(
            id=site,
            key=key or f"key-of-{site}",
            name={"ko": "상점"},
            origins=["https://shop.example"],
            cart_days=cart_days,
        ),
        [Segment("many", {"visits": {"gte": 2}})],
        [Campaign(id="hello", widget=WidgetUse("popcorn", {"title": "안녕"}))],
    )


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def followed(link: Link) -> AsyncIterator[list[repository.Versions]]:
    """The sets of definitions that a follower was given, as they come in."""
    given: list[repository.Versions] = []

    async def take(versions: repository.Versions, drafts: Mapping[str, Drafts], unread: Collection[str]) -> None:
        given.append(versions)

    task = asyncio.create_task(repository.follow(link, take, every=0.02))
    yield given
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_was_saved_is_read(link: Link) -> None:
    assert await repository.read(link, "shop") is None
    assert await repository.save(link, definitions()) == 1
    assert await repository.read(link, "shop") == (1, definitions())


async def test_versions_rise_over_all_sites(link: Link) -> None:
    assert [await repository.save(link, definitions(site)) for site in ("a1", "b1", "a1")] == [1, 2, 3]
    assert await repository.read_all(link) == {"a1": (3, definitions("a1")), "b1": (2, definitions("b1"))}
    assert await repository.version(link) == 3


async def test_a_save_that_expects_another_version_changes_nothing(link: Link) -> None:
    await repository.save(link, definitions(), expected_version=0)
    for expected in (0, 2):
        with pytest.raises(Invalid, match="is not the version of shop in force, which is 1"):
            await repository.save(link, definitions(cart_days=7), expected_version=expected)
    assert await repository.read_all(link) == {"shop": (1, definitions())}
    assert await repository.version(link) == 1
    assert await repository.save(link, definitions(cart_days=7), expected_version=1) == 2


async def test_of_many_that_expect_the_same_version_one_wins(link: Link) -> None:
    await repository.save(link, definitions())
    saves = [repository.save(link, definitions(cart_days=days), 1) for days in range(1, 9)]
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Invalid"] * 7 + ["int"]
    assert len(await repository.history(link, "shop")) == 1


async def test_a_public_key_names_one_site(link: Link) -> None:
    await repository.save(link, definitions("a1", "shared-key"))
    with pytest.raises(Invalid, match="'shared-key' is not a key of b1 alone; a1 has it too"):
        await repository.save(link, definitions("b1", "shared-key"))
    assert await repository.read(link, "b1") is None


async def test_former_documents_are_kept_up_to_a_bound(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "HISTORY", 3)
    for days in range(1, 6):
        await repository.save(link, definitions(cart_days=days))
    kept = await repository.history(link, "shop")
    assert [(one.version, one.definitions.site.cart_days) for one in kept] == [(4, 4), (3, 3), (2, 2)]
    assert all(one.saved_at > 1_700_000_000 for one in kept)


async def test_a_document_that_can_not_be_read_is_left_out_and_told(
    link: Link, caplog: pytest.LogCaptureFixture
) -> None:
    await repository.save(link, definitions("a1"))
    await link.call("HSET", keys.DEFINITIONS, "b1", b'{"version":9,"saved_at":1,"definitions":{"new":1}}')
    assert await repository.read_all(link) == {"a1": (1, definitions("a1"))}
    assert "the stored definitions of b1 can't be read" in caplog.text
    with pytest.raises(Invalid, match=r"b1: .* is not definitions that this version of dangol reads"):
        await repository.read(link, "b1")


async def test_a_follower_is_told_at_once_and_of_every_change(link: Link) -> None:
    async with followed(link) as given:
        await eventually(lambda: given == [{}])
        await repository.save(link, definitions())
        await eventually(lambda: given == [{}, {"shop": (1, definitions())}])
        await repository.save(link, definitions(cart_days=7))
        await eventually(lambda: given[2:] == [{"shop": (2, definitions(cart_days=7))}])


async def test_a_follower_keeps_what_it_knew_of_a_document_that_it_can_not_read(link: Link) -> None:
    async with followed(link) as given:
        await repository.save(link, definitions())
        await eventually(lambda: {"shop": (1, definitions())} in given)
        newer = {"version": 2, "saved_at": 1, "definitions": {"site": "of a newer dangol"}}
        await link.call("HSET", keys.DEFINITIONS, "shop", msgspec.json.encode(newer))
        await repository.save(link, definitions("other"))
        expected = {"shop": (1, definitions()), "other": (2, definitions("other"))}
        await eventually(lambda: given[-1] == expected)


async def test_a_follower_whose_listener_fails_tries_again(link: Link, caplog: pytest.LogCaptureFixture) -> None:
    calls = 0

    async def fail_once(versions: repository.Versions, drafts: Mapping[str, Drafts], unread: Collection[str]) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("no room to compile")

    task = asyncio.create_task(repository.follow(link, fail_once, every=0.02))
    await eventually(lambda: calls == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "no room to compile" in caplog.text


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path)
    store.start()
    yield store
    store.stop()


async def test_a_follower_outlives_the_store(own_store: EmbeddedStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    link = Link(own_store.url)
    await repository.save(link, definitions())
    async with followed(link) as given:
        await eventually(lambda: given == [{"shop": (1, definitions())}])
        own_store.kill()
        await eventually(lambda: "can't follow the definitions" in caplog.text)
        own_store.start()
        await eventually(lambda: "following the definitions again" in caplog.text)
        assert len(given) == 1
        await repository.save(link, definitions(cart_days=7))
        await eventually(lambda: given[1:] == [{"shop": (2, definitions(cart_days=7))}])
    link.close()


def test_pauses_grow_to_a_bound() -> None:
    assert repository._pause(0.3, 0) == 0.3
    assert 0.3 <= repository._pause(0.3, 1) <= 0.6
    assert repository._pause(0.3, 10_000) <= repository.LONGEST_PAUSE
