from typing import Any

import pytest

from dangol.engine import Context
from dangol.house import House
from dangol.protocol.event import Entry, Event
from dangol.rehearsal import histories
from dangol.rehearsal.histories import History, Reader, oldest, sizes
from dangol.store import keys, log
from dangol.store.history import snapshot
from dangol.store.link import Link
from dangol.store.profiles import NOBODY, Profiles, encode

pytestmark = pytest.mark.anyio

NOW = 1_763_778_000
IDS = [f"v{number:015}" for number in range(40)]


async def view(house: House, profile: str, number: int = 0) -> None:
    event = Event(f"view-{number}", "page_view", (NOW + number) * 1000, "/")
    await house.engine.take(house.by_id["shop"], profile, [event], Context(now=NOW + number, page="/"))


async def read(link: Link, site: str = "shop", first: str = log.FIRST) -> dict[str, History]:
    reader, found = Reader(link, site, first), {}
    for number, size in enumerate(await sizes(link)):
        async for profile, history in reader.histories(number, size):
            assert profile not in found
            found[profile] = history
    return found


async def test_each_profile_comes_once_with_its_document_and_its_entries_in_order(house: House) -> None:
    for number in range(3):
        for profile in IDS:
            await view(house, profile, number)
    found = await read(house.link)
    assert set(found) == set(IDS)
    for history in found.values():
        assert [entry.at for entry in history.counted] == [(NOW + number) * 1000 for number in range(3)]
        assert (history.stored.page_views, history.later) == (3, [])


async def test_a_long_log_is_read_in_parts_and_nothing_is_lost(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for profile in IDS:
        await view(house, profile)
    whole = await read(house.link)
    monkeypatch.setattr(histories, "PART", 1)
    monkeypatch.setattr(histories, "BATCH", 2)
    assert await read(house.link) == whole


async def test_what_is_logged_while_the_log_is_read_is_not_counted_in_the_profile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await view(house, IDS[0], 0)
    await view(house, IDS[0], 1)

    async def late(*arguments: Any) -> Any:
        taken = await snapshot(*arguments)
        await view(house, IDS[0], 2)
        return taken

    monkeypatch.setattr(histories, "BATCH", 2)
    monkeypatch.setattr("dangol.store.history.snapshot", late)
    history = (await read(house.link))[IDS[0]]
    assert (history.stored.page_views, len(history.counted), len(history.later)) == (2, 2, 1)


async def test_other_sites_guests_and_what_can_not_be_read_are_passed_over(house: House, link: Link) -> None:
    await view(house, IDS[0])
    number = keys.partition(IDS[0])
    for payload in (
        encode(Entry("other", IDS[0], "", 0, [])),
        encode(Entry("shop", "", "", 0, [])),
        encode(["shop", IDS[0], "", 0, "no events"]),
        b"\xc1",
    ):
        await link.call("XADD", keys.log(number), "*", "e", payload)
    found = await read(link)
    assert [(profile, len(history.counted)) for profile, history in found.items()] == [(IDS[0], 1)]


async def test_a_profile_that_is_gone_is_empty(house: House) -> None:
    await view(house, IDS[0])
    await house.link.call("DEL", keys.profile("shop", IDS[0]))
    history = (await read(house.link))[IDS[0]]
    assert (history.stored.first_seen, len(history.counted)) == (0, 1)


async def test_entries_before_the_first_id_are_left_out(house: House) -> None:
    await view(house, IDS[0])
    last, _ = await snapshot(house.link, "shop", keys.partition(IDS[0]), [])
    assert await read(house.link, first=last) == {}


async def test_the_oldest_entry_of_all_partitions_is_known(house: House) -> None:
    assert await oldest(house.link) is None
    for number, profile in enumerate(IDS):
        await view(house, profile, number)
    assert await oldest(house.link) == NOW


async def test_a_snapshot_has_profiles_and_the_place_in_the_log_where_they_are(link: Link) -> None:
    profiles, number = Profiles(link, 60), keys.partition(IDS[0])
    known = (await profiles.read("shop", IDS[0])).profile()
    _, written = await profiles.write("shop", IDS[0], NOBODY, known, Entry("shop", IDS[0], "", 0, []))
    unknown = next(each for each in IDS[1:] if keys.partition(each) == number)
    last, found = await snapshot(link, "shop", number, [IDS[0], unknown])
    [(entry_id, _)] = await log.between(link, number, log.FIRST, "+", 9)
    assert (last, found) == (entry_id, [written, NOBODY])
