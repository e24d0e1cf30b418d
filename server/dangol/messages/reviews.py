"""How far KakaoTalk's review of a template has come, and what follows. Pure.

Only an approved Alimtalk is delivered, word for word (NHN 3015 and 3016, SOLAPI 3103 and 3105). Brand messages need no
review.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from dangol.definitions.model import Definitions
from dangol.definitions.templates import AlimtalkTemplate, Template
from dangol.errors import Problem

OWN = ("review", "comments", "name", "category")
"""Fields that KakaoTalk does not compare."""


def problem(template: Template | None) -> Problem | None:
    """Why a template may not be sent yet."""
    if not isinstance(template, AlimtalkTemplate) or template.review == "approved":
        return None
    return Problem(
        "review", template.review, f"approved: KakaoTalk delivers {template.id} once its review has approved it"
    )


def demoted(former: Definitions | None, new: Definitions) -> tuple[Definitions, list[str]]:
    """The definitions with every template a draft again whose words are not those approved under its code any more,
    and the ids of those. Words that come with another code are as the new document says."""
    before = {each.id: each for each in former.templates} if former else {}
    changed = [each.id for each in new.templates if _is_other(before.get(each.id), each)]
    return replace(new, templates=_drafts(new.templates, changed)) if changed else new, changed


def _drafts(templates: Sequence[Template], ids: Sequence[str]) -> list[Template]:
    return [
        replace(each, review="draft") if isinstance(each, AlimtalkTemplate) and each.id in ids else each
        for each in templates
    ]


def _is_other(former: Template | None, new: Template) -> bool:
    if not (isinstance(former, AlimtalkTemplate) and isinstance(new, AlimtalkTemplate)):
        return False
    if former.review != "approved" or new.review != "approved" or former.code != new.code:
        return False
    return any(getattr(former, name) != getattr(new, name) for name in new.__struct_fields__ if name not in OWN)
