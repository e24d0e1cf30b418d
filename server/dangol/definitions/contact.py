"""What is wrong with a site's contact policy: no setting may let an advertisement go when the law says no."""

from collections.abc import Iterator
from zoneinfo import available_timezones

from dangol.definitions.checks import is_timezone
from dangol.definitions.model import ContactPolicy
from dangol.definitions.shapes import nearest
from dangol.errors import Problem
from dangol.messages.nights import DAY, Law, Window, covers, law_of, parsed

WHOLE_DAY = Window(0, DAY)


def contact_problems(contact: ContactPolicy) -> Iterator[Problem]:
    """All of it but what single templates lack."""
    law = law_of(contact)
    if contact.timezone and not is_timezone(contact.timezone):
        hint = nearest(contact.timezone, sorted(available_timezones()))
        yield Problem("contact.timezone", contact.timezone, f"a time zone such as Asia/Seoul{hint}")
    elif law.zone and contact.timezone not in ("", law.zone):
        expected = f"left out: by the law of {contact.jurisdiction} nights are those of {law.zone}"
        yield Problem("contact.timezone", contact.timezone, expected)
    if law.confirm and contact.reconfirm > law.confirm:
        expected = f"at most {law.confirm}: the law wants consents confirmed every two years"
        yield Problem("contact.reconfirm", contact.reconfirm, expected)
    for number, night in enumerate(contact.nights):
        if night.start == night.end:
            expected = "a time of day that is not the night's start"
            yield Problem(f"contact.nights[{number}].end", night.end, expected)
    for channel in {channel: None for night in contact.nights for channel in night.channels}:
        yield from _channel_problems(contact, channel, law)


def _channel_problems(contact: ContactPolicy, channel: str, law: Law) -> Iterator[Problem]:
    """Of all windows of one channel; several may make up one night."""
    places = [number for number, night in enumerate(contact.nights) if channel in night.channels]
    windows = [parsed(contact.nights[number].start, contact.nights[number].end) for number in places]
    told = ", ".join(f"{contact.nights[number].start} to {contact.nights[number].end}" for number in places)
    where = f"contact.nights[{places[0]}]"
    if channel in law.rests and law.window and not covers(windows, law.window):
        legal = f"{_clock(law.window.start)} to {_clock(law.window.end)}"
        yield Problem(where, told, f"for {channel} a night that has all of {legal} in it: the law's may only be longer")
    if covers(windows, WHOLE_DAY):
        yield Problem(where, told, f"nights that leave some time of the day for {channel}")


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"
