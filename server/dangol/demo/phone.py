"""The demo's templates, as the fake provider has them approved: it compares each message with them, as Kakao does."""

from dangol.definitions.basics import LongText, Text
from dangol.definitions.model import Definitions
from dangol.definitions.templates import AlimtalkTemplate
from dangol.fakes.arrival import Button
from dangol.fakes.templates import Registered
from dangol.fakes.world import World


def register(world: World, definitions: Definitions) -> None:
    """Have every Alimtalk template of the definitions approved."""
    for template in definitions.templates:
        if isinstance(template, AlimtalkTemplate):
            buttons = [Button(_plain(each.name), each.kind, each.mobile) for each in template.buttons]
            heads = template.title, template.subtitle, template.header, _plain(template.extra)
            world.templates["solapi"].register(Registered(template.code, _plain(template.text), *heads, buttons))


def _plain(text: Text | LongText) -> str:
    """Kakao keeps a template in one language."""
    return text if isinstance(text, str) else text.get("ko", "")
