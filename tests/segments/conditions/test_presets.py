"""Every preset is a segment that can be read, and means something."""

from typing import Any

import pytest
from msgspec.structs import replace

from dangol.definitions.model import Segment, Site
from dangol.plugin import Profile, Request
from dangol.profile.model import Environment, Member, Rfm, Visit
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.presets import PRESETS, Preset, presets
from dangol.segments.conditions.row import GROUPS
from dangol.segments.language.reader import parse_segment
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds
from dangol.segments.words.sentences import outline

CURRENCIES = ("KRW", "JPY", "USD", "EUR", "GBP")
ALL = presets("KRW")
DAY = 86_400
NOW = 1_782_874_800  # noon in Seoul
PAGE = Request(now=NOW)


def segment(preset: Preset) -> Segment:
    return Segment(preset.id, preset.include, preset.ko, preset.exclude)


def named(id: str, currency: str = "KRW") -> Preset:
    return next(preset for preset in presets(currency) if preset.id == id)


@pytest.mark.parametrize("preset", ALL, ids=lambda preset: preset.id)
def test_a_preset_can_be_read_and_said(preset: Preset, site: Site) -> None:
    scope = Scope(CATALOGUE, site)
    said = outline(parse_segment(segment(preset), scope), scope)
    assert said["ko"]
    assert said["en"]
    assert preset.group in GROUPS
    assert preset.ko != preset.en


@pytest.mark.parametrize("currency", CURRENCIES)
def test_presets_have_ids_of_their_own_in_every_currency(currency: str, site: Site) -> None:
    found = presets(currency)
    assert len({preset.id for preset in found}) == len(found) > len(PRESETS)
    priced: Any = replace(site, currency=currency)
    Index.build(Scope(CATALOGUE, priced, [segment(preset) for preset in found]))


def test_everyone_is_everyone(site: Site) -> None:
    assert holds(segment(named("everyone")), Profile(), PAGE, Scope(CATALOGUE, site))


@pytest.mark.parametrize(("ago", "held"), [(2, False), (3, True), (4, False)])
def test_an_exact_day_is_that_day_alone(ago: int, held: bool, site: Site) -> None:
    scope = Scope(CATALOGUE, site)
    at = NOW - ago * DAY
    profile = Profile(last_seen=at, last_order_at=at, member=Member("kim", joined_at=at))
    for what in ("joined", "ordered", "seen"):
        assert holds(segment(named(f"{what}-3-days-ago")), profile, PAGE, scope) is held


@pytest.mark.parametrize(("currency", "low"), [("KRW", 10_000), ("JPY", 1_000), ("USD", 1_000)])
def test_bands_are_cut_in_minor_units_and_leave_no_gap(currency: str, low: int, site: Site) -> None:
    bands = [preset.include["spent"] for preset in presets(currency) if preset.id.startswith("spent-")]
    assert bands[0]["gte"] == low
    assert [band["lt"] for band in bands[:-1]] == [band["gte"] for band in bands[1:]]
    assert "lt" not in bands[-1]


def test_amounts_are_named_as_the_shop_writes_them() -> None:
    assert named("spent-1").ko == "누적 구매 금액 10,000원 이상 50,000원 미만"
    assert named("spent-1", "USD").en == "spent $10.00 to under $50.00"


def test_presets_hold_for_those_they_speak_of(site: Site) -> None:
    scope = Scope(CATALOGUE, site)
    kakao = Profile(visits=1, visit=Visit(started=NOW, source="kakao", medium="alimtalk"))
    champion = Profile(member=Member("kim", rfm=Rfm("Champions")), environment=Environment("app"))
    for profile, ids in ((kakao, ["first-visit", "from-messages", "guests"]), (champion, ["rfm-champions", "in-app"])):
        assert [id for id in ids if not holds(segment(named(id)), profile, PAGE, scope)] == []
