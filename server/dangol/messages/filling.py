"""A template filled for one recipient: variables, links, label and opt-out line, final form, every limit. Pure.

Two kinds of variables, never both in one template. ``#{order number}`` comes from the cause, such as a row of a file,
or from the message's `fill`. ``{name|friend}`` (docs/variables.md) is what is known of the recipient; a template of
KakaoTalk, which stands word for word as it was approved, has none.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from dangol.definitions.basics import LongText, Text
from dangol.definitions.model import ContactPolicy, Site
from dangol.definitions.templates import AlimtalkTemplate, BrandTemplate, Template, TextTemplate
from dangol.errors import Invalid, Problem
from dangol.messages import alimtalk, checks, euckr, labels, mail, reviews, texts
from dangol.messages.kinds import price_form
from dangol.messages.limits import VARIABLE, names
from dangol.messages.places import plain, rewritten, said
from dangol.plugin import Product, Request
from dangol.profile.model import Profile
from dangol.profile.subscriptions import normal
from dangol.render.formats import Reader
from dangol.render.text import choose, clean, fill
from dangol.render.variables import value as value_of
from dangol.segments.calendar import calendar

Shorten = Callable[[str], str]
"""An absolute http(s) address to the tracked one that goes out in its place."""

LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#@$&*+=%]")
ONE_LINE = frozenset({"subject", "title", "name"})
LONGEST = 100_000
"""Characters of a filled text, before the limits of its kind are looked at."""

UNKNOWN = Profile(anonymous=True)


class Whom(NamedTuple):
    """For whom a message is written, and when (unix seconds). Without a profile nothing is known of them. `to` is an
    address that a shopper gave; empty where the message goes where the shop says. A member's name, grade and coupons
    are told there and at the member's own number and e-mail address alone: on a shared computer anybody may have left
    another one."""

    site: Site
    profile: Profile | None
    language: str
    now: float
    to: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the message goes to the very member."""
        member = self.profile.member if self.profile else None
        if not self.to or member is None:
            return True
        return self.to in (normal("sms", member.phone), normal("email", member.email))


class Filled(NamedTuple):
    """`content` has one plain text in each place. `variables` are the ``#{...}`` that it was filled with, which the
    provider fills its own copy of the template with, and `form` is what a sender's prices call it."""

    content: Template
    variables: dict[str, str]
    form: str


class _Shopper(NamedTuple):
    """The recipient as `dangol.render.variables` asks: nobody has a page open, and the address is the recipient's."""

    site: Site
    profile: Profile
    request: Request
    product: Product | None = None


class _Writer:
    """Writes the variables of one recipient into texts."""

    def __init__(self, whom: Whom) -> None:
        site = whom.site
        shopper = _Shopper(site, whom.profile or UNKNOWN, Request(whom.now, verified=whom.is_own))
        self.language, self._default = whom.language or site.language, site.language
        self._look = lambda name: value_of(name, shopper)
        self._reader = Reader(self.language, site.currency, calendar(site.timezone), whom.now)

    def personal(self, text: LongText, put: Callable[[str], str] = str) -> str:
        """A marketer's text with what is known of the recipient."""
        written = choose(text, self.language, self._default)
        return euckr.composed(fill(written, self._look, self._reader, LONGEST, put))


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
    raw = {name: f"#{{{name}}}" for name in names(template)}
    given = raw if test else values(fill, variables, whom)
    made, found = tried(template, whom, contact, given, shorten, unsubscribe, device)
    missing = [] if test else unfilled(template, made.variables)
    if missing or found:
        raise Invalid(missing or found)
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
    writer = _Writer(whom)
    own = plain(template, writer.language, whom.site.language)
    asked = names(own)
    is_kakao = isinstance(own, AlimtalkTemplate | BrandTemplate)
    is_fixed = isinstance(own, AlimtalkTemplate) or (isinstance(own, BrandTemplate) and bool(own.code))
    told = _told(asked, given, shorten if is_fixed else str)
    write = _by_name(told) if asked or is_kakao else writer.personal
    content: Template = rewritten(own, _visit(write, None if is_fixed else _lead(whom.site, shorten)))
    empty = checks.blank(content)
    content = labels.labelled(content, contact, writer.language, unsubscribe)
    if isinstance(content, TextTemplate):
        content = texts.formed(content)
    found = [
        *empty,
        *_unlike(own, content),
        *labels.problems(own, contact, unsubscribe),
        *checks.problems(content, device),
    ]
    return Filled(content, told, price_form(content)), _discreet(found, own, content)


def unfilled(template: Template, told: Mapping[str, str]) -> list[Problem]:
    """The variables of a template that nobody gave, or gave empty."""
    missing = [(name, where) for name, where in names(template).items() if name not in told]
    return [Problem(f"variables.{name}", "", f"given: {where} names #{{{name}}}") for name, where in missing]


def _unlike(own: Template, content: Template) -> list[Problem]:
    """What KakaoTalk would not deliver: a notice that it has not approved, or not so."""
    if not (isinstance(own, AlimtalkTemplate) and isinstance(content, AlimtalkTemplate)):
        return []
    unapproved = reviews.problem(own)
    return [*([unapproved] if unapproved else []), *alimtalk.mismatches(own, content)]


def values(fill: Mapping[str, Text], variables: Mapping[str, str], whom: Whom) -> dict[str, str]:
    """The ``#{...}`` variables by name: what the cause gives, and what `fill` makes of the recipient's own. A message
    without a template is these alone."""
    writer = _Writer(whom)
    given = {name: euckr.composed(clean(value)) for name, value in variables.items()}
    return {**given, **{name: writer.personal(text) for name, text in fill.items()}}


def _told(asked: Mapping[str, str], given: Mapping[str, str], shorten: Shorten) -> dict[str, str]:
    """The given ones of the variables that the template asks for. Addresses are tracked where they stand in a template
    of the provider's, whose own ones must stay as they were approved."""
    told = {name: given[name] for name in asked if given.get(name, "").strip()}
    return {name: shorten(value) if LINK.fullmatch(value) else value for name, value in told.items()}


def _by_name(told: Mapping[str, str]) -> Callable[..., str]:
    def write(text: str, put: Callable[[str], str] = str) -> str:
        return VARIABLE.sub(lambda found: put(told[found[1]]) if found[1] in told else found[0], text)

    return write


def _visit(write: Callable[..., str], lead: Shorten | None) -> Callable[[str, str, Any], Any]:
    """Without `lead` all stays as it is but for the variables."""

    def visit(where: str, role: str, value: Any) -> Any:
        if lead is None:
            return write(value)
        if role == "html":  # cleaned once it is filled, and before anything of ours stands behind it
            return mail.cleaned(write(value, mail.escaped), lead)
        text = write(value)
        if role == "address":
            return lead(text)
        if where.rpartition(".")[2] in ONE_LINE:
            text = " ".join(text.split())
        return LINK.sub(lambda found: lead(found[0]), text) if role == "text" else text

    return visit


def _lead(site: Site, shorten: Shorten) -> Shorten:
    """Addresses as they go out: whole ones, which the tracked ones take the place of."""

    def lead(address: str) -> str:
        whole = (
            f"{site.origins[0]}{address}" if address.startswith("/") and address[1:2] not in ("/", "\\") else address
        )
        return shorten(whole) if whole.startswith(("https://", "http://")) else whole

    return lead


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
