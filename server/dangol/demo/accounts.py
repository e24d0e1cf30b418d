"""The shop's customers, in memory: a demo forgets them when it stops."""

import hashlib
import hmac
import secrets
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter

import jwt

from dangol.demo.carts import Cart
from dangol.demo.history import sample

MOST = 2_000
TOKEN_LIFE = 3600
TOKEN_STEP = 600  # seconds in which a member's token stays the same, so that dangol need not check each anew
LONGEST_PASSWORD = 200

REGULAR = ("regular@ongi.example", "ongi-regular")
"""E-mail and password of a customer who is there from the start, with a real customer's orders."""


@dataclass(slots=True)
class Account:
    """A customer. `id` is the member id that dangol knows; `cart` is what was left when logging out. `phone` is empty
    where it was not told."""

    id: str
    email: str
    name: str
    grade: str
    salt: bytes
    password: bytes
    phone: str = ""
    cart: Cart = field(default_factory=Cart)

    def token(self, secret: str, now: float) -> str:
        """The signed identity for dangol (JWT, HS256), good for an hour at most."""
        claims = {"sub": self.id, "name": self.name, "grade": self.grade}
        return jwt.encode({**claims, "exp": int(now // TOKEN_STEP * TOKEN_STEP) + TOKEN_LIFE}, secret, "HS256")


class Accounts:
    """Customers by e-mail. Hashing takes tens of milliseconds: call `add` and `check` in a thread."""

    def __init__(self) -> None:
        self._by_email: dict[str, Account] = {}
        self._nobody = Account("", "", "", "", b"0123456789abcdef", b"")

    @property
    def full(self) -> bool:
        return len(self._by_email) >= MOST

    def __contains__(self, email: str) -> bool:
        return email.casefold() in self._by_email

    def add(
        self, email: str, password: str, name: str, phone: str = "", grade: str = "friend", id: str = ""
    ) -> Account:
        """A new customer; of two at once with the same e-mail, the first stays. Raises KeyError for the other."""
        salt = secrets.token_bytes(16)
        account = Account(id or f"ongi-{secrets.token_hex(6)}", email, name, grade, salt, _hash(password, salt), phone)
        if self._by_email.setdefault(email.casefold(), account) is not account:
            raise KeyError(email)
        return account

    def check(self, email: str, password: str) -> Account | None:
        """The customer whose password it is. It takes as long for an e-mail that nobody has."""
        account = self._by_email.get(email.casefold(), self._nobody)
        same = hmac.compare_digest(_hash(password, account.salt), account.password)
        return account if same and account is not self._nobody else None


def with_regular() -> Accounts:
    """Accounts with one customer in it, the regular."""
    accounts = Accounts()
    accounts.add(*REGULAR, "Jiwoo", "010-2345-6789", "gold", regular())
    return accounts


def regular() -> str:
    """The member id of the sample's customer who ordered most often."""
    return max(Counter(order.member for order in sample().orders).items(), key=itemgetter(1))[0]


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
