"""What an apply would change, in one line per thing."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from dangol.definitions.model import Campaign, Definitions, Segment, Sender, Trait
from dangol.definitions.templates import Template

Part = Trait | Segment | Campaign | Sender | Template
SHOWN = 60
"""Characters of a wording that are told."""


def changes(former: Definitions | None, new: Definitions) -> list[str]:
    """Lines that start with + (added), ~ (changed) or - (removed); empty when nothing changes. The order of campaigns
    decides between equal priorities, so it is told too."""
    if former is None:
        lines = [f"+ site {new.site.id}"]
        former = Definitions(replace(new.site, traits=[]))
    else:
        fields = _fields(replace(former.site, traits=new.site.traits), new.site)
        lines = [f"~ site {new.site.id} ({fields})"] if fields else []
    lines += _changes("trait", former.site.traits, new.site.traits)
    lines += [f"~ contact ({fields})"] if (fields := _fields(former.contact, new.contact)) else []
    lines += _changes("sender", former.senders, new.senders)
    lines += _changes("template", former.templates, new.templates)
    lines += _changes("segment", former.segments, new.segments)
    lines += _changes("campaign", former.campaigns, new.campaigns)
    return lines


def _changes(kind: str, former: Sequence[Part], new: Sequence[Part]) -> list[str]:
    before, after = {one.id: one for one in former}, {one.id: one for one in new}
    lines = [f"+ {kind} {id}" for id in after if id not in before]
    for id in after:
        if id not in before or before[id] == after[id]:
            continue
        lines.append(f"~ {kind} {id} ({_fields(before[id], after[id])})")
        if kind == "template":
            lines += _wording(before[id], after[id])
    lines += [f"- {kind} {id}" for id in before if id not in after]
    if [id for id in before if id in after] != [id for id in after if id in before]:
        lines.append(f"~ {kind}s in another order")
    return lines


def _wording(former: Part, new: Part) -> list[str]:
    """What a template said and says now, where that is one text or word."""
    lines = []
    for name in new.__struct_fields__ if type(former) is type(new) else ():
        before, after = getattr(former, name), getattr(new, name)
        if before != after and isinstance(before, str) and isinstance(after, str):
            lines.append(f"    {name}: {_quoted(before)} → {_quoted(after)}")
    return lines


def _quoted(text: str) -> str:
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


def _fields(former: Struct, new: Struct) -> str:
    """The fields that differ."""
    if type(former) is not type(new):
        return "kind"
    return ", ".join(name for name in new.__struct_fields__ if getattr(former, name) != getattr(new, name))
