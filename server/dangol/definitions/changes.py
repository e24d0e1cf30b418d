"""What an apply would change, in one line per thing."""

from collections.abc import Sequence

from msgspec.structs import replace

from dangol.definitions.model import Campaign, Definitions, Segment, Site, Trait

Part = Trait | Segment | Campaign


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
    lines += _changes("segment", former.segments, new.segments)
    lines += _changes("campaign", former.campaigns, new.campaigns)
    return lines


def _changes(kind: str, former: Sequence[Part], new: Sequence[Part]) -> list[str]:
    before, after = {one.id: one for one in former}, {one.id: one for one in new}
    lines = [f"+ {kind} {id}" for id in after if id not in before]
    for id in after:
        if id in before and (fields := _fields(before[id], after[id])):
            lines.append(f"~ {kind} {id} ({fields})")
    lines += [f"- {kind} {id}" for id in before if id not in after]
    if [id for id in before if id in after] != [id for id in after if id in before]:
        lines.append(f"~ {kind}s in another order")
    return lines


def _fields(former: Site | Part, new: Site | Part) -> str:
    """The fields that differ."""
    return ", ".join(name for name in new.__struct_fields__ if getattr(former, name) != getattr(new, name))
