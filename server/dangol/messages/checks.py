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
from dangol.messages import alimtalk, brand, mail, pushes, texts


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
