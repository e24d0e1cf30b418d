"""Stored documents, read over and over: what stands there as it stood before is the same object as before.

A site with ten thousand segments of which one was changed costs a look at each, where to decode them all would keep a
server from its requests for a tenth of a second."""

import logging
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from dangol.definitions.model import (
    Campaign,
    ContactPolicy,
    Definitions,
    Group,
    Manners,
    Segment,
    Sender,
    Site,
    Template,
)
from dangol.errors import Invalid, Problem

log = logging.getLogger(__name__)


class _Sketch(Struct, forbid_unknown_fields=True):
    """Definitions whose parts are not decoded yet."""

    site: Raw
    segments: list[Raw] = []
    campaigns: Raw = Raw(b"[]")
    groups: list[Group] = []
    manners: Manners = Manners()
    senders: list[Sender] = []
    templates: list[Template] = []
    contact: ContactPolicy = ContactPolicy()


class _Document(Struct):
    version: int
    definitions: _Sketch


class Read(NamedTuple):
    """A site's definitions and what they were read from; `segments` by their JSON."""

    version: int
    definitions: Definitions
    raw: bytes
    segments: Mapping[bytes, Segment]


_document = msgspec.json.Decoder(_Document)
_site = msgspec.json.Decoder(Site)
_segment = msgspec.json.Decoder(Segment)
_campaigns = msgspec.json.Decoder(list[Campaign])


def read(site: str, raw: bytes, former: Read | None = None) -> Read:
    """What the stored document of a site says. Raises `Invalid` for one that this dangol can't read."""
    if former and raw == former.raw:
        return former
    known = former.segments if former else {}
    try:
        document = _document.decode(raw)
        segments: dict[bytes, Segment] = {}
        for each in map(bytes, document.definitions.segments):
            segments[each] = known.get(each) or _segment.decode(each)
        campaigns = _campaigns.decode(document.definitions.campaigns)
        sketch = document.definitions
        rest = (sketch.groups, sketch.manners, sketch.senders, sketch.templates, sketch.contact)
        definitions = Definitions(_site.decode(sketch.site), list(segments.values()), campaigns, *rest)
    except msgspec.DecodeError as error:
        raise Invalid([Problem(site, raw[:80], f"definitions that this version of dangol reads: {error}")]) from error
    return Read(document.version, definitions, raw, segments)


def read_all(raws: Mapping[str, bytes], former: Mapping[str, Read]) -> dict[str, Read]:
    """Every site's. One that can't be read is logged and stays as it was; where it was not, it is left out."""
    found: dict[str, Read] = {}
    for site, raw in raws.items():
        try:
            found[site] = read(site, raw, former.get(site))
        except Invalid as error:
            log.error("the stored definitions of %s can't be read: %s", site, error)
            if site in former:
                found[site] = former[site]
    return found
