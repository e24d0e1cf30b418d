"""Behaviour in a marketer's words, Korean and English."""

from collections.abc import Mapping
from typing import Any

from dangol.segments.nodes import Leaf
from dangol.segments.patterns import field_of
from dangol.segments.scope import Scope
from dangol.segments.sentences import Said, sentence

EVENTS: Mapping[str, tuple[str, str, str]] = {
    "page_view": ("페이지 조회", "viewed a page", "view a page"),
    "view_item": ("상품 조회", "viewed a product", "view a product"),
    "view_item_list": ("상품 목록 조회", "viewed a list of products", "view a list of products"),
    "search": ("검색", "searched", "search"),
    "add_to_cart": ("장바구니 담기", "put something into the cart", "put anything into the cart"),
    "remove_from_cart": ("장바구니에서 빼기", "took something out of the cart", "take anything out of the cart"),
    "view_cart": ("장바구니 조회", "looked at the cart", "look at the cart"),
    "add_to_wishlist": ("찜하기", "put something on the wish list", "put anything on the wish list"),
    "remove_from_wishlist": ("찜 해제", "took something off the wish list", "take anything off the wish list"),
    "begin_checkout": ("주문서 작성", "reached the order form", "reach the order form"),
    "purchase": ("구매", "bought", "buy"),
    "refund": ("주문 취소", "had an order taken back", "have an order taken back"),
    "sign_up": ("회원 가입", "signed up", "sign up"),
    "login": ("로그인", "logged in", "log in"),
    "withdraw": ("회원 탈퇴", "closed the account", "close the account"),
    "widget_view": ("캠페인 노출", "saw a campaign", "see a campaign"),
    "widget_click": ("캠페인 클릭", "clicked a campaign", "click a campaign"),
    "widget_close": ("캠페인 닫기", "closed a campaign", "close a campaign"),
    "widget_later": ("캠페인 나중에 보기", "put a campaign off", "put a campaign off"),
}
"""A noun in Korean; a past tense and a base form in English."""

SPANS = ((86_400, "일", "day"), (3_600, "시간", "hour"), (60, "분", "minute"))


def span(seconds: int, language: str) -> str:
    """``3일``, ``3 days``: in the largest unit that divides it."""
    unit, ko, en = next(each for each in SPANS if seconds % each[0] == 0)
    count = seconds // unit
    return f"{count}{ko}" if language == "ko" else f"{count} {en}{'s' if count > 1 else ''}"


def recently(far: int | None, language: str) -> str:
    """The window that ends now; None is this visit."""
    if far is None:
        return "이번 방문에서" if language == "ko" else "in this visit"
    return f"최근 {span(far, 'ko')} 동안" if language == "ko" else f"in the last {span(far, 'en')}"


def did(written: Mapping[str, Any], scope: Scope) -> Said:
    """What was done, with what is asked of it in brackets, by language; `base` is English's base form. `written` is a
    checked event with its `where`."""
    event, where = written["event"], written.get("where", {})
    asked = [sentence(Leaf(field_of(event, name, body, "").row, (), "", body), scope) for name, body in where.items()]
    ko, past, base = EVENTS.get(event, (event, f"did “{event}”", f"do “{event}”"))
    brackets = {each: f" ({', '.join(one[each] for one in asked)})" if asked else "" for each in ("ko", "en")}
    return {
        "ko": f"‘{ko}’{brackets['ko'].lstrip()}",
        "en": f"{past}{brackets['en']}",
        "base": f"{base}{brackets['en']}",
    }


def followed(first: Said, then: Said, within: int, far: int | None) -> Said:
    """The one, then the other."""
    ko = f"{recently(far, 'ko')} {first['ko']} 후 {span(within, 'ko')} 안에 {then['ko']}"
    en = f"{first['en']}, then {then['en']} within {span(within, 'en')}, {recently(far, 'en')}"
    return {"ko": ko, "en": en}


def unfollowed(first: Said, then: Said, within: int, far: int | None) -> Said:
    """The one, but not the other."""
    ko = f"{recently(far, 'ko')} {first['ko']} 후 {span(within, 'ko')} 안에 {then['ko']} 안 함"
    en = f"{first['en']}, but did not {then['base']} within {span(within, 'en')}, {recently(far, 'en')}"
    return {"ko": ko, "en": en}
