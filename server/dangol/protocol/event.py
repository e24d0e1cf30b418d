"""The event in its one normal form: what the log stores, `reduce` reads and plugins receive."""

from msgspec import Struct, field

Scalar = str | int | float | bool
Value = Scalar | list[str]

PAGE_EVENTS = frozenset({"page_view"})
CART_EVENTS = frozenset({"add_to_cart", "remove_from_cart", "view_cart"})
REACTION_EVENTS = frozenset({"widget_view", "widget_click", "widget_close", "widget_later", "widget_submit"})
SHOP_EVENTS = frozenset(
    {"view_item", "view_item_list", "search", "add_to_wishlist", "remove_from_wishlist", "begin_checkout"}
    | {"purchase", "refund", "sign_up", "login", "withdraw", "traits"}
)
STANDARD_EVENTS = PAGE_EVENTS | CART_EVENTS | REACTION_EVENTS | SHOP_EVENTS


class Item(Struct, array_like=True, frozen=True, gc=False):
    """A product line of an event. `price` is one unit's, in minor units of the site's currency."""

    id: str
    name: str = ""
    price: int | None = None
    quantity: int = 1
    category: str = ""
    brand: str = ""


class Event(Struct, array_like=True, frozen=True):
    """Something that a shopper did, checked and normalised.

    `at` is unix milliseconds with the browser's clock skew taken out. `page` is the path and query of the
    page it happened on. `value` is money in minor units. `key` is what makes the event one of a kind within
    its name: the order number of a purchase, the words of a search, the exposure of a widget event. Only the traits of
    a `traits` event are lists.
    """

    id: str
    name: str
    at: int
    page: str = ""
    items: list[Item] = field(default_factory=list)
    value: int | None = None
    key: str = ""
    props: dict[str, Value] = field(default_factory=dict)


class Decided(Struct, array_like=True, frozen=True, gc=False):
    """A decision of a campaign that the log keeps: `kind` is show, holdout or message. `arm` is holdout, a variant, or
    "on" where there are none; `first` tells that the shopper enters the campaign with it, being in `segments` of those
    that its report is split by."""

    campaign: str
    kind: str
    key: str
    arm: str = ""
    first: bool = False
    segments: tuple[str, ...] = ()


class Credit(Struct, array_like=True, frozen=True, gc=False):
    """An order put down to a campaign, or with a negative `value` and `orders` its cancellation. `entered_at` is when
    the shopper entered it (unix seconds); `orders_before` and `revenue_before` are what had been put down to it for
    this shopper. Money in minor units."""

    campaign: str
    arm: str
    entered_at: int
    orders: int
    value: int
    orders_before: int
    revenue_before: int
    segments: tuple[str, ...] = ()


class Head(Struct, array_like=True, frozen=True, gc=False):
    """The beginning of an `Entry`, where that is all that is asked for: reading it is much quicker."""

    site: str
    profile: str
    member: str
    at: int


class Entry(Struct, array_like=True, frozen=True):
    """One entry of the event log: what one profile did in one request, and what was decided on it.

    `at` is the server's clock, unix milliseconds. `member` is empty for a visitor who is not a member.
    """

    site: str
    profile: str
    member: str
    at: int
    events: list[Event]
    decided: list[Decided] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
