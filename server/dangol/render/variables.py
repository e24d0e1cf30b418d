"""What a marketer's text may name of the shopper, and what it is for one of them. Pure.

Personal values are told only where the page carried the shop's signature for this very member: whoever holds the
browser is not yet the member. docs/variables.md is the marketer's page.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from dangol.definitions.model import Site, Trait
from dangol.plugin import Product, Request
from dangol.profile.model import Coupon, Member, Profile
from dangol.profile.traits import held
from dangol.render.formats import Time, Value
from dangol.render.money import Money


class Shopper(Protocol):
    """Whom a text is written for, on the page in front of them."""

    @property
    def site(self) -> Site: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def request(self) -> Request: ...
    @property
    def product(self) -> Product | None: ...


class Variable(NamedTuple):
    """`kind` is one of `formats.FORMATS`; `of` gives the value, None where it is not known."""

    kind: str
    ko: str
    en: str
    of: Callable[[Shopper], Value | None]


def _member(of: Callable[[Member], Value | None]) -> Callable[[Shopper], Value | None]:
    """Only for whom the shop has just signed."""

    def told(shopper: Shopper) -> Value | None:
        member = shopper.profile.member
        return of(member) if member is not None and shopper.request.verified else None

    return told


def _own(of: Callable[[Shopper], Value | None]) -> Callable[[Shopper], Value | None]:
    """What this browser did itself; of a member's profile only with the signature."""

    def told(shopper: Shopper) -> Value | None:
        profile = shopper.profile
        is_own = shopper.request.verified if profile.member else not profile.anonymous
        return of(shopper) if is_own else None

    return told


def _coupon(of: Callable[[Coupon], Value | None]) -> Callable[[Shopper], Value | None]:
    """Of the coupon that ends first among those that can still be used."""

    def told(shopper: Shopper) -> Value | None:
        usable = _usable(shopper)
        return of(min(usable, key=lambda each: (not each.expires, each.expires))) if usable else None

    return told


def _usable(shopper: Shopper) -> list[Coupon]:
    member = shopper.profile.member
    if member is None or not shopper.request.verified:
        return []
    return [each for each in member.coupons if not each.expires or each.expires > shopper.request.now]


def _product(shopper: Shopper) -> str | None:
    return shopper.product.name if shopper.product else None


def _price(shopper: Shopper) -> Money | None:
    price = shopper.product.price_at(shopper.request.now) if shopper.product else 0
    return Money(price) if price else None


def _cart_count(shopper: Shopper) -> int:
    return sum(line.quantity for line in shopper.profile.cart)


def _last_order(shopper: Shopper) -> Time | None:
    return _time(shopper.profile.last_order_at)


def _time(at: int) -> Time | None:
    return Time(at) if at else None


VARIABLES = {
    "name": Variable("text", "회원 이름", "the member's name", _member(lambda member: member.name)),
    "grade": Variable("text", "회원 등급", "the member's grade", _member(lambda member: member.grade)),
    "coupon": Variable("text", "쿠폰 이름", "name of the coupon", _coupon(lambda one: one.name)),
    "coupon_code": Variable("text", "쿠폰 번호", "the coupon's id", _coupon(lambda one: one.id)),
    "coupon_expires": Variable("time", "쿠폰 만료일", "when the coupon ends", _coupon(lambda one: _time(one.expires))),
    "coupons": Variable("number", "쓸 수 있는 쿠폰 수", "number of usable coupons", lambda one: len(_usable(one))),
    "cart_total": Variable("money", "장바구니 합계", "total of the cart", lambda one: Money(one.profile.cart_total)),
    "cart_count": Variable("number", "장바구니 수량", "number of items in the cart", _cart_count),
    "product": Variable("text", "보고 있는 상품", "the product on screen", _product),
    "price": Variable("money", "보고 있는 상품의 가격", "its price", _price),
    "orders": Variable("number", "주문 횟수", "number of orders", _own(lambda one: one.profile.orders)),
    "last_order": Variable("time", "마지막 주문일", "day of the last order", _own(_last_order)),
}  # fmt: skip
"""What every text may name. Traits of the site are `trait.<id>`, and a widget may add its own."""

TRAIT = "trait."


def value(name: str, shopper: Shopper) -> Value | None:
    """What a variable is for this shopper."""
    if name in VARIABLES:
        return VARIABLES[name].of(shopper)
    trait = next((each for each in shopper.site.traits if TRAIT + each.id == name), None)
    return _own(lambda one: _trait(one, trait))(shopper) if trait else None


def _trait(shopper: Shopper, trait: Trait) -> Value | None:
    told = held(shopper.profile, trait)
    return Time(told) if trait.type == "time" and isinstance(told, int) else told


def kinds(traits: Iterable[Trait] = (), own: Collection[str] = ()) -> dict[str, str]:
    """The kind of every variable that a text may name. `own` are a widget's: with their kinds, or texts."""
    mine = own if isinstance(own, Mapping) else dict.fromkeys(own, "text")
    return {
        **{name: each.kind for name, each in VARIABLES.items()},
        **{TRAIT + each.id: each.type for each in traits},
        **mine,
    }
