"""What kind of message a template is, and under which form a sender's prices have it. Pure."""

from dangol.definitions.templates import BrandTemplate, EmailTemplate, PushTemplate, Template, TextTemplate

CUSTOM = "custom"
"""The kind of a message without a template: the channel gets its variables alone."""

FORMS = ("sms", "lms", "mms")
"""The forms of a text message."""

KINDS = ("text", "alimtalk", "brand", "push", "email", CUSTOM)

PRICES = (*FORMS, *(kind for kind in KINDS if kind != "text"))
"""What a sender may have prices of."""

PAID = ("text", "alimtalk", "brand")
"""Kinds that no provider sends for nothing."""

THOUSANDTHS = 1000
"""Prices are counted in whole thousandths of the currency's unit: an Alimtalk costs 6.5 won."""


def kind_of(template: Template | None) -> str:
    """text, alimtalk, brand, push or email; custom where there is no template."""
    return str(type(template).__struct_config__.tag) if template is not None else CUSTOM


def price_form(template: Template | None) -> str:
    """The form under which `Sender.prices` has a filled template: sms, lms or mms, else its kind."""
    return template.form if isinstance(template, TextTemplate) else kind_of(template)


def price_forms(template: Template | None) -> tuple[str, ...]:
    """Every form that a template may be sent in, as far as it says."""
    if isinstance(template, TextTemplate) and template.form == "auto":
        return ("mms",) if template.images else ("sms", "lms")
    return (price_form(template),)


def is_ad(template: Template) -> bool:
    """Whether it is an advertisement by law. An Alimtalk never is (Kakao reviews that), a brand message always."""
    if isinstance(template, TextTemplate | PushTemplate | EmailTemplate):
        return template.ad
    return isinstance(template, BrandTemplate)
