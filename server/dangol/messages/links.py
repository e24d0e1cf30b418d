"""Short links in messages: ``https://links.shop.example/l/<code>``. Pure.

A code is the link's id (10 characters), the key of the request in whose message it stands (12) and a MAC (6) over both
and the target, all under the site's key. So nobody can make a code of an id and a key that they know, or find a target
by its id alone; 36 bits of MAC are few, but a guess that hits leads to a stored target and counts one click.
"""

import hmac
import re
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from dangol.definitions.model import Campaign, Site
from dangol.protocol.tokens import Keys, encoded
from dangol.render.links import LONGEST, origin_of, with_params

PATH = "/l/"
CODE = re.compile(r"([A-Za-z0-9_-]{10})([A-Za-z0-9_-]{12})([A-Za-z0-9_-]{6})\Z")
ADDRESS = re.compile(r"https?://[!-~]+\Z")
"""What can stand in a header as it is."""

_pack = msgspec.msgpack.Encoder().encode


class Target(Struct, array_like=True, frozen=True):
    """Where a link leads, stored by place. `until` is the unix time until which it does."""

    site: str
    campaign: str
    url: str
    until: float = 0.0


class Code(NamedTuple):
    """A code taken apart: the link, the request, the MAC."""

    link: str
    key: str
    mac: str


def parsed(code: str) -> Code | None:
    """The parts of a code; None for what can't be one."""
    found = CODE.match(code)
    return Code(*found.groups()) if found else None


def mac(keys: Keys, link: str, key: str, url: str) -> str:
    """What only this site can make of the parts of a code and the target."""
    return encoded(hmac.digest(keys.links, _pack((link, key, url)), "sha256"))[:6]


def is_genuine(keys: Keys, code: Code, url: str) -> bool:
    """Whether the site made this code for this target; takes the same time for every answer."""
    return hmac.compare_digest(code.mac, mac(keys, code.link, code.key, url))


def is_address(url: str) -> bool:
    """Whether a browser may be sent there: an absolute address in plain characters, with a host."""
    if len(url) > LONGEST or not ADDRESS.match(url):
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def target_of(address: str, campaign: Campaign | None, site: Site) -> str:
    """Where a link of a campaign's message leads: with the campaign's parameters, and through the login page where the
    campaign wants that. It gets no ``dg_c`` as links on the shop's pages do: who follows it has just come."""
    if campaign is None:
        return address
    rules, page = campaign.link, site.login
    is_own = origin_of(address) in site.origins
    led = with_params(address, tuple(rules.params.items())) if is_own or rules.everywhere else address
    if is_own and rules.login and page is not None:
        login = site.origins[0] + page.url if page.url.startswith("/") else page.url
        led = with_params(login, ((page.parameter, led),))
    return led if len(led) <= LONGEST else address


class Shortener:
    """Shortens the links of one request's message, and remembers which targets they need: they have to be stored before
    the message goes out. Without `base`, the server's public address, links stay as they are but for their parameters.
    """

    def __init__(self, base: str, keys: Keys, site: Site, campaign: Campaign | None, key: str) -> None:
        self.base, self.keys, self.site, self.campaign, self.key = base, keys, site, campaign, key
        self.targets: dict[str, Target] = {}

    def __call__(self, address: str) -> str:
        """The address that goes out in place of this one."""
        url = target_of(address, self.campaign, self.site)
        if not self.base or not is_address(url):
            return url
        campaign = self.campaign.id if self.campaign else ""
        name = _pack((self.site.id, campaign, url))
        link = encoded(blake2b(name, key=self.keys.links, digest_size=8).digest())[:10]
        self.targets[link] = Target(self.site.id, campaign, url)
        return f"{self.base}{PATH}{link}{self.key}{mac(self.keys, link, self.key, url)}"
