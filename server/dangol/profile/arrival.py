"""How a shopper came to a page: what the page's address and its referrer tell. Pure.

Besides the utm parameters, ads are known by what their platforms put into the links (auto-tagging): click ids, Naver's
`n_…` and `NaPm`, Daum's `DMKW`. Sources: Google Ads, "gclid"; Microsoft Advertising, "UET"; Naver search ads,
"자동 추적 URL 파라미터" (ads.naver.com/notice/13446); Naver conversion tracking, "NaPm" (navercts.gitbook.io).
"""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from dangol.protocol.text import clean

LONGEST_PAGE = 300
"""Characters of a page that are kept: what a page may be called in percent-encoded Korean, and its product's number."""

LONGEST_MARK = 100

CLICK_IDS = {
    "gclid": "google", "gbraid": "google", "wbraid": "google", "dclid": "google_display",
    "n_media": "naver", "n_ad": "naver", "n_ad_group": "naver", "n_keyword_id": "naver",
    "DMKW": "kakao", "DMSKW": "kakao", "msclkid": "microsoft", "ttclid": "tiktok", "twclid": "x",
    "li_fat_id": "linkedin", "ScCid": "snapchat", "epik": "pinterest", "rdt_cid": "reddit", "yclid": "yandex",
    "cto_pld": "criteo", "fbclid": "meta",
}  # fmt: skip
"""Who marks links with which parameter; the first that a link carries decides. Meta marks every link that leaves
Facebook or Instagram, an ad's or not; all others mark ads only."""

NAVER_ADS = {"tr=sa": "naver", "tr=gfa": "naver_display"}
"""What Naver's NaPm says of an ad in its search and beside its pages; other links of Naver carry it as well."""

ADS = frozenset(CLICK_IDS.values()) - {"meta"} | set(NAVER_ADS.values())
"""Those whose mark means that the click was paid for."""

TRACKING = frozenset(name.lower() for name in CLICK_IDS) | {
    "gad_source", "gad_campaignid", "gclsrc", "srsltid", "_ga", "_gl", "igshid", "igsh", "mc_cid", "mc_eid", "_kx",
    "icid", "n_campaign_type", "n_ad_group_type", "n_keyword", "n_query", "n_match", "n_rank", "n_mall_id",
    "n_mall_pid", "napm", "nt_source", "nt_medium", "nt_detail", "nt_keyword", "dmcol",
}  # fmt: skip
"""Parameters, in lower case, that tell how a shopper came and nothing of what the page shows; those of `utm_` too."""

OWN_LINK = "dg_c"
"""What dangol puts into a campaign's links within the shop. Who follows one has not just come, whatever it says."""


class Marks(NamedTuple):
    """What a link says of itself: the utm parameters, and who marked it with a click id."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    content: str = ""
    term: str = ""
    click: str = ""

    @property
    def link(self) -> tuple[str, str, str, str]:
        """What tells one campaign's links from another's."""
        return self.source, self.medium, self.campaign, self.click


UNMARKED = Marks()


@lru_cache(4096)
def arrival(page: str) -> tuple[str, Marks]:
    """A page (path and query) without what ads and analytics put there, and what that says."""
    path, _, query = page.partition("?")
    if not query:
        return path[:LONGEST_PAGE], UNMARKED
    pieces = query.split("&")
    kept = [piece for piece in pieces if piece and not _is_tracking(piece.partition("=")[0].lower())]
    cleaned = f"{path}?{'&'.join(kept)}" if kept else path
    is_own = any(piece.startswith(f"{OWN_LINK}=") for piece in pieces)
    return cleaned[:LONGEST_PAGE], UNMARKED if is_own or len(kept) == len(pieces) else _marks(query)


def _is_tracking(name: str) -> bool:
    return name in TRACKING or name == OWN_LINK or name.startswith("utm_")


def _marks(query: str) -> Marks:
    values = {name: clean(found[0], LONGEST_MARK) for name, found in parse_qs(query).items()}
    source, medium, campaign, content, term = (
        values.get(f"utm_{name}", "") for name in ("source", "medium", "campaign", "content", "term")
    )
    clicks = [platform for name, platform in CLICK_IDS.items() if name in values]
    clicks += [platform for mark, platform in NAVER_ADS.items() if mark in values.get("NaPm", "").split("|")]
    return Marks(source, medium, campaign, content, term or values.get("n_keyword", ""), clicks[0] if clicks else "")


def referrer(address: str) -> tuple[str, str]:
    """The host that a link was on, and its page: host and path, whose query is nobody's business. Empty where the
    address is none."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "")[:LONGEST_MARK]
    except ValueError:
        return "", ""
    return host, f"{host}{parts.path.rstrip('/')}"[:LONGEST_PAGE] if host else ""
