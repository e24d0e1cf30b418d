"""What changed among profiles is read once, in order, and nothing gets lost unseen."""

import pytest

from dangol.profile.model import Profile
from dangol.protocol.event import Entry, Event
from dangol.store import changes, keys
from dangol.store.link import Link
from dangol.store.profiles import NOBODY, Profiles

pytestmark = pytest.mark.anyio

VISITOR = "v0123456789abcde"
NUMBER = keys.partition(VISITOR)


async def write(link: Link, logged: bool) -> None:
    profiles = Profiles(link, 60)
    entry = Entry("shop", VISITOR, "", 1, [Event("e", "page_view", 1)]) if logged else None
    done, _ = await profiles.write("shop", VISITOR, await profiles.read("shop", VISITOR), Profile(), entry)
    assert done


@pytest.mark.parametrize("logged", [True, False])
async def test_every_write_is_a_change(link: Link, logged: bool) -> None:
    start = await changes.mark(link, NUMBER)
    await write(link, logged)
    found = await changes.after(link, NUMBER, start, 10)
    assert found.profiles == {("shop", VISITOR)}
    assert found.position == await changes.mark(link, NUMBER)
    assert (await changes.after(link, NUMBER, found.position, 10)).profiles == set()


async def test_what_lies_before_a_mark_is_not_read(link: Link) -> None:
    await write(link, True)
    await write(link, False)
    mark = await changes.mark(link, NUMBER)
    assert (await changes.after(link, NUMBER, mark, 10)).profiles == set()


async def test_many_changes_come_in_pieces(link: Link) -> None:
    start = await changes.mark(link, NUMBER)
    for _ in range(5):
        await write(link, True)
    end, position, pieces = await changes.mark(link, NUMBER), start, 0
    while not position.reaches(end):
        position, pieces = (await changes.after(link, NUMBER, position, 2)).position, pieces + 1
    assert (position, pieces) == (end, 3)


async def test_entries_that_went_after_they_were_read_are_not_lost(link: Link) -> None:
    await write(link, True)
    mark = await changes.mark(link, NUMBER)
    await link.call("XTRIM", keys.log(NUMBER), "MAXLEN", 0)
    await write(link, True)
    found = await changes.after(link, NUMBER, mark, 10)
    assert (found.lost, found.profiles) == (False, {("shop", VISITOR)})


async def test_entries_that_went_unread_are_lost(link: Link) -> None:
    start = await changes.mark(link, NUMBER)
    await write(link, True)
    await link.call("XTRIM", keys.log(NUMBER), "MAXLEN", 0)
    assert (await changes.after(link, NUMBER, start, 10)).lost


async def test_a_log_that_began_anew_is_lost(link: Link) -> None:
    await write(link, True)
    mark = await changes.mark(link, NUMBER)
    await link.call("DEL", keys.log(NUMBER))
    assert (await changes.after(link, NUMBER, mark, 10)).lost


async def test_profiles_are_read_with_the_second_of_their_end(link: Link) -> None:
    await Profiles(link, 60).write("shop", VISITOR, NOBODY, Profile(visits=3))
    now = int((await link.call("TIME"))[0])
    (stored, until), (nobody, _) = await changes.read(
        link, [keys.profile("shop", VISITOR), keys.profile("shop", "v" + "0" * 15)]
    )
    assert stored.profile().visits == 3
    assert -1 <= now + 60 - until <= 1  # the store rounds to the nearest second
    assert nobody == NOBODY


def test_a_profiles_name_tells_whose_it_is() -> None:
    assert keys.profile_of(keys.profile("shop", VISITOR)) == (NUMBER, "shop", VISITOR)


async def test_an_entry_that_can_not_be_read_stands_in_nobodys_way(link: Link) -> None:
    start = await changes.mark(link, NUMBER)
    await link.call("XADD", keys.log(NUMBER), "*", "e", b"\xc1 no MessagePack")
    await write(link, True)
    found = await changes.after(link, NUMBER, start, 10)
    assert found.profiles == {("shop", VISITOR)}
    assert found.position == await changes.mark(link, NUMBER)
