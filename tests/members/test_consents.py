"""Consents as member files have them: a yes never overrules a later no, and a file may be imported again."""

import io
from typing import Any

import msgspec
import pytest

from dangol.definitions.model import Site
from dangol.errors import Invalid
from dangol.house import House
from dangol.members.columns import Columns, Refusal
from dangol.members.consents import Stand, Stands, acts_of
from dangol.members.importing import check, write
from dangol.members.row import MemberRow
from dangol.profile.consents import Act, holding, record
from dangol.profile.model import Profile
from dangol.protocol import tokens
from dangol.store import keys, log

SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
NOW = 1_780_000_000.0
OLD, LATER = 1_700_000_000, 1_750_000_000


def row(header: str, *cells: str) -> MemberRow | list[Refusal]:
    return Columns(["id", *header.split(",")], SITE).row(7, ["kim", *cells])


def test_columns_tell_how_consents_stand() -> None:
    found = row("sms_agreed,SMS_agreed_at,sms_night,email_agreed", "Y", "2024-03-05", "동의", "n")
    assert isinstance(found, MemberRow)
    assert found.consents is not None
    sms = found.consents.sms
    assert sms is not None
    assert (sms.agreed, sms.night, found.consents.email) == (True, True, Stand(agreed=False))
    assert sms.at is not None
    assert sms.at.timestamp() == 1_709_564_400  # the shop's midnight
    empty = row("sms_agreed,kakao_agreed", "", "")
    assert isinstance(empty, MemberRow)
    assert empty.consents is None


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        ("sms_agreed", ["maybe"], "sms_agreed"),
        ("sms_agreed,sms_agreed_at", ["Y", "someday"], "sms_agreed_at"),
        ("sms_agreed_at", ["2024-03-05"], "sms_agreed_at"),
        ("sms_agreed,sms_night", ["N", "Y"], "sms_night"),
    ],
)
def test_a_cell_that_tells_nothing_is_refused_by_its_column(header: str, cells: list[str], column: str) -> None:
    found = row(header, *cells)
    assert isinstance(found, list)
    assert [(each.line, each.column) for each in found] == [(7, column)]


@pytest.mark.parametrize("header", ["sms_agree", "fax_agreed", "sms_agreed,sms_agreed"])
def test_an_unknown_column_is_refused(header: str) -> None:
    with pytest.raises(Invalid):
        Columns(["id", *header.split(",")], SITE)


# what is known before                     the file says                           holds   night
FILES = [
    ([], Stand(agreed=True), True, False),
    ([], Stand(agreed=True, night=True), True, True),
    ([], Stand(agreed=False), None, None),
    ([("agreed", OLD)], Stand(agreed=True), True, False),
    ([("agreed", OLD)], Stand(agreed=False), False, False),
    ([("agreed", OLD)], Stand(night=True), True, True),
    ([("agreed", OLD), ("night_agreed", OLD)], Stand(agreed=True, night=False), True, False),
    ([("agreed", OLD), ("withdrawn", LATER)], Stand(agreed=True), False, False),
    ([("agreed", OLD), ("withdrawn", LATER)], Stand(agreed=True, night=True), False, False),
    ([("withdrawn", LATER)], Stand(night=True), False, False),
]


@pytest.mark.parametrize(("before", "stand", "holds", "night"), FILES)
def test_a_file_puts_consents_as_they_stand(
    before: list[tuple[str, int]], stand: Stand, holds: bool | None, night: bool | None
) -> None:
    profile = Profile()
    for what, at in before:
        record(profile, Act("sms", what, at, "1"))
    for later in (0, 1000):
        acts = acts_of([Stands(sms=stand)], profile, NOW + later)
        changed = [act for act in acts if record(profile, act)]
        assert not (changed and later), "the same file again changes nothing"
    consent = profile.subscriptions.get("sms")
    assert (holding(consent) if consent else None, consent.night if consent else None) == (holds, night)


def dated(stand: str, at: int) -> Stand:
    return msgspec.convert({"agreed": stand == "Y", "at": at}, Stand, strict=False)


@pytest.mark.parametrize(("at", "holds"), [(LATER - 1, False), (LATER + 1, True)])
def test_a_yes_with_a_date_counts_by_its_date(at: int, holds: bool) -> None:
    profile = Profile()
    record(profile, Act("sms", "withdrawn", LATER, "1"))
    for act in acts_of([Stands(sms=dated("Y", at))], profile, NOW):
        record(profile, act)
    assert holding(profile.subscriptions["sms"]) is holds


@pytest.mark.anyio
async def test_an_imported_consent_is_for_the_members_own_number(house: House) -> None:
    text = "id,phone,sms_agreed,sms_agreed_at\nkim,010-1234-5678,Y,2025-03-05\nlee,010-2222-3333,N,\n"
    file, runtime = io.BytesIO(text.encode()), house.by_id["shop"]
    for _ in range(2):
        refused: list[Any] = []
        checked = await check(file, runtime.site, refused.append, refused.append)
        assert await write(file, runtime.site, checked, runtime.keys, house.engine, refused.append) == 2
    profile = await house.engine.look(runtime, tokens.member_profile(runtime.keys, "kim"))
    consent = profile.subscriptions["sms"]
    assert (consent.address, consent.source, len(consent.history)) == ("01012345678", "import", 1)
    lee = await house.engine.look(runtime, tokens.member_profile(runtime.keys, "lee"))
    assert lee.subscriptions == {}
    number = keys.partition(tokens.member_profile(runtime.keys, "kim"))
    entries = [log.entry(payload) for _, payload in await log.between(house.link, number, "0-0", "+", 99)]
    assert [event.name for entry in entries if entry for event in entry.events] == ["consent"]
