"""When advertisements rest: the law's nights as data, the site's own, and the moment at which each is over. Pure.

A night is told by the clock on the wall of one time zone, so it holds through changes of the clock as well. Its end is
exclusive: at 08:00 messages go again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dangol.definitions.model import ContactPolicy, Site

DAY = 86_400
MARGIN = 30
"""Seconds before a window of the law, or of the site, from which on nothing is judged to go: until a provider has it
some time passes. The windows that are kept ordinarily begin long enough before the law's."""


class Window(NamedTuple):
    """From one time of day up to another, seconds since midnight; over midnight where the end is not later."""

    start: int
    end: int

    def holds(self, second: float) -> bool:
        """Whether a second of the day lies in it. One that ends where it starts is empty."""
        if self.start < self.end:
            return self.start <= second < self.end
        return self.start != self.end and (second >= self.start or second < self.end)


class Law(NamedTuple):
    """What a jurisdiction asks for. `zone` is where its nights are (empty: not the same for all its people); `window`
    is the law's own and `kept` the one that is kept unless the site says otherwise. Both hold for advertisements by
    `rests`. Advertisements by `asks` need a consent before the first one, the others may go until they are refused.
    With a consent for the nights those by `night_consent` may go then. A consent is to be confirmed after `confirm`
    days (0: it is good for ever)."""

    source: str
    zone: str
    window: Window | None
    kept: Window | None
    rests: frozenset[str]
    asks: frozenset[str]
    night_consent: frozenset[str]
    confirm: int = 0


def _at(hour: int, minute: int = 0) -> int:
    return (hour * 60 + minute) * 60


ALL = frozenset({"sms", "kakao", "push", "email"})
PHONES = frozenset({"sms", "kakao", "push"})

LAWS: dict[str, Law] = {
    "kr": Law(
        "Act on Promotion of Information and Communications Network Utilization, art. 50 (1)-(3) and (8); its"
        " Enforcement Decree, art. 61 (2): e-mail is exempt from the nights, and art. 62-3: every two years",
        "Asia/Seoul",
        Window(_at(21), _at(8)),
        Window(_at(20, 30), _at(8)),
        PHONES,
        ALL,
        frozenset({"sms", "push"}),
        730,
    ),
    "us": Law(
        "47 CFR 64.1200(c)(1): no telephone solicitation before 8 am or after 9 pm at the called party's location;"
        " 15 USC 7704 (a)(4): commercial e-mail until it is refused",
        "",
        Window(_at(21), _at(8)),
        Window(_at(21), _at(8)),
        PHONES,
        PHONES,
        frozenset(),
    ),
    "other": Law("", "", None, None, frozenset(), ALL, PHONES),
}
"""By `ContactPolicy.jurisdiction`. How sure each is:

kr     The consent and its confirmation, the window of 21:00 to 08:00, the consent of its own for it and the exemption
       of e-mail stand in the act and decree as published; 20:30 is the custom of Korean senders, half an hour earlier
       than the law asks for.
us     The hours stand in the rule; that texts are calls under it is the FCC's reading, and that notifications are
       treated alike is caution. The recipient's place is not known here, so the site says whose clock counts.
other  No hours are known here: the site's own `nights` hold. Asking first is what most laws want (in the EU and the UK
       for all four channels)."""

KAKAO, SEOUL = Window(_at(20, 50), _at(8)), "Asia/Seoul"
"""Brand messages rest then whatever was agreed to: Kakao does not deliver them (as NHN Cloud documents it)."""


def law_of(contact: ContactPolicy) -> Law:
    """What the site's jurisdiction asks for."""
    return LAWS[contact.jurisdiction]


def good_for(contact: ContactPolicy) -> int:
    """For how many days a consent is good: what the site says, but no longer than the law."""
    return min(contact.reconfirm, law_of(contact).confirm or contact.reconfirm)


def zone_of(contact: ContactPolicy, site: Site) -> str:
    """The time zone in which nights are nights: the law's, where it has one for all."""
    return law_of(contact).zone or contact.timezone or site.timezone


def until(kind: str, channel: str, contact: ContactPolicy, site: Site, night_consent: bool, now: float) -> float | None:
    """The unix time until which an advertisement rests; None where it may go now."""
    zone, rests = zone_of(contact, site), windows(kind, channel, contact, night_consent)
    ends = [over(now, zone, rests), over(now, SEOUL, [_early(KAKAO)]) if kind == "brand" else None]
    return max((end for end in ends if end is not None), default=None)


def windows(kind: str, channel: str, contact: ContactPolicy, night_consent: bool) -> list[Window]:
    """When advertisements of a kind may not go by the channel whose consent they need, apart from Kakao's own night.

    What the site says takes the place of what is kept ordinarily, and comes on top of the law. A consent for the nights
    ends both, but for no brand message, and by no law that knows no such consent."""
    law, found = law_of(contact), list[Window]()
    if night_consent and kind != "brand" and channel in law.night_consent:
        return found
    own = [_early(parsed(night.start, night.end)) for night in contact.nights if channel in night.channels]
    if channel in law.rests:
        found += [_early(law.window)] if law.window else []
        own = own or ([law.kept] if law.kept else [])
    return [*found, *own]


def parsed(start: str, end: str) -> Window:
    """The window of two times of day such as 20:30."""
    return Window(*(_at(int(time[:2]), int(time[3:])) for time in (start, end)))


def covers(windows: Iterable[Window], other: Window) -> bool:
    """Whether every minute of the other window lies in one of these."""
    kept = list(windows)
    return all(any(window.holds(second) for window in kept) for second in range(0, DAY, 60) if other.holds(second))


def over(now: float, zone: str, windows: Iterable[Window]) -> float | None:
    """The unix time at which the night that `now` lies in is over, None by day. Windows that leave no time of day give
    the same time of the next day, when it is asked again."""
    rests, where = list(windows), ZoneInfo(zone)
    if not _in(now, where, rests):
        return None
    later = [end for window in rests for end in _ends(window, now, where) if end > now and not _in(end, where, rests)]
    return min(later, default=now + DAY)


def _in(at: float, where: ZoneInfo, windows: Iterable[Window]) -> bool:
    time = datetime.fromtimestamp(at, where)
    second = _at(time.hour, time.minute) + time.second
    return any(window.holds(second) for window in windows)


def _ends(window: Window, now: float, where: ZoneInfo) -> Iterator[float]:
    """The next moments at which the clock shows the window's end; twice where the clock is put back over it, and later
    than that where it is put forward over it."""
    day = datetime.fromtimestamp(now, where).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in range(3):
        time = (day + timedelta(days=days)).replace(hour=window.end // 3600, minute=window.end // 60 % 60)
        for fold in (0, 1):
            yield time.replace(fold=fold).timestamp()


def _early(window: Window) -> Window:
    return Window(window.start - MARGIN, window.end)
