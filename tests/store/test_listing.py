"""Looking through the outbox in bounded pieces: everything that stands still is met once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.messages.push import Push
from dangol.store import listing, outbox
from dangol.store.link import Link

NOW = 1_782_874_800.0


def pushes(count: int, campaign: str = "sale") -> list[Push]:
    cause = f"campaign:{campaign}"
    people = [f"m{number:015d}" for number in range(count)]
    return [Push(outbox.key_of("shop", cause, each), "shop", cause, "trigger", campaign, each) for each in people]


async def walk(link: Link, state: str, limit: int, campaign: str = "sale") -> tuple[list[str], int]:
    """All keys, and how many pages there were."""
    found: list[str] = []
    cursor, pages = "", 0
    while True:
        assert listing.is_cursor(state, cursor)
        page = await listing.page(link, state, lambda row: row.push.campaign == campaign, cursor, limit)
        found += [row.key for row in page.rows]
        cursor, pages = page.cursor, pages + 1
        if not cursor:
            return found, pages


@pytest.mark.anyio
@pytest.mark.parametrize("state", ["queued", "", "refused"])
async def test_every_row_is_met_once_however_many_are_due_at_the_same_time(link: Link, state: str) -> None:
    made = [*pushes(1500), *pushes(40, "other")]
    await outbox.enqueue(link, made, NOW, NOW, zone="UTC")
    if state == "refused":
        await outbox.cancel(link, [push.key for push in made], NOW)
    found, pages = await walk(link, state, 100)
    assert sorted(found) == sorted(push.key for push in made[:1500])
    assert pages > 1
    assert (await walk(link, "held", 100))[0] == []


@pytest.mark.anyio
async def test_a_page_looks_at_a_bounded_number_of_rows(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LOOKED", 100)
    await outbox.enqueue(link, [*pushes(900), *pushes(3, "rare")], NOW, NOW, zone="UTC")
    found, pages = await walk(link, "queued", 10, "rare")
    assert sorted(found) == sorted(push.key for push in pushes(3, "rare"))
    assert pages > 3
    every = [row.key async for row in listing.every(link, lambda row: row.push.campaign == "rare")]
    assert sorted(every) == sorted(found)


@given(st.sampled_from(["queued", "parked", "failed", ""]), st.text(max_size=24))
def test_a_cursor_is_digits_or_nothing(state: str, cursor: str) -> None:
    assert not listing.is_cursor(state, cursor) or set(cursor) <= set("0123456789.")
