"""What is wrong with the content of a message, whatever kind it is. Pure."""

from dangol.definitions.templates import (
    AlimtalkTemplate,
    BrandTemplate,
    EmailTemplate,
    PushTemplate,
    Template,
    TextTemplate,
)
from dangol.errors import Problem
from dangol.messages import alimtalk, brand, euckr, mail, pushes, texts
from dangol.messages.places import word

READ = {
    TextTemplate: ("text",),
    AlimtalkTemplate: ("text",),
    PushTemplate: ("title", "text"),
    EmailTemplate: ("subject", "text"),
}
"""What every message of a kind says; of brand messages that goes by the bubble."""


def blank(template: Template) -> list[Problem]:
    """What a template in one language leaves unsaid, before labels and opt-out lines stand in its place."""
    fields = READ.get(type(template), ())
    empty = [field for field in fields if not word(getattr(template, field)).strip()]
    return [Problem(field, "", "given: there is nothing to read") for field in empty]


def problems(template: Template, device: str = "") -> list[Problem]:
    """All that is beyond a limit or against a rule, in a template of one language: filled, or as it is written. Of
    notifications to a `device` of the kind; without one, to the kind that takes most."""
    if isinstance(template, TextTemplate):
        return list(texts.problems(template))
    if isinstance(template, AlimtalkTemplate):
        return list(alimtalk.problems(template))
    if isinstance(template, BrandTemplate):
        return list(brand.problems(template))
    if isinstance(template, PushTemplate):
        return list(pushes.problems(template, device or "fcm"))
    assert isinstance(template, EmailTemplate)
    return list(mail.problems(template))


def size(template: Template, device: str = "") -> dict[str, int]:
    """How large a filled template is and how much fits (`most`, where there is a limit), in the unit of its kind."""
    if isinstance(template, TextTemplate):
        return {"bytes": euckr.size(word(template.text)), "most": texts.most(template)}
    if isinstance(template, PushTemplate):
        return {"bytes": pushes.size(template), "most": pushes.most(device or "fcm")}
    characters = len(word(template.text))
    if isinstance(template, AlimtalkTemplate):
        return {"characters": characters + len(word(template.extra)), "most": alimtalk.most_of_body(template)}
    limit = brand.SHAPES[template.bubble].limits.get("text") if isinstance(template, BrandTemplate) else None
    return {"characters": characters, **({"most": limit.most} if limit else {})}
