"""Some days of the year of nights, and that the eye on what leaves sees what should not."""

from unittest.mock import patch

import pytest
from loadtests.nights import SHOPS, Diary, Left, judged, sent, wrong

from dangol.messages import nights
from dangol.profile.consents import Act
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

LONDON = range(295, 300)
"""25 October 2026, when the clock is put back, and the days around it."""


@pytest.mark.parametrize("zone", SHOPS)
def test_the_policy_lets_no_advertisement_leave_by_night(zone: str) -> None:
    told = judged(zone, SHOPS[zone], 1_500, 1)
    assert not [what for what in told if what.startswith("WRONG")]
    assert min(told["left"], told["held"], told["refused"]) > 50


@pytest.mark.anyio
async def test_the_dispatcher_hands_none_over_by_night(store: EmbeddedStore, link: Link) -> None:
    told = await sent("Europe/London", SHOPS["Europe/London"], 80, 2, store.url, LONDON)
    assert told["left"] > 20
    assert set(told) == {"left", "not left"}, told


def test_what_leaves_by_night_is_seen() -> None:
    with patch.object(nights, "over", lambda now, zone, windows: None):
        told = judged("Asia/Seoul", SHOPS["Asia/Seoul"], 400, 1)
    assert told["WRONG: by night"] > 20


@pytest.mark.parametrize(
    ("acts", "at", "problem"),
    [
        ([("agreed", 10)], 43_200, ""),
        ([("agreed", 10)], 3_600 * 21, "by night"),
        ([("agreed", 10), ("night_agreed", 11)], 3_600 * 21, ""),
        ([("agreed", 10), ("night_agreed", 11), ("withdrawn", 12), ("agreed", 13)], 3_600 * 21, "by night"),
        ([("agreed", 10), ("withdrawn", 20)], 43_200, "without a consent"),
        ([], 43_200, "without a consent"),
    ],
)
def test_the_diary_knows_who_agreed_to_what(acts: list[tuple[str, int]], at: float, problem: str) -> None:
    diary = Diary()
    for what, when in acts:
        diary.note("kim", Act("sms", what, when))
    assert wrong(Left("text", "kim", at), "Europe/London", SHOPS["Europe/London"], diary).startswith(problem)
    assert bool(problem) is bool(wrong(Left("text", "kim", at), "Europe/London", SHOPS["Europe/London"], diary))
