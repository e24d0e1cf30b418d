import time

import pytest

from dangol.messages.links import Target
from dangol.store import keys, links
from dangol.store.link import Link

TARGET = Target("shop", "weekend", "https://shop.example/?utm_source=sms")


@pytest.mark.anyio
async def test_a_target_is_kept_and_lives_on_with_each_use(link: Link) -> None:
    await links.Targets(link).keep({"abcdefghij": TARGET}, 1000.0)
    first = await links.read(link, "abcdefghij")
    await links.Targets(link).keep({"abcdefghij": TARGET}, 2000.0)
    again = await links.read(link, "abcdefghij")
    assert first is not None
    assert again is not None
    assert (first.url, first.until, again.until) == (TARGET.url, 1000.0 + links.LIFE, 2000.0 + links.LIFE)
    assert await link.call("PTTL", keys.short_link("abcdefghij")) > links.LIFE * 1000
    assert await links.read(link, "klmnopqrst") is None


@pytest.mark.anyio
async def test_an_id_never_leads_to_another_target(link: Link) -> None:
    await links.Targets(link).keep({"abcdefghij": TARGET}, 1000.0)
    other = Target("shop", "weekend", "https://elsewhere.example/")
    with pytest.raises(links.Taken):
        await links.Targets(link).keep({"abcdefghij": other}, 1000.0)
    kept = await links.read(link, "abcdefghij")
    assert kept is not None
    assert kept.url == TARGET.url


@pytest.mark.anyio
async def test_what_was_written_lately_is_not_written_again(link: Link) -> None:
    targets, now = links.Targets(link), time.time()
    await targets.keep({"abcdefghij": TARGET}, now)
    await link.call("DEL", keys.short_link("abcdefghij"))
    await targets.keep({"abcdefghij": TARGET}, now + 60)
    assert await links.read(link, "abcdefghij") is None
    await targets.keep({"abcdefghij": TARGET}, now + links.FRESH + 1)
    assert await links.read(link, "abcdefghij") is not None
