"""Alimtalk: what KakaoTalk takes of a notice, and whether a filled one still is its template. Pure.

NHN Cloud alimtalk-api-guide.md, alimtalk-overview.md, troubleshooting-guide.md and error-code.md (3014, 3016, 3027 to
3043); SOLAPI kakaoAlimtalkTemplate*.ts. The text counts with its variables filled in and with the extra text. 1,300
characters are the API's limit (NHN's guide recommends 1,000); what adds the channel takes about 40 of them.
"""

import re
from collections.abc import Iterator

from dangol.definitions.templates import AlimtalkTemplate
from dangol.errors import Problem
from dangol.messages import buttons
from dangol.messages.limits import VARIABLE, Limit, needed, too_many, without
from dangol.messages.limits import problems as limit_problems
from dangol.messages.places import said, word

LIMITS = {
    "title": Limit(50),
    "subtitle": Limit(50, variables=False),
    "header": Limit(16),
    "items": Limit(10, "rows", least=2),
    "items[].title": Limit(6, variables=False),
    "items[].text": Limit(23),
    "summary.title": Limit(6),
    "summary.text": Limit(14),
    "highlight.title": Limit(30),
    "highlight.text": Limit(19),
    "extra": Limit(1300, variables=False),
    "buttons": Limit(5, "rows"),
    "buttons[].name": Limit(14, variables=False),
    "replies": Limit(5, "rows"),
    "replies[].name": Limit(14, variables=False),
    "variables": Limit(40, "variables"),
}
WITH_THUMBNAIL = {"highlight.title": Limit(21), "highlight.text": Limit(13)}
WITH_REPLIES = {"buttons": Limit(2, "rows")}
BODY = {"NONE": Limit(1300), "TEXT": Limit(1300), "IMAGE": Limit(1300), "ITEM_LIST": Limit(700)}
"""Text and extra text together, by emphasis."""

CHANNEL_ROOM = 40
"""Characters that KakaoTalk's own words about the channel take in messages of the types AD and MI."""

NAME = Limit(150)
"""Of a template's name (templateName)."""

PARTS = {
    "NONE": (),
    "TEXT": ("title", "subtitle"),
    "IMAGE": ("image",),
    "ITEM_LIST": ("image", "header", "items", "summary", "highlight", "thumbnail"),
}
"""The parts that an emphasis may have beside text, extra text, buttons and quick replies."""

NEEDED = {"NONE": (), "TEXT": ("title",), "IMAGE": ("image",), "ITEM_LIST": ("items",)}
EMPHASIZED = ("title", "subtitle", "image", "header", "items", "summary", "highlight", "thumbnail")
WITH_EXTRA = ("EX", "MI")
WITH_CHANNEL = ("AD", "MI")
SUM = re.compile(r"[\d.,\s₩￦$€£¥+-]*+(원|엔|달러|유로|위안|파운드|[A-Z]{3})?[\d.,\s₩￦$€£¥]*+")


def problems(template: AlimtalkTemplate) -> Iterator[Problem]:
    """What is wrong with an Alimtalk in one language."""
    table = {
        **LIMITS,
        **(WITH_THUMBNAIL if template.thumbnail else {}),
        **(WITH_REPLIES if template.replies else {}),
    }
    yield from limit_problems(template, table)
    yield from _body_problems(template)
    yield from _emphasis_problems(template)
    yield from _type_problems(template)
    yield from buttons.problems(template.buttons, "buttons", buttons.ALIMTALK)
    yield from buttons.problems(template.replies, "replies", buttons.REPLIES)
    why = (
        ""
        if template.type in WITH_CHANNEL
        else f"only messages of the types AD and MI add the channel, not {template.type}"
    )
    yield from buttons.channel_problems(template.buttons, "buttons", why, 0)
    yield from buttons.parcel_problems(template.buttons, word(template.text))


def most_of_body(template: AlimtalkTemplate) -> int:
    """Characters of text and extra text together."""
    return BODY[template.emphasis].most - (CHANNEL_ROOM if template.type in WITH_CHANNEL else 0)


def _body_problems(template: AlimtalkTemplate) -> Iterator[Problem]:
    text, extra = word(template.text), word(template.extra)
    if (size := len(text) + len(extra)) > (most := most_of_body(template)):
        room = f", {CHANNEL_ROOM} less for the words that add the channel" if template.type in WITH_CHANNEL else ""
        yield too_many("text", size, "characters", most, f" with its variables and the extra text{room}")


def _emphasis_problems(template: AlimtalkTemplate) -> Iterator[Problem]:
    emphasis = template.emphasis
    yield from without(template, set(PARTS[emphasis]), EMPHASIZED, f"it does not go with the emphasis {emphasis}")
    yield from needed(template, NEEDED[emphasis], f"the emphasis {emphasis} needs it")
    if template.thumbnail and template.highlight is None:
        yield Problem("thumbnail", template.thumbnail, "left out: it stands beside a highlight")
    if template.secure and emphasis == "ITEM_LIST":
        yield Problem("secure", True, "left out: an item list is never secured")
    if template.summary and not SUM.fullmatch(VARIABLE.sub("", template.summary.text)):
        yield Problem("summary.text", template.summary.text, "a sum: digits, a currency and variables only")


def _type_problems(template: AlimtalkTemplate) -> Iterator[Problem]:
    if template.type in WITH_EXTRA:
        yield from needed(template, ("extra",), f"messages of the type {template.type} have it")
    elif template.extra:
        yield Problem("extra", word(template.extra), f"left out: only the types EX and MI have it, not {template.type}")


def mismatches(template: AlimtalkTemplate, filled: AlimtalkTemplate) -> list[Problem]:
    """Where a message is not its template with the variables filled in, as KakaoTalk compares them before it delivers
    (NHN 3016, 3027; SOLAPI 1043, 3103): text, title, items and buttons with their kinds and addresses."""
    written, told = dict(_compared(template)), dict(_compared(filled))
    problems = [Problem(where, "", "given, as in the approved template") for where in written.keys() - told.keys()]
    problems += [Problem(where, "", "left out, as in the approved template") for where in told.keys() - written.keys()]
    for where in written.keys() & told.keys():
        if not _is_filled(written[where], told[where]):
            problems.append(Problem(where, written[where], "left as it was approved, apart from its variables"))
    return sorted(problems)


def _compared(template: AlimtalkTemplate) -> Iterator[tuple[str, str]]:
    yield from ((where, text) for where, role, text in said(template) if role != "image")
    for part in ("buttons", "replies"):
        yield from ((f"{part}[{number}].kind", each.kind) for number, each in enumerate(getattr(template, part)))


def _is_filled(written: str, told: str) -> bool:
    """Whether the fixed parts stand in this order, with something in between. Goes through the text once."""
    fixed = VARIABLE.split(written)[::2]
    first, *rest = fixed
    if not rest:
        return written == told
    if not told.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = told.find(part, at + 1)
        if found < 0:
            return False
        at = found + len(part)
    return told.endswith(rest[-1]) and len(told) - len(rest[-1]) > at
