"""The links of a widget's tree: a campaign's parameters, and the way through the login page. Pure.

A link within the shop that gets parameters also gets ``dg_c``, the campaign's id: it tells our own reading of arrivals
(`dangol.profile.arrival`) that the shopper comes from the shop itself, whatever ``utm_`` parameters say.
"""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus, urlsplit

import msgspec

from dangol.definitions.model import Campaign, LoginPage, Site
from dangol.profile.arrival import OWN_LINK

LONGEST = 2000
"""Characters of an address; a longer one stays as it is."""


class Rules(NamedTuple):
    """What becomes of the links of one campaign for one shopper. `login` is None for who is logged in."""

    campaign: str
    origins: frozenset[str]
    params: tuple[tuple[str, str], ...]
    everywhere: bool
    login: tuple[str, str] | None


def rules_of(campaign: Campaign, site: Site, is_logged_in: bool) -> Rules | None:
    """The rules of a campaign; None where its links stay as they are."""
    link = campaign.link
    page: LoginPage | None = site.login if link.login and not is_logged_in else None
    if not link.params and page is None:
        return None
    login = (page.url, page.parameter) if page else None
    return Rules(campaign.id, frozenset(site.origins), tuple(link.params.items()), link.everywhere, login)


@lru_cache(512)
def linked(tree: bytes, rules: Rules) -> bytes:
    """The JSON of a checked node tree, with its links as the rules want them."""
    return msgspec.json.encode(_linked(msgspec.json.decode(tree), rules))


def _linked(node: Any, rules: Rules) -> Any:
    if isinstance(node, str):
        return node
    element, attributes, *children = node
    if element == "a" and "href" in attributes:
        attributes = {**attributes, "href": address(attributes["href"], rules)}
    return [element, attributes, *(_linked(child, rules) for child in children)]


def address(href: str, rules: Rules) -> str:
    """Where a link leads. Other schemes than http(s) stay as they are, and so does what would get too long."""
    is_own = href.startswith("/") or origin_of(href) in rules.origins
    if not (is_own or (rules.everywhere and href.startswith(("http://", "https://")))):
        return href
    added = rules.params
    if is_own and added:
        added = (*added, (OWN_LINK, rules.campaign))
    led = with_params(href, added)
    if is_own and rules.login:
        page, parameter = rules.login
        led = with_params(page, ((parameter, led),))
    return led if len(led) <= LONGEST else href


def with_params(href: str, params: tuple[tuple[str, str], ...]) -> str:
    """An address with parameters before its fragment; what it has by the same name wins."""
    rest, hash, fragment = href.partition("#")
    path, _, query = rest.partition("?")
    there = {unquote_plus(piece.partition("=")[0]) for piece in query.split("&")}
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params if name not in there]
    if not added:
        return href
    return f"{path}?{'&'.join([query, *added] if query else added)}{hash}{fragment}"


def origin_of(href: str) -> str:
    """The origin of an absolute address as a site names its own; of anything else what no site has."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}"
