"""What has arrived at a provider, in one form for all of them."""

from typing import Literal

from msgspec import Struct, field

from dangol.fakes.faults import Provider
from dangol.fakes.numbers import Fate

Kind = Literal["sms", "lms", "mms", "alimtalk", "brand", "push"]
State = Literal["accepted", "delivered", "failed"]


class Button(Struct, frozen=True):
    """A button, and where it leads."""

    name: str
    kind: str = "WL"
    link: str = ""


class Row(Struct, frozen=True):
    """A line of a list: what, and how much; with a picture and a link in wide lists."""

    title: str
    text: str = ""
    image: str = ""
    link: str = ""


class Price(Struct, frozen=True):
    """A product's prices in won, `rate` in percent."""

    title: str
    regular: int
    sale: int | None = None
    rate: int | None = None
    off: int | None = None


class Coupon(Struct, frozen=True):
    """A coupon below a message."""

    title: str
    text: str = ""
    link: str = ""


class Card(Struct, frozen=True):
    """What a message shows besides its text; `cards` are those of a carousel."""

    header: str = ""
    title: str = ""
    subtitle: str = ""
    text: str = ""
    image: str = ""
    video: str = ""
    extra: str = ""
    items: list[Row] = field(default_factory=list)
    summary: Row | None = None
    highlight: Row | None = None
    wide: list[Row] = field(default_factory=list)
    price: Price | None = None
    buttons: list[Button] = field(default_factory=list)
    replies: list[Button] = field(default_factory=list)
    coupon: Coupon | None = None
    cards: list["Card"] = field(default_factory=list)
    more: str = ""


class Arrival(Struct, kw_only=True):
    """A message that a provider has accepted. `group` is what it came with, `place` its number there. `due` is the unix
    time from which the result is known (None: never), `key` what the sender calls it. `code` is the provider's word for
    the result and `form` its name of the kind. `replaces` is the message in whose place this one came, `told` how often
    the sender was told of it."""

    id: str
    provider: Provider
    kind: Kind
    to: str
    at: float
    due: float | None
    fate: Fate
    code: str
    group: str = ""
    place: int = 1
    sender: str = ""
    title: str = ""
    text: str = ""
    template: str = ""
    ad: bool = False
    key: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    price: float = 0.0
    card: Card | None = None
    form: str = ""
    link: str = ""
    replaces: str = ""
    told: int = 0

    def state(self, now: float) -> State:
        """Where it stands."""
        if self.due is None or now < self.due:
            return "accepted"
        return "delivered" if self.fate == "delivered" else "failed"


class Shown(Struct, frozen=True):
    """An arrival and where it stands: what `GET /arrived` answers."""

    arrival: Arrival
    state: State
