"""How a shopper took the shop's campaigns."""

from collections.abc import Mapping
from math import nan
from operator import attrgetter

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.moving import SinceEach
from dangol.segments.conditions.row import Extract, Row


def _times(name: str) -> Extract:
    """By campaign, how often something happened to it; only where it did."""
    get = attrgetter(name)

    def fact(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
        return {campaign: times for campaign, contact in profile.contacts.items() if (times := get(contact))}

    return fact


def seen_at(profile: Profile) -> Mapping[str, int]:
    return {campaign: contact.seen_at for campaign, contact in profile.contacts.items()}


views, clicks, closes, conversions = _times("views"), _times("clicks"), _times("closes"), _times("conversions")
messages = _times("messages")

# fmt: off
ROWS = [
    Row("saw_campaigns", "본 캠페인", "campaigns seen", "reaction", "set", views, {"has_any": ["spring-sale"]}),
    Row("clicked_campaigns", "클릭한 캠페인", "campaigns clicked", "reaction", "set",
        clicks, {"has_any": ["spring-sale"]}),
    Row("closed_campaigns", "닫은 캠페인", "campaigns closed", "reaction", "set",
        closes, {"has_any": ["spring-sale"]}),
    Row("converted_campaigns", "구매로 전환된 캠페인", "campaigns followed by an order", "reaction", "set",
        conversions, {"has_any": ["spring-sale"]}),
    Row("messaged_campaigns", "메시지를 보낸 캠페인", "campaigns that sent a message", "reaction", "set",
        messages, {"has_any": ["spring-sale"]}),
    Row("views_of_campaign", "캠페인 노출수", "views of a campaign", "reaction", "keyed number",
        views, {"key": "spring-sale", "gte": 3}, unit="times",
        ko_says="{key} 캠페인 노출수 {}", en_says="saw the campaign {key} {}"),
    Row("clicks_of_campaign", "캠페인 클릭수", "clicks on a campaign", "reaction", "keyed number",
        clicks, {"key": "spring-sale", "gte": 1}, unit="times",
        ko_says="{key} 캠페인 클릭수 {}", en_says="clicked the campaign {key} {}"),
    Row("closes_of_campaign", "캠페인 닫은 횟수", "times a campaign was closed", "reaction", "keyed number",
        closes, {"key": "spring-sale", "gte": 1}, unit="times",
        ko_says="{key} 캠페인을 닫은 횟수 {}", en_says="closed the campaign {key} {}"),
    Row("messages_of_campaign", "캠페인 메시지 수", "messages of a campaign", "reaction", "keyed number",
        messages, {"key": "spring-sale", "gte": 1}, unit="times",
        ko_says="{key} 캠페인 메시지 발송 횟수 {}", en_says="was sent a message of the campaign {key} {}"),
    Row("conversions_of_campaign", "캠페인 전환수", "orders after a campaign", "reaction", "keyed number",
        conversions, {"key": "spring-sale", "gte": 1}, unit="times",
        ko_says="{key} 캠페인 전환수 {}", en_says="bought after the campaign {key} {}"),
    Row("days_since_campaign", "캠페인을 본 후 경과일", "days since a campaign was seen", "reaction", "keyed number",
        SinceEach(seen_at), {"key": "spring-sale", "lte": 7}, unit="days", absent=nan,
        ko_says="{key} 캠페인을 본 후 경과일 {}", en_says="saw the campaign {key} {} ago"),
]
