from typing import Any

import pytest

from dangol.definitions.model import Definitions
from dangol.errors import Invalid
from dangol.host.registry import Registry
from dangol.preview.trial import check, laid_over, unbound

HELLO: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}}
OTHER: dict[str, Any] = {"id": "other", "widget": {"use": "popcorn", "params": {"title": "Other"}}}
EAGER: dict[str, Any] = {"id": "eager", "include": {"visits": {"gte": 3}}}
URL = "https://shop.example/product/1?color=red"


@pytest.fixture
def shop(define: Any) -> Definitions:
    """A site with a segment and two campaigns."""
    return define(segments=[{"id": "all", "include": {"visits": {"gte": 1}}}], campaigns=[HELLO, OTHER])  # type: ignore[no-any-return]


def where(raw: object, shop: Definitions, registry: Registry) -> list[str]:
    with pytest.raises(Invalid) as caught:
        check(raw, shop, registry)
    return [problem.where for problem in caught.value.problems]


def test_an_unsaved_form_stands_in_the_place_of_the_saved_one(shop: Definitions, registry: Registry) -> None:
    _, trial = check({"campaign": {**HELLO, "delay": 3}, "url": URL}, shop, registry)
    assert [(each.id, each.delay) for each in laid_over(shop, trial).campaigns] == [("hello", 3), ("other", 0)]


def test_a_new_campaign_may_name_unsaved_segments_and_groups(shop: Definitions, registry: Registry) -> None:
    campaign = {**HELLO, "id": "new", "audience": ["eager", "all"], "group": "offers"}
    raw = {"campaign": campaign, "segments": [EAGER], "groups": [{"id": "offers"}], "url": URL}
    _, trial = check(raw, shop, registry)
    whole = laid_over(shop, trial)
    assert [[each.id for each in part] for part in (whole.segments, whole.groups, whole.campaigns)] == [
        ["all", "eager"],
        ["offers"],
        ["hello", "other", "new"],
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"campaign": {**HELLO, "audience": ["nobody"]}}, ["campaign.audience[0]"]),
        ({"campaign": {**HELLO, "id": "new", "later": ["soon"]}}, ["campaign.later[0]"]),
        ({"campaign": {**HELLO, "widget": {"use": "popcorn"}}}, ["campaign.widget.params.title"]),
        ({"campaign": {"id": "mail", "message": {"use": "log"}}}, ["campaign.widget"]),
        ({"campaign": {"widget": None}}, ["campaign.id", "campaign"]),
        ({"campaign": []}, ["campaign"]),
        ({"segments": [EAGER, {"id": "all", "include": {"nonsense": 1}}]}, ["segments[1].include"]),
        ({"segments": [EAGER, EAGER]}, ["segments[1].id"]),
        ({"theme": {"radius": -1}}, ["theme.radius"]),
        ({"variant": "loud"}, ["variant"]),
        ({"site": "elsewhere"}, ["site"]),
        ({"url": "https://evil.example/"}, ["url"]),
        ({"url": "https://shop.example.evil/"}, ["url"]),
        ({"url": "https://shop.example@evil.example/"}, ["url"]),
        ({"url": "//[/"}, ["url"]),
        ({"hours": 1000}, ["hours"]),
        ({"who": "me"}, ["who"]),
    ],
)
def test_what_apply_would_refuse_is_refused(
    shop: Definitions, registry: Registry, changed: dict[str, Any], expected: list[str]
) -> None:
    assert where({"campaign": HELLO, "url": URL, **changed}, shop, registry) == expected


def test_what_it_would_spoil_in_the_site_is_told_as_such(shop: Definitions, registry: Registry) -> None:
    raw = {"campaign": HELLO, "url": URL, "segments": [{"id": "all", "include": {"segment": "eager"}}]}
    assert where(raw, shop, registry)[0].startswith("segments[0].include")


def test_a_trial_keeps_nothing_from_the_page(shop: Definitions, registry: Registry) -> None:
    campaign = {
        **HELLO,
        "active": False,
        "audience": ["all"],
        "scroll": 50,
        "delay": 9,
        "holdout": 100,
        "starts": "2100-01-01",
        "pages": {"only": ["/x"]},
        "caps": [{"times": 1, "per": "lifetime"}],
        "variants": [{"id": "a"}, {"id": "b"}],
    }
    _, trial = check({"campaign": campaign, "url": URL}, shop, registry)
    free = unbound(trial.campaign, "b")
    assert (free.active, free.audience, free.scroll, free.delay, free.holdout, free.starts) == (
        True,
        [],
        None,
        0,
        0,
        None,
    )
    assert (free.pages.only, free.caps, [each.id for each in free.variants]) == ([], [], ["b"])
