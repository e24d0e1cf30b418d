"""Pages and searches."""

from collections.abc import Mapping

from dangol.plugin import Profile, Request
from dangol.profile.arrival import arrival
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.fields import field, now
from dangol.segments.conditions.row import Row
from dangol.segments.words.events import NAMES as EVENT_NAMES


def page_now(profile: Profile, request: Request, clock: Clock) -> str:
    return arrival(request.url or request.path)[0]


def views_of_page(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
    """By page with its query; and by path, whatever the query. A closing slash makes no difference."""
    visit = profile.visit
    views: dict[str, float] = {}
    paths: dict[str, float] = {}
    for page, times in zip(visit.pages, visit.page_times, strict=False):
        path, sign, query = page.partition("?")
        path = path.rstrip("/") or "/"
        paths[path] = paths.get(path, 0) + times
        page = f"{path}{sign}{query}"
        views[page] = views.get(page, 0) + times
    return views | paths


# fmt: off
ROWS = [
    Row("pages", "이번 방문에서 본 페이지", "pages of this visit", "content", "set",
        field("visit.pages"), {"has_any": ["/event/spring"]}, form=text.path),
    Row("views_of_page", "이번 방문에서 페이지를 본 횟수", "views of a page in this visit", "content", "keyed number",
        views_of_page, {"key": "/event/spring", "gte": 2}, unit="times", form=text.page,
        ko_says="이번 방문에서 {key} 페이지 조회수 {}", en_says="viewed the page {key} {} in this visit"),
    Row("page_now", "현재 페이지", "page on screen", "content", "text",
        page_now, {"starts": "/product/"}, source="request", form=text.path),
    Row("events_now", "방금 한 행동", "events that just happened", "content", "set",
        now("event_names"), {"has_any": ["view_item"]}, source="request", names=EVENT_NAMES),
    Row("searches", "이번 방문 검색어", "searches of this visit", "content", "set",
        field("visit.searches"), {"contains": "mug"}, form=text.folded),
    Row("search_now", "현재 검색어", "search just made", "content", "text",
        now("search"), {"contains": "mug"}, source="request", form=text.folded),
]
