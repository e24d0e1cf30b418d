"""Channels: the kind of way on which a visit came, from its link's marks and its referrer.

The rules are those of GA4's default channel group for manual traffic, in their order (support.google.com/analytics,
article 9756891), but: the click ids of ads mean paid, which GA4 learns from the linked accounts; KakaoTalk, other
messengers and SMS are one channel, messaging; a medium that names a channel decides before the source, so that a
newsletter read on naver.com is one; and Korean sources are known. The names of sources below are our own.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from dangol.profile.arrival import ADS

Kind = Literal["search", "social", "shopping", "video", "email", "messaging"]

CHANNEL_NAMES = {
    "direct": ("직접 유입", "direct"),
    "organic_search": ("자연 검색", "organic search"), "paid_search": ("검색 광고", "paid search"),
    "organic_social": ("소셜", "organic social"), "paid_social": ("소셜 광고", "paid social"),
    "organic_shopping": ("쇼핑", "organic shopping"), "paid_shopping": ("쇼핑 광고", "paid shopping"),
    "organic_video": ("동영상", "organic video"), "paid_video": ("동영상 광고", "paid video"),
    "display": ("디스플레이 광고", "display"), "paid_other": ("기타 광고", "other paid"),
    "email": ("이메일", "email"), "messaging": ("카카오톡·문자", "messaging"), "push": ("앱 푸시", "mobile push"),
    "affiliates": ("제휴", "affiliates"), "audio": ("오디오", "audio"),
    "referral": ("외부 링크", "referral"), "other": ("기타", "other"),
}  # fmt: skip
CHANNELS = tuple(CHANNEL_NAMES)

SEARCH_ENGINES = (
    "google", "naver", "daum", "bing", "yahoo", "duckduckgo", "baidu", "yandex", "zum", "nate", "ecosia",
)  # fmt: skip

HOSTS: Mapping[Kind, str] = {
    "search": """google naver.com search.naver daum.net search.daum bing yahoo duckduckgo baidu yandex zum nate
        ecosia""",
    "social": """facebook fb instagram threads twitter x.com t.co linkedin lnkd pinterest reddit quora tumblr weibo
        blog.naver cafe.naver post.naver in.naver band.us band.naver cafe.daum blog.daum tistory brunch.co.kr
        story.kakao velog.io dcinside clien ppomppu fmkorea theqoo ruliweb inven mlbpark instiz""",
    "shopping": """shopping.naver smartstore.naver brand.naver shopping.google shopping.yahoo shoppinghow.kakao
        store.kakao coupang 11st gmarket auction.co.kr ssg.com lotteon danawa enuri musinsa zigzag a-bly ably kurly
        amazon ebay etsy aliexpress temu rakuten""",
    "video": "youtube youtu.be tv.naver chzzk vimeo tiktok twitch dailymotion tv.kakao sooplive",
    "email": "mail.google mail.naver mail.daum mail.kakao mail.yahoo outlook.live outlook.office mail.nate",
    "messaging": "kakao.com kakaotalk pf.kakao talk.kakao line.me talk.naver telegram t.me whatsapp wa.me messenger",
}
"""By kind, the sites as dotted parts of their hosts' names; of several that fit, the longest decides."""

NAMES: Mapping[Kind, str] = {
    "search": " ".join(SEARCH_ENGINES),
    "social": """facebook fb instagram ig meta threads twitter x linkedin pinterest reddit band kakaostory naverblog
        navercafe blog cafe tistory brunch snapchat""",
    "shopping": """navershopping naver_shopping smartstore coupang 11st gmarket danawa enuri amazon ebay criteo
        shoppinghow""",
    "video": "youtube tiktok navertv vimeo twitch",
    "email": "email e-mail e_mail newsletter",
    "messaging": """kakao kakaotalk kakao_channel alimtalk friendtalk brandmessage talktalk line telegram sms lms mms
        whatsapp""",
}
"""By kind, what `utm_source` is called; it may also be a site."""

