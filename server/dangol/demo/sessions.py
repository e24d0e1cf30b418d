"""Who is in the shop: a signed cookie names a session, which lives in memory."""

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from dangol.demo.accounts import Account
from dangol.demo.calls import Call
from dangol.demo.carts import Cart, Placed

MOST = 5_000


@dataclass(slots=True)
class Session:
    """`told` are calls that the next page makes, because the answer to what caused them was a redirect."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    cart: Cart = field(default_factory=Cart)
    account: Account | None = None
    placed: Placed | None = None
    told: list[Call] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.cart.pieces or self.account or self.placed or self.told)


class Sessions:
    """Sessions by id; when there are too many, the one that was away longest is forgotten."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), b"shop session", "sha256")
        self._kept: OrderedDict[str, Session] = OrderedDict()

    def find(self, cookie: str) -> Session:
        """The session that a cookie names, a new one where there is none."""
        id, _, mac = cookie.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(id).encode()) or id not in self._kept:
            return Session()
        self._kept.move_to_end(id)
        return self._kept[id]

    def keep(self, session: Session) -> str:
        """Remember a session; the cookie that names it."""
        self._kept[session.id] = session
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return f"{session.id}.{self._mac(session.id)}"

    def drop(self, session: Session) -> None:
        """Forget a session, so that its cookie names nothing any more."""
        self._kept.pop(session.id, None)

    def _mac(self, id: str) -> str:
        return hmac.new(self._key, id.encode(), "sha256").hexdigest()
