import pytest

from dangol.definitions.model import Campaign
from dangol.errors import Invalid
from dangol.preview import shelf, ticket
from dangol.preview.trial import Trial
from dangol.store import keys
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000.0
TRIAL = Trial(Campaign("hello"), [], [], None, "", "en")


async def test_a_preview_is_found_at_its_site_alone_until_it_is_taken_away(link: Link) -> None:
    id = ticket.new_id(int(NOW) + 60)
    await shelf.put(link, "shop", id, TRIAL, NOW)
    assert (await shelf.get(link, "shop", id), await shelf.get(link, "other", id)) == (TRIAL, None)
    await shelf.drop(link, "shop", id)
    assert await shelf.get(link, "shop", id) is None
    with pytest.raises(Invalid):
        await shelf.drop(link, "shop", id)


async def test_only_so_many_are_kept_and_those_that_end_first_go(link: Link) -> None:
    ids = [ticket.new_id(int(NOW) + 60 + number) for number in range(shelf.MOST + 3)]
    for id in ids:
        await shelf.put(link, "shop", id, TRIAL, NOW)
    kept = {id.decode() for id in await link.call("HKEYS", keys.previews("shop"))}
    assert kept == set(ids[3:])


async def test_what_is_over_goes_by_itself(link: Link) -> None:
    over, other = ticket.new_id(int(NOW) + 60), ticket.new_id(int(NOW) + 600)
    await shelf.put(link, "shop", over, TRIAL, NOW)
    await shelf.put(link, "shop", other, TRIAL, NOW + 61)
    assert await link.call("HKEYS", keys.previews("shop")) == [other.encode()]
    assert 0 < await link.call("TTL", keys.previews("shop")) <= 168 * 3600


async def test_a_preview_that_a_newer_dangol_wrote_counts_as_none(link: Link) -> None:
    await link.call("HSET", keys.previews("shop"), "id", b'{"campaign": 1}')
    assert await shelf.get(link, "shop", "id") is None
