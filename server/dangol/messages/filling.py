"""A template filled for one recipient: variables, links, label and opt-out line, final form, every limit. Pure.

Two kinds of variables, never both in one template. ``#{order number}`` comes from the cause, such as a row of a file,
or from the message's `fill`. ``{name|friend}`` (docs/variables.md) is what is known of the recipient; a template of
KakaoTalk, which stands word for word as it was approved, has none.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from dangol.definitions.basics import Text
from dangol.definitions.model import ContactPolicy, Site
from dangol.definitions.templates import AlimtalkTemplate, BrandTemplate, Template, TextTemplate
from dangol.errors import Invalid, Problem
from dangol.messages import alimtalk, brand, checks, euckr, labels, reviews, texts
from dangol.messages.kinds import price_form
from dangol.messages.limits import names
from dangol.messages.places import plain, rewritten, said
from dangol.messages.writing import LINK, Shorten, Writer, by_name, visitor
from dangol.messages.writing import Whom as Whom
from dangol.render.links import origin_of
from dangol.render.text import clean

VARIABLES = "variables."
"""What paths of variables begin with."""

NAMES = frozenset({"name", "이름", "고객명"})
"""What causes call a person's name, which is the shopper's own word also where a shop's server passes it on."""


class Filled(NamedTuple):
    """`content` has one plain text in each place. `variables` are the ``#{...}`` that it was filled with, which the
    provider fills its own copy of the template with, and `form` is what a sender's prices call it."""

    content: Template
    variables: dict[str, str]
    form: str


def filled(
    template: Template,
    whom: Whom,
    contact: ContactPolicy,
    *,
    fill: Mapping[str, Text],
    variables: Mapping[str, str],
    shorten: Shorten = str,
    unsubscribe: str = "",
    device: str = "",
    test: bool = False,
) -> Filled:
    """What goes out to `whom`. `fill` is the message's, `variables` are the cause's; a `test` shows ``#{...}`` as they
    are written. `unsubscribe` is the address that ends the consent, `device` the kind that a notification goes to.

    Raises Invalid for variables that nobody gave and for whatever is beyond a limit, with the field, the value as far
    as it is not personal, and the limit.
    """
    given = _raw(template) if test else values(fill, variables, whom)
    lead = _leading(shorten, template, fill, variables, whom.site)
    made, found = tried(template, whom, contact, given, lead, unsubscribe, device)
    if found:
        raise Invalid([each for each in found if each.where.startswith(VARIABLES)] or found)
    return made


def tried(
    template: Template,
    whom: Whom,
    contact: ContactPolicy,
    given: Mapping[str, str],
    shorten: Shorten = str,
    unsubscribe: str = "",
    device: str = "",
) -> tuple[Filled, list[Problem]]:
    """The template filled as far as it can be, and all that is wrong with it; variables that are not `given` stay as
    they are written."""
    writer = Writer(whom)
    own = plain(template, writer.language, whom.site.language)
    asked = names(own)
    is_kakao = isinstance(own, AlimtalkTemplate | BrandTemplate)
    is_fixed = isinstance(own, AlimtalkTemplate) or (isinstance(own, BrandTemplate) and bool(own.code))
    told = _told(given if brand.is_left(own) else asked, given, shorten if is_fixed else str)
    write = by_name(told) if asked or is_kakao else writer.personal
    content: Template = rewritten(own, visitor(write, whom.site, None if is_fixed else shorten))
    empty = checks.blank(content)
    content = labels.labelled(content, contact, writer.language, unsubscribe)
    if isinstance(content, TextTemplate):
        content = texts.formed(content)
    found = [
        *_missing(asked, told),
        *empty,
        *_unlike(own, content),
        *labels.problems(own, content, contact, unsubscribe),
        *checks.problems(content, device),
    ]
    return Filled(content, told, price_form(content)), _discreet(found, own, content)


def _leading(
    shorten: Shorten, template: Template, fill: Mapping[str, Text], variables: Mapping[str, str], site: Site
) -> Shorten:
    """Shortens what leads to the shop, to where the marketer says, or to an address that the cause gives as such. What
    else looks like an address stands in a shopper's own words, such as a name, and gets no link of the shop's."""

    def named() -> Iterator[str]:
        filling = (one for text in fill.values() for one in (text.values() if isinstance(text, dict) else [text]))
        for text in chain((text for _, _, text in said(template)), filling):
            yield from map(origin_of, LINK.findall(text))
        given = (value for name, value in variables.items() if name not in NAMES)
        yield from (origin_of(value) for value in given if LINK.fullmatch(value))

    def lead(address: str) -> str:
        origin = origin_of(address)
        return shorten(address) if origin in site.origins or origin in named() else address

    return lead


def _raw(template: Template) -> dict[str, str]:
    """Every variable as it is written."""
    return {name: f"#{{{name}}}" for name in names(template)}


def _missing(asked: Mapping[str, str], told: Mapping[str, str]) -> list[Problem]:
    """The variables that nobody gave, or gave empty."""
    missing = [name for name in asked if name not in told]
    return [Problem(f"{VARIABLES}{name}", "", f"given: {asked[name]} names #{{{name}}}") for name in missing]


def _unlike(own: Template, content: Template) -> list[Problem]:
    """What KakaoTalk would not deliver: a notice that it has not approved, or not so."""
    if not (isinstance(own, AlimtalkTemplate) and isinstance(content, AlimtalkTemplate)):
        return []
    unapproved = reviews.problem(own)
    return [*([unapproved] if unapproved else []), *alimtalk.mismatches(own, content)]


def values(fill: Mapping[str, Text], variables: Mapping[str, str], whom: Whom) -> dict[str, str]:
    """The ``#{...}`` variables by name: what the cause gives, and what `fill` makes of the recipient's own. A message
    without a template is these alone."""
    given = {name: euckr.composed(clean(value)) for name, value in variables.items()}
    if fill:
        writer = Writer(whom)
        given |= {name: writer.personal(text) for name, text in fill.items()}
    return given


def _told(asked: Iterable[str], given: Mapping[str, str], shorten: Shorten) -> dict[str, str]:
    """The given ones of the variables that the template asks for. Addresses are tracked where they stand in a template
    of the provider's, whose own ones must stay as they were approved."""
    told = {name: given[name] for name in asked if given.get(name, "").strip()}
    return {name: shorten(value) if LINK.fullmatch(value) else value for name, value in told.items()}


def _discreet(found: list[Problem], own: Template, content: Template) -> list[Problem]:
    """Problems that show what the marketer wrote in place of what is known of the recipient."""
    if not found:
        return []
    written, personal = ({where: text for where, _, text in said(each)} for each in (own, content))
    return [
        problem._replace(value=written.get(problem.where, "…"))
        if problem.where in personal and problem.value == personal[problem.where]
        else problem
        for problem in found
    ]
