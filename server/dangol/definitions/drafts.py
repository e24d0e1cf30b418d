"""Behaviour that is looked out for although no saved definition asks for it: somebody asks how many an unsaved one
holds for. Pure.

A draft is one stream of events (`dangol.profile.watch`). Its site's servers and workers treat it as if a segment had
asked for it, until nobody has asked again for an hour. So that not every letter of a text that is being typed becomes a
stream, it must be asked for twice, a second apart.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

LASTING = 3_600
"""Seconds for which a draft is kept after it was asked for last."""

STEADY = 1
"""Seconds after which who still asks for a stream means it."""

HEARD = 60
"""Seconds for which it is remembered that a stream was asked for. Nor does a draft that was asked for within them make
room for another: two who ask in turns would have the whole log read again and again."""

MOST = 16
"""Drafts of a site. They take at most 128 KB of a profile, beside what the site's segments take."""

MOST_HEARD = 64
LONGEST = 16_384
"""Bytes of a condition as it is written, in JSON."""

Written = Mapping[str, Any]


class Draft(Struct, frozen=True):
    """The stream `key` and a condition, as it is written, that asks for it; `since` is the version of the definitions
    from which on it was asked for without a gap, `asked` the unix second at which it was last."""

    key: str
    written: dict[str, Any]
    since: int
    asked: float


class Drafts(Struct, frozen=True):
    """A site's. `version` is of the same numbers as those of definitions, and rises when another set of streams is to
    be looked out for; `heard` has the streams that may become drafts, and when they were asked for first."""

    version: int = 0
    kept: tuple[Draft, ...] = ()
    heard: dict[str, float] = {}


NONE = Drafts()


def asked(drafts: Drafts, wanted: Mapping[str, Written], now: float, version: int) -> Drafts:
    """What is there after conditions were asked for at unix time `now`, by their streams; without what is over.
    `version` is the one to give to another set of streams. A stream that is neither kept nor heard found no room."""
    kept = {each.key: each for each in drafts.kept if now - each.asked < LASTING}
    heard = {key: at for key, at in drafts.heard.items() if now - at < HEARD}
    kept |= {key: replace(kept[key], asked=now) for key in wanted.keys() & kept.keys()}
    for key, written in wanted.items():
        if key in kept:
            continue
        if not _has_room(kept, now) or len(msgspec.json.encode(written)) > LONGEST:
            heard.pop(key, None)
        elif now - heard.setdefault(key, now) >= STEADY:
            del heard[key]
            _add(kept, Draft(key, dict(written), version, now))
    is_same = kept.keys() == {each.key for each in drafts.kept}
    latest = sorted(heard, key=lambda key: heard[key])[-MOST_HEARD:]
    return Drafts(drafts.version if is_same else version, tuple(kept.values()), {key: heard[key] for key in latest})


def _has_room(kept: Mapping[str, Draft], now: float) -> bool:
    return len(kept) < MOST or now - min(each.asked for each in kept.values()) >= HEARD


def _add(kept: dict[str, Draft], draft: Draft) -> None:
    """In the place of the one that was not asked for for longest, where all are taken."""
    if len(kept) == MOST:
        del kept[min(kept, key=lambda key: kept[key].asked)]
    kept[draft.key] = draft
