"""Proofreading templates before they are saved: every limit as they are written, and their variables. Pure.

A text is looked at as somebody reads it of whom nothing is known, so what is told is wrong for some reader in any case;
``#{...}`` count as they are written.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from dangol.definitions.basics import LANGUAGES
from dangol.definitions.model import ContactPolicy, Site
from dangol.definitions.templates import AlimtalkTemplate, BrandTemplate, Template
from dangol.errors import Invalid, Problem
from dangol.messages import alimtalk
from dangol.messages.filling import Whom, filled
from dangol.messages.limits import VARIABLE, names, too_many
from dangol.messages.places import languages, plain, said
from dangol.render import proof
from dangol.render.phrase import Choice, Pieces, Variable, parse
from dangol.render.variables import kinds

STAND_IN = "https://shop.example/u/0"
LONGEST = 100_000
ON_PAGES = ("product", "price")
"""Personal variables of the page that is open: nobody has one open when a message is read."""

BARRED = (".", "@")
"""What variables of KakaoTalk's may not have in their names (SOLAPI, NHN)."""


def known(site: Site) -> dict[str, str]:
    """The personal variables that messages may name, with their kinds."""
    return {name: kind for name, kind in kinds(site.traits).items() if name not in ON_PAGES}


def problems(template: Template, site: Site, contact: ContactPolicy, device: str = "") -> list[Problem]:
    """What is wrong with a template; paths within it, ``contact`` for what the site's contact policy lacks for it."""
    found = list(_variable_problems(template, known(site)))
    if isinstance(template, AlimtalkTemplate):
        found += _name_problems(template)
    if isinstance(template, AlimtalkTemplate) or (isinstance(template, BrandTemplate) and template.code):
        found += _wording_problems(template)
    spoken = languages(template)
    for language in spoken:
        mark = f" ({language})" if len(spoken) > 1 else ""
        for problem in _content_problems(template, site, contact, device, language):
            told = problem if problem.where.startswith("contact") else problem._replace(where=problem.where + mark)
            found += [told] if told not in found else []
    return found


def _content_problems(
    template: Template, site: Site, contact: ContactPolicy, device: str, language: str
) -> Iterator[Problem]:
    if isinstance(template, AlimtalkTemplate):
        template = replace(template, review="approved")
    whom = Whom(site, None, language, 0)
    try:
        filled(template, whom, contact, fill={}, variables={}, unsubscribe=STAND_IN, device=device, test=True)
    except Invalid as invalid:
        given = {where for where, _, text in said(plain(template, language, site.language)) if text.strip()}
        # A text may be there for some readers alone.
        yield from (one for one in invalid.problems if one.value != "" or one.where not in given)


def _wording_problems(template: Template) -> Iterator[Problem]:
    """A code stands for one wording."""
    for where, _, _ in said(template):
        field, _, language = where.rpartition(".")
        if language in LANGUAGES:
            yield Problem(field, language, "one wording, which KakaoTalk knows under its code")


def _name_problems(template: AlimtalkTemplate) -> Iterator[Problem]:
    written = template.name if isinstance(template.name, Mapping) else {"": template.name}
    for one in written.values():
        if len(one) > alimtalk.NAME.most:
            yield too_many("name", len(one), "characters", alimtalk.NAME.most)


def _variable_problems(template: Template, personal: Mapping[str, str]) -> Iterator[Problem]:
    is_kakao = isinstance(template, AlimtalkTemplate | BrandTemplate)
    asked = names(template)
    for name, where in asked.items():
        if barred := [each for each in BARRED if is_kakao and each in name]:
            yield Problem(where, f"#{{{name}}}", f"a variable without {barred[0]} in its name")
    for where, role, text in said(template):
        plain = VARIABLE.sub("", text)
        if "#{" in plain:
            yield Problem(where, text[text.index("#{") :][:20], "a variable such as #{order number}, closed by }")
        elif is_kakao or asked:
            why = "KakaoTalk's templates have #{...} alone" if is_kakao else "the template has #{...} already"
            for name in _named(parse(plain).pieces, personal):
                yield Problem(where, f"{{{name}}}", f"left out: {why}; name it in the message's fill")
        elif role != "image":
            yield from (one._replace(where=where) for one in proof.problems(text, personal, LONGEST))


def _named(pieces: Pieces, personal: Mapping[str, str]) -> Iterator[str]:
    """The personal variables that a text names."""
    for piece in pieces:
        if isinstance(piece, Variable | Choice) and piece.name in personal:
            yield piece.name
