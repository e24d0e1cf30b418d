"""What the shopper's browser is, and where it is."""

from dangol.plugin import Profile, Request
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.fields import field
from dangol.segments.conditions.row import Row


def language(profile: Profile, request: Request, clock: Clock) -> str:
    return request.language or profile.environment.language


DEVICES = {"pc": ("PC", "PC"), "mobile": ("모바일 웹", "mobile web"), "app": ("앱", "the shop's app")}

# fmt: off
ROWS = [
    Row("device", "기기", "device", "environment", "text",
        field("environment.device"), {"is": "mobile"}, choices=tuple(DEVICES), names=DEVICES),
    Row("os", "운영체제", "operating system", "environment", "text",
        field("environment.os"), {"in": ["android", "ios"]}, form=text.folded),
    Row("browser", "브라우저", "browser", "environment", "text",
        field("environment.browser"), {"is": "chrome"}, form=text.folded),
    Row("language", "언어", "language", "environment", "text", language, {"starts": "ko"}, form=text.folded),
    Row("country", "국가", "country", "environment", "text",
        field("environment.country"), {"in": ["KR", "JP"]}, form=text.folded),
]
