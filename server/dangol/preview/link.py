"""A preview's link: checked, stored, signed."""

import asyncio
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from dangol.definitions.model import Definitions
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.preview import shelf, ticket, trial
from dangol.preview.ticket import PARAMETER
from dangol.protocol.tokens import Keys
from dangol.store.link import Link


class Made(Struct, frozen=True):
    """The address to open, the preview's id, and its end in unix seconds."""

    link: str
    preview: str
    until: int


async def make(store: Link, keys: Keys, definitions: Definitions, registry: Registry, raw: object, now: float) -> Made:
    """Store what `raw` (`trial.Asked`) asks to be looked at. Raises `Invalid` with every problem, and `Unavailable`."""
    # Of many segments it takes seconds.
    asked, checked = await asyncio.to_thread(trial.check, raw, definitions, registry)
    until = int(now + asked.hours * 3600)
    id = ticket.new_id(until)
    await shelf.put(store, definitions.site.id, id, checked, now)
    return Made(with_token(asked.url, ticket.sign(keys, id)), id, until)


async def end(store: Link, keys: Keys, site: str, link: str) -> None:
    """Take the preview of a link, a token or an id away. Raises `Invalid` where there is none, and `Unavailable`."""
    given = dict(parse_qsl(urlsplit(link).query)).get(PARAMETER, link) if "?" in link else link
    found = ticket.read(keys, given)
    id = found.id if found else given
    if not ticket.ID.fullmatch(id):
        raise Invalid([Problem("preview", link, f"the link, token or id of a preview of {site}")])
    await shelf.drop(store, site, id)


def with_token(url: str, token: str) -> str:
    """The address with the token, in the place of a former one."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*kept, (PARAMETER, token)])))
