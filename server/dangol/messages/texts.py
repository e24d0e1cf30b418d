"""Text messages: the form, and the bytes of each. Pure.

SMS 90 bytes, LMS and MMS 2,000, in EUC-KR; a title 40 bytes (NHN Cloud SMS v3.0 api-guide.md; SOLAPI 1029, 1031; Aligo
takes 44). The label and the opt-out line count. MMS: jpg, 3 files (NHN sending-policy.md).
"""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from dangol.definitions.templates import TextTemplate
from dangol.errors import Problem
from dangol.messages import euckr
from dangol.messages.limits import Limit, too_many
from dangol.messages.places import word

LIMITS = {
    "text, SMS": Limit(90, "bytes"),
    "text, LMS": Limit(2000, "bytes"),
    "text, MMS": Limit(2000, "bytes"),
    "subject": Limit(40, "bytes"),
    "images": Limit(3, "rows"),
}
OTHER_FILE = re.compile(r"\.(png|gif|webp|svg|bmp|avif|heic|tiff?|mp4|pdf)(?=[?#]|\Z)", re.IGNORECASE)
TITLED = ("lms", "mms")


def formed(template: TextTemplate) -> TextTemplate:
    """The final text with the form that it is sent in."""
    if template.form != "auto":
        return template
    if template.images:
        return replace(template, form="mms")
    fits = euckr.size(word(template.text)) <= LIMITS["text, SMS"].most and not template.subject
    return replace(template, form="sms" if fits else "lms")


def most(template: TextTemplate) -> int:
    """Bytes of a text in its final form."""
    return LIMITS[f"text, {template.form.upper()}"].most


def problems(template: TextTemplate) -> Iterator[Problem]:
    """What is wrong with a text in its final form."""
    for field, limit in (("text", LIMITS[f"text, {template.form.upper()}"]), ("subject", LIMITS["subject"])):
        yield from _byte_problems(field, word(getattr(template, field)), limit)
    yield from _form_problems(template)


def _byte_problems(field: str, text: str, limit: Limit) -> Iterator[Problem]:
    if (size := euckr.size(text)) > limit.most:
        more = " in EUC-KR, label and opt-out line included" if field == "text" else " in EUC-KR"
        yield too_many(field, size, "bytes", limit.most, more)
    for character in euckr.foreign(text)[:5]:
        yield Problem(field, character, euckr.hint(character))


def _form_problems(template: TextTemplate) -> Iterator[Problem]:
    if template.images and template.form != "mms":
        yield Problem("images", len(template.images), f"left out: an {template.form.upper()} has no pictures")
    for number, image in enumerate(template.images):
        if other := OTHER_FILE.search(image):
            yield Problem(f"images[{number}]", other[0], "a JPG")
    if len(template.images) > LIMITS["images"].most:
        yield too_many("images", len(template.images), "rows", LIMITS["images"].most)
    if template.form == "mms" and not template.images:
        yield Problem("images", 0, "given: an MMS has a picture at least")
    if template.subject and template.form not in TITLED:
        yield Problem("subject", word(template.subject), "left out: an SMS has no title")
