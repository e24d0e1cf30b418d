"""What events are called, Korean and English."""

from collections.abc import Mapping

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

NAMES: Mapping[str, tuple[str, str]] = {event: (ko, past) for event, (ko, past, _) in EVENTS.items()}
