"""What the law wants to stand in an advertisement: its label, who sends it, and how it is refused. Pure.

Korea: Network Act (정보통신망법) art. 50 (4) and its Enforcement Decree, annex 6: ``(광고)`` at the very start and in
this spelling, the sender's name and contact, a free way to refuse at the end, in e-mails in Korean and English.
KakaoTalk adds its own to brand messages (cs.kakao.com/helps_html/1073199206). NHN Cloud's ad-sms checks the same words:
the text begins with ``(광고)`` and ends with ``무료수신거부 080…``.
"""

import re
from collections.abc import Iterator
from html import escape

from msgspec.structs import replace

from dangol.definitions.model import ContactPolicy
from dangol.definitions.templates import (
    AlimtalkTemplate,
    BrandTemplate,
    EmailTemplate,
    PushTemplate,
    Template,
    TextTemplate,
)
from dangol.errors import Problem
from dangol.messages.kinds import is_ad
from dangol.messages.places import word

LABEL = "(광고)"
SPELLED = re.compile(r"\W{0,9}?[([{<（［【〔〈《「『⟨❨﹙]\W{0,3}광\W{0,3}고\W{0,3}[)\]}>）］】〕〉》」』⟩❩﹚]")
"""A label of the marketer's own at the start of a text, in whatever spelling, invisible characters among it."""

REFUSAL = re.compile(r"무료\s*(수신)?\s*거부")
SETTINGS = {"ko": "수신거부: 기기의 알림 설정에서 끄기", "en": "To stop: turn notifications off in your settings"}


def labelled(template: Template, contact: ContactPolicy, language: str, unsubscribe: str) -> Template:
    """The filled template, in one language, as the law wants it; `unsubscribe` is an address that ends the consent."""
    if not is_ad(template):
        return template
    if isinstance(template, TextTemplate):
        return _text(template, contact, unsubscribe)
    if isinstance(template, PushTemplate):
        return _push(template, contact, language)
    return _email(template, contact, unsubscribe) if isinstance(template, EmailTemplate) else template


def problems(template: Template, filled: Template, contact: ContactPolicy, unsubscribe: str) -> Iterator[Problem]:
    """What an advertisement lacks, and labels that marketers wrote themselves; of a template in one language as it is
    written. In what is said to be no advertisement a variable may not bring one either: that is looked for as
    `filled`."""
    labelled = template if is_ad(template) else filled
    for field in ("subject", "title", "header", "text"):
        if SPELLED.match(word(getattr(labelled, field, ""))):
            yield Problem(field, word(getattr(template, field))[:20], _no_label(template))
    if isinstance(template, TextTemplate) and template.ad and (found := REFUSAL.search(word(template.text))):
        yield Problem("text", found[0], "left out: dangol adds the line, with contact.opt_out")
    if is_ad(template):
        yield from _sender_problems(template, contact, unsubscribe)


def _no_label(template: Template) -> str:
    if isinstance(template, BrandTemplate):
        return "left out: KakaoTalk puts (광고) there"
    if isinstance(template, AlimtalkTemplate):
        return "left out: an Alimtalk is no advertisement"
    return "left out: dangol puts (광고) there" if is_ad(template) else "left out, or ad: true: it is an advertisement"


def _sender_problems(template: Template, contact: ContactPolicy, unsubscribe: str) -> Iterator[Problem]:
    is_brand = isinstance(template, BrandTemplate)
    if not contact.company and not is_brand:
        yield Problem("contact.company", "", "the sender's name, which every advertisement tells")
    if contact.jurisdiction == "kr" and not contact.opt_out:
        if isinstance(template, TextTemplate):
            yield Problem("contact.opt_out", "", "a free number (080…) by which advertisements in texts are refused")
        if isinstance(template, BrandTemplate) and template.targeting != "I":
            expected = f"a free number (080…), which the targeting {template.targeting} needs"
            yield Problem("contact.opt_out", "", expected)
    if contact.jurisdiction == "kr" and not contact.contact and isinstance(template, EmailTemplate):
        expected = "a telephone number and an address, which every advertisement by e-mail tells"
        yield Problem("contact.contact", "", expected)
    if isinstance(template, EmailTemplate) and not unsubscribe:
        yield Problem(
            "unsubscribe", "", "an address that ends the consent: DANGOL_PUBLIC_URL says where this server is"
        )


def _text(template: TextTemplate, contact: ContactPolicy, unsubscribe: str) -> TextTemplate:
    sender = f"{contact.company} {contact.contact}".strip()
    if contact.jurisdiction == "kr":
        lines = [f"{LABEL}{sender}", word(template.text), f"무료수신거부 {contact.opt_out}"]
    else:
        refuse = contact.opt_out or unsubscribe
        lines = [f"{sender}: {word(template.text)}", *([f"Opt out: {refuse}"] if refuse else [])]
    subject = word(template.subject)
    if subject and contact.jurisdiction == "kr":
        subject = LABEL + subject
    return replace(template, subject=subject, text="\n".join(lines))


def _push(template: PushTemplate, contact: ContactPolicy, language: str) -> PushTemplate:
    if contact.jurisdiction != "kr":
        return template
    refuse = SETTINGS.get(language, SETTINGS["ko"])
    return replace(template, title=f"{LABEL} {word(template.title)}", text=f"{word(template.text)}\n{refuse}")


def _email(template: EmailTemplate, contact: ContactPolicy, unsubscribe: str) -> EmailTemplate:
    label = f"{LABEL} " if contact.jurisdiction == "kr" else ""
    sender = " · ".join(filter(None, (contact.company, contact.contact)))
    korean = "수신을 원하지 않으시면 여기에서 수신거부해 주세요"
    english = "To stop receiving these e-mails, unsubscribe here"
    refusal = f"{korean} / {english}" if contact.jurisdiction == "kr" else english
    text = f"{word(template.text)}\n\n--\n{sender}\n{refusal}: {unsubscribe}\n"
    html = template.html
    if html:
        link = f'<a href="{escape(unsubscribe)}">{escape(refusal)}</a>'
        html += f'<hr><p style="color:#666;font-size:12px">{escape(sender)}<br>{link}</p>'
    return replace(template, subject=label + word(template.subject), text=text, html=html)
