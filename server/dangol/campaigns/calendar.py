"""Times as the shop's people have them."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment(time: datetime | None, timezone: str, absent: float) -> float:
    """Unix seconds of a time that is meant in the site's time zone unless it names its own."""
    if time is None:
        return absent
    return (time if time.tzinfo else time.replace(tzinfo=ZoneInfo(timezone))).timestamp()


def local_time(timestamp: float, timezone: str) -> str:
    """Unix seconds as the shop's people write them."""
    return f"{datetime.fromtimestamp(timestamp, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def day_number(timestamp: float, timezone: str) -> int:
    """The calendar day of unix seconds in the time zone, as a running number."""
    return datetime.fromtimestamp(timestamp, ZoneInfo(timezone)).toordinal()
