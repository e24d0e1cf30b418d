"""Where a visit came from."""

from dangol.plugin import Profile, Request
from dangol.profile.arrival import ADS
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.channel import CHANNEL_NAMES, CHANNELS, SEARCH_ENGINES, channel_of, engine
from dangol.segments.conditions.fields import field
from dangol.segments.conditions.row import Row


def address(written: str) -> str:
    """The form of an address of another site: without scheme, closing slash or regard to case."""
    place = text.folded(written.partition("://")[2] or written)
    return place.rstrip("/") or place


def search_engine(profile: Profile, request: Request, clock: Clock) -> str:
    return engine(profile.visit.referrer)


def channel(profile: Profile, request: Request, clock: Clock) -> str:
    visit = profile.visit
    if not visit.started:
        return ""
    return channel_of(visit.source, visit.medium, visit.campaign, visit.click, visit.referrer)


def ad_platform(profile: Profile, request: Request, clock: Clock) -> str:
    click = profile.visit.click
    return click if click in ADS else ""


def ad_campaign(profile: Profile, request: Request, clock: Clock) -> str:
    """The campaign of a link that was paid for."""
    visit = profile.visit
    is_paid = visit.campaign and (visit.click in ADS or channel(profile, request, clock) in PAID)
    return visit.campaign if is_paid else ""


PAID = frozenset(each for each in CHANNELS if each.startswith("paid_")) | {"display"}

NAMES = {
    "google": ("구글", "Google"), "google_display": ("구글 디스플레이", "Google display"), "naver": ("네이버", "Naver"),
    "naver_display": ("네이버 디스플레이", "Naver display"), "daum": ("다음", "Daum"), "kakao": ("카카오", "Kakao"),
    "bing": ("빙", "Bing"), "microsoft": ("마이크로소프트", "Microsoft"), "yahoo": ("야후", "Yahoo"),
    "duckduckgo": ("덕덕고", "DuckDuckGo"), "baidu": ("바이두", "Baidu"), "yandex": ("얀덱스", "Yandex"),
    "zum": ("줌", "Zum"), "nate": ("네이트", "Nate"), "ecosia": ("에코시아", "Ecosia"), "tiktok": ("틱톡", "TikTok"),
    "x": ("엑스", "X"), "linkedin": ("링크드인", "LinkedIn"), "snapchat": ("스냅챗", "Snapchat"),
    "pinterest": ("핀터레스트", "Pinterest"), "reddit": ("레딧", "Reddit"), "criteo": ("크리테오", "Criteo"),
}  # fmt: skip

# fmt: off
ROWS = [
    Row("channel", "유입 채널", "channel", "source", "text",
        channel, {"in": ["paid_search", "paid_social"]}, choices=CHANNELS, names=CHANNEL_NAMES),
    Row("referrer", "유입 도메인", "referring domain", "source", "text",
        field("visit.referrer"), {"contains": "naver."}, form=text.folded),
    Row("referrer_page", "리퍼러 주소", "referring page", "source", "text",
        field("visit.referrer_page"), {"starts": "https://search.naver.com/search"}, form=address),
    Row("search_engine", "유입 검색 엔진", "referring search engine", "source", "text",
        search_engine, {"in": ["naver", "google"]}, choices=SEARCH_ENGINES, names=NAMES),
    Row("utm_source", "UTM 소스", "UTM source", "source", "text",
        field("visit.source"), {"is": "naver"}, form=text.folded),
    Row("utm_medium", "UTM 매체", "UTM medium", "source", "text",
        field("visit.medium"), {"in": ["cpc", "email"]}, form=text.folded),
    Row("utm_campaign", "UTM 캠페인", "UTM campaign", "source", "text",
        field("visit.campaign"), {"starts": "spring"}, form=text.folded),
    Row("utm_content", "UTM 콘텐츠", "UTM content", "source", "text",
        field("visit.content"), {"is": "top-banner"}, form=text.folded),
    Row("utm_term", "UTM 키워드", "UTM term", "source", "text",
        field("visit.term"), {"contains": "mug"}, form=text.folded),
    Row("ad_platform", "광고 매체", "ad platform", "source", "text",
        ad_platform, {"in": ["naver", "google"]}, choices=tuple(sorted(ADS)), names=NAMES),
    Row("ad_campaign", "광고 캠페인", "ad campaign", "source", "text",
        ad_campaign, {"starts": "spring"}, form=text.folded),
    Row("landing_page", "랜딩 페이지", "landing page", "source", "text",
        field("visit.landing"), {"glob": "/event/*"}, form=text.path),
]