CLICKS: Mapping[str, Kind] = {
    "google": "search", "naver": "search", "kakao": "search", "microsoft": "search", "yandex": "search",
    "meta": "social", "tiktok": "video", "x": "social", "linkedin": "social", "snapchat": "social",
    "pinterest": "social", "reddit": "social",
}  # fmt: skip
"""Where the links lie that a platform marks; the others' are beside all kinds of pages."""

PAID = re.compile(r".*cp.*|ppc|retargeting|paid.*", re.DOTALL)
SHOP = re.compile(r"(?:[^a-df-z]|^)shop|shopping")
DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
UNSET = frozenset({"", "(none)", "(not set)"})
MEDIA: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "e_mail", "e mail", "newsletter"),
    "messaging": ("sms", "lms", "mms", "kakao", "kakaotalk", "alimtalk", "friendtalk", "message", "messenger"),
    "organic_social": ("social", "social-network", "social-media", "sm", "social network", "social media"),
    "affiliates": ("affiliate", "affiliates"),
    "audio": ("audio",),
}
"""What `utm_medium` is called where it says more than the source, by channel."""

PARTS = {part: kind for kind, parts in HOSTS.items() for part in parts.split()}
SOURCES = {name: kind for kind, names in NAMES.items() for name in names.split()}
BY_MEDIUM = {medium: channel for channel, media in MEDIA.items() for medium in media}
LONGEST = 3  # dotted parts in HOSTS


def site_kind(host: str) -> Kind | None:
    """What kind of site a host belongs to."""
    return _known(host)[1]


def engine(host: str) -> str:
    """The search engine that a host belongs to, or empty; its mail, blogs and shops are none."""
    part, kind = _known(host)
    names = part.split(".") if kind == "search" else []
    return next((name for name in names if name in SEARCH_ENGINES), "")


@lru_cache(4096)
def _known(host: str) -> tuple[str, Kind | None]:
    labels = host.casefold().split(".")
    for count in range(LONGEST, 0, -1):
        for start in range(len(labels) - count + 1):
            part = ".".join(labels[start : start + count])
            if (count > 1 or start < len(labels) - 1) and part in PARTS:
                return part, PARTS[part]
    return "", None


@lru_cache(4096)
def channel_of(source: str, medium: str, campaign: str, click: str, host: str) -> str:
    """One of CHANNELS. `click` is who marked the link with a click id, `host` the referrer's."""
    source, medium, campaign = source.casefold(), medium.casefold(), campaign.casefold()
    if source in ("", "direct", "(direct)") and medium in UNSET and not host and not click:
        return "direct"
    kind = SOURCES.get(source) or site_kind(source) if source else CLICKS.get(click) or site_kind(host)
    if kind is None and medium in UNSET and SHOP.search(campaign):
        kind = "shopping"
    if click in ADS or PAID.fullmatch(medium):
        return _paid("shopping" if SHOP.search(campaign) else kind, medium, click)
    if medium in DISPLAY:
        return "display"
    return _by_medium(medium) or _by_kind(kind) or _rest(source, medium, host)


def _paid(kind: Kind | None, medium: str, click: str) -> str:
    if click.endswith("_display"):
        return "display"
    if kind in ("search", "shopping", "social", "video"):
        return f"paid_{kind}"
    return "display" if medium in DISPLAY else "paid_other"


def _by_medium(medium: str) -> str:
    if medium.endswith("push") or "mobile" in medium or "notification" in medium:
        return "push"
    return BY_MEDIUM.get(medium) or ("organic_video" if "video" in medium else "")


def _by_kind(kind: Kind | None) -> str:
    return "" if kind is None else kind if kind in ("email", "messaging") else f"organic_{kind}"


def _rest(source: str, medium: str, host: str) -> str:
    if medium == "organic":
        return "organic_search"
    return "referral" if medium in ("referral", "app", "link") or (host and not source) else "other"
