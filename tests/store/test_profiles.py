import asyncio

import msgspec
import pytest

from dangol.errors import Unavailable
from dangol.profile.model import Profile
from dangol.protocol.event import Entry, Event
from dangol.store import keys, profiles
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import NOBODY, Profiles, Stored, Write

pytestmark = pytest.mark.anyio

VISITOR = "v0123456789abcde"


def entry(number: int = 1) -> Entry:
    return Entry("shop", VISITOR, "", number, [Event(f"event-{number}", "page_view", number)])


async def logged(link: Link) -> list[Entry]:
    rows = await link.call("XRANGE", keys.log(keys.partition(VISITOR)), "-", "+")
    return [msgspec.msgpack.decode(fields[1], type=Entry) for _, fields in rows]


async def test_who_was_never_seen_is_nobody(link: Link) -> None:
    stored = await Profiles(link, 60).read("shop", VISITOR)
    assert stored == NOBODY
    assert stored.profile() == Profile()


async def test_what_was_written_is_read_by_another_server(link: Link) -> None:
    done, written = await Profiles(link, 60).write("shop", VISITOR, NOBODY, Profile(visits=3), entry())
    read = await Profiles(link, 60).read("shop", VISITOR)
    assert done
    assert (read, read.profile().visits) == (written, 3)
    assert await logged(link) == [entry()]
    assert 0 < await link.call("TTL", keys.profile("shop", VISITOR)) <= 60


async def test_without_an_entry_nothing_is_logged(link: Link) -> None:
    await Profiles(link, 60).write("shop", VISITOR, NOBODY, Profile())
    assert await logged(link) == []


async def test_a_lost_race_changes_nothing_and_tells_what_stands(link: Link) -> None:
    here, there = Profiles(link, 60), Profiles(link, 60)
    _, first = await here.write("shop", VISITOR, NOBODY, Profile(visits=1), entry(1))
    lost = profiles.LOST_RACES._value.get()
    done, stands = await there.write("shop", VISITOR, NOBODY, Profile(visits=9), entry(2))
    assert (done, stands) == (False, first)
    assert await there.read("shop", VISITOR) == first
    assert await logged(link) == [entry(1)]
    assert profiles.LOST_RACES._value.get() == lost + 1


async def test_of_many_writes_at_once_each_stands_or_falls_by_itself(link: Link) -> None:
    here, there = Profiles(link, 60), Profiles(link, 60)
    names = [f"v{number:015}" for number in range(40)]
    for name in names[::3]:
        await there.write("shop", name, NOBODY, Profile(visits=1))
    writes = [
        Write(name, NOBODY, Profile(visits=2), entry(2) if name == VISITOR else None) for name in [*names, VISITOR]
    ]
    assert await here.write_many("shop", writes) == [number % 3 > 0 for number in range(40)] + [True]
    found = await here.read_many_now("shop", names)
    assert [each.profile().visits for each in found] == [1 + (number % 3 > 0) for number in range(40)]
    assert [await here.read("shop", name) for name in names] == found
    assert await logged(link) == [entry(2)]


async def test_of_many_writers_one_wins_and_only_its_entry_is_logged(link: Link) -> None:
    servers = [Profiles(link, 60) for _ in range(30)]
    results = await asyncio.gather(
        *(
            each.write("shop", VISITOR, NOBODY, Profile(visits=number), entry(number))
            for number, each in enumerate(servers)
        )
    )
    winners = [number for number, (done, _) in enumerate(results) if done]
    assert len(winners) == 1
    assert await logged(link) == [entry(winners[0])]
    assert {stands.version for _, stands in results} == {results[winners[0]][1].version}


async def test_a_remembered_profile_that_another_server_changed_is_found_out_by_the_write(link: Link) -> None:
    here, there = Profiles(link, 60), Profiles(link, 60)
    _, old = await here.write("shop", VISITOR, NOBODY, Profile(visits=1))
    _, new = await there.write("shop", VISITOR, old, Profile(visits=2))
    assert await here.read("shop", VISITOR) == old
    assert await here.write("shop", VISITOR, old, Profile(visits=5)) == (False, new)
    assert await here.read("shop", VISITOR) == new


async def test_a_profile_that_expired_is_not_brought_back_by_who_remembers_it(link: Link) -> None:
    here = Profiles(link, 60)
    _, old = await here.write("shop", VISITOR, NOBODY, Profile(visits=1))
    await link.call("DEL", keys.profile("shop", VISITOR))
    assert await here.write("shop", VISITOR, old, Profile(visits=2)) == (False, NOBODY)
    assert (await here.write("shop", VISITOR, NOBODY, Profile(visits=1)))[0]


async def test_a_profile_that_came_back_is_not_mistaken_for_the_old_one(link: Link) -> None:
    here, there = Profiles(link, 60), Profiles(link, 60)
    _, old = await here.write("shop", VISITOR, NOBODY, Profile(visits=1))
    await link.call("DEL", keys.profile("shop", VISITOR))
    await there.write("shop", VISITOR, NOBODY, Profile(visits=1))
    assert not (await here.write("shop", VISITOR, old, Profile(visits=2)))[0]


async def test_sites_do_not_share_profiles(link: Link) -> None:
    store = Profiles(link, 60)
    await store.write("shop", VISITOR, NOBODY, Profile(visits=1))
    assert await store.read("other", VISITOR) == NOBODY


async def test_what_is_read_may_be_changed_without_harm(link: Link) -> None:
    store = Profiles(link, 60)
    _, stored = await store.write("shop", VISITOR, NOBODY, Profile(visits=1))
    stored.profile().visits = 7
    assert (await store.read("shop", VISITOR)).profile().visits == 1


async def test_the_memory_is_bounded(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "REMEMBERED", 2)
    store = Profiles(link, 60)
    for name in "abc":
        await store.write("shop", name, NOBODY, Profile(visits=1))
    await link.call("FLUSHALL")
    assert await store.read("shop", "a") == NOBODY
    assert await store.read("shop", "c") != NOBODY


async def test_stuffed_profiles_do_not_fill_the_memory(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "REMEMBERED_BYTES", 25_000)
    store = Profiles(link, 60)
    for name in "abcabc":
        await store.write("shop", name, await store.read("shop", name), Profile(merged=["x" * 10_000]))
    assert len(store._remembered) == 2
    assert store._bytes == sum(len(stored.document) for stored in store._remembered.values())


async def test_a_document_of_an_earlier_version_is_read(link: Link) -> None:
    shorter = msgspec.msgpack.encode([7, 1, 2, 3])  # fields are only ever added at the end
    assert Stored(b"12345678", shorter).profile() == Profile(seed=7, first_seen=1, last_seen=2, visits=3)


async def test_a_store_that_is_away_is_unavailable(store: EmbeddedStore) -> None:
    with pytest.raises(Unavailable):
        await Profiles(Link("unix:///nowhere/valkey.sock"), 60).read("shop", VISITOR)
