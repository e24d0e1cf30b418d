"""What a page is about, in the form in which a browser hands it back with the page's later requests. Pure.

Nothing vouches for it but the browser, which could as well have sent the events that it was made of.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

from dangol.definitions.model import Kind
from dangol.protocol.strict import decode
from dangol.protocol.text import clean

LONGEST = 200
ORDERED = 20
"""Products of the order just placed that are handed back."""

Text = Annotated[str, Meta(max_length=LONGEST)]
Money = Annotated[int, Meta(ge=0, le=1 << 53)]


class About(Struct, frozen=True, omit_defaults=True):
    """The product on screen with its price in minor units, the list's category, the words searched for, the order just
    placed with its value in minor units, and the kind of the page. What another version of dangol added is passed over.
    """

    product: Text = ""
    name: Text = ""
    brand: Text = ""
    category: Text = ""
    price: Money | None = None
    search: Text = ""
    ordered: Annotated[tuple[Text, ...], Meta(max_length=ORDERED)] = ()
    order_value: Money | None = None
    kind: Kind | None = None

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = About()
_decode = msgspec.json.Decoder(About).decode


def read(raw: Raw) -> About:
    """What a browser handed back, its texts cleaned. Raises `Invalid`."""
    if not raw:
        return NOTHING
    said = decode(_decode, bytes(raw))
    texts = {name: clean(getattr(said, name), LONGEST) for name in ("product", "name", "brand", "category", "search")}
    ordered = tuple(clean(product, LONGEST) for product in said.ordered)
    return msgspec.structs.replace(said, **texts, ordered=ordered)
