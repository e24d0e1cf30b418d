"""Who is who: visitor tokens, member tokens and the keys of a site. Pure but for the randomness of new ids."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Annotated

import jwt
import msgspec
from msgspec import Meta, Struct

from dangol.protocol.text import clean

ID_BYTES = 11  # 88 bits, 15 characters
MAC_BYTES = 12  # 96 bits, 16 characters
LONGEST_LIFE = 30 * 86_400  # seconds; a member token that lives longer is as good as a password
LEEWAY = 30  # seconds between the shop's clock and ours


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # hostile text may hold half a character


def encoded(raw: bytes) -> str:
    """Base64 that may stand in addresses and cookies, without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Keys:
    """The secrets of one site, derived from the master secret so that none has to be stored."""

    server: str
    admin: str
    identity: str
    visitor: bytes
    members: bytes
    preview: bytes
    links: bytes
    addresses: bytes
    unsubscribe: bytes

    @classmethod
    def derive(cls, master: bytes, site: str) -> "Keys":
        """The keys of `site`; a new master secret changes them all."""

        def key(purpose: str) -> bytes:
            return hmac.digest(master, f"dangol:{site}:{purpose}".encode(), "sha256")

        return cls(
            server="sk_" + encoded(key("server")),
            admin="ak_" + encoded(key("admin")),
            identity="id_" + encoded(key("identity")),
            visitor=key("visitor"),
            members=key("members"),
            preview=key("preview"),
            links=key("links"),
            addresses=key("addresses"),
            unsubscribe=key("unsubscribe"),
        )


def new_visitor(keys: Keys, first: str = "") -> str:
    """A profile id for an unknown browser, made of what only it can send a second time: its first event's id and its
    address. A first request whose answer was lost, and that comes again, is then the same visitor. Else random."""
    if not first:
        return "v" + encoded(secrets.token_bytes(ID_BYTES))
    return "v" + encoded(hashlib.blake2b(_bytes(first), key=keys.visitor, digest_size=ID_BYTES).digest())


def member_profile(keys: Keys, member: str) -> str:
    """The profile id of a member: always the same, and not to be guessed from the member id."""
    return "m" + encoded(hashlib.blake2b(_bytes(member), key=keys.members, digest_size=ID_BYTES).digest())


def address_mark(keys: Keys, address: str) -> str:
    """What stands for a phone number or an e-mail address, in its normal form, where it must be found again but not be
    read."""
    return encoded(hashlib.blake2b(_bytes(address), key=keys.addresses, digest_size=MAC_BYTES).digest())


def pseudonym(salt: bytes, who: str) -> str:
    """A profile id that nobody can make again, or tell whose it was, once `salt` is gone."""
    return "a" + encoded(hashlib.blake2b(_bytes(who), key=salt, digest_size=ID_BYTES).digest())


def sign(keys: Keys, profile: str) -> str:
    """The visitor token: the profile id and its signature."""
    return f"{profile}.{_mac(keys.visitor, profile)}"


def verify(secret: bytes, token: str) -> str | None:
    """The profile id of a visitor token, or None for one that was not signed with `secret` (`Keys.visitor`)."""
    profile, dot, mac = token.partition(".")
    if not dot or not hmac.compare_digest(_bytes(mac), _mac(secret, profile).encode()):
        return None
    return profile


def _mac(secret: bytes, profile: str) -> str:
    return encoded(hmac.digest(secret, _bytes(profile), "sha256")[:MAC_BYTES])


Short = Annotated[str, Meta(max_length=100)]


class Identity(Struct, frozen=True):
    """What the shop has signed about the shopper in front of the page. Unknown claims are ignored, as JWT wants."""

    sub: Annotated[str, Meta(min_length=1, max_length=100)]
    exp: int
    name: Short = ""
    grade: Short = ""
    sex: Short = ""
    birthday: Annotated[str, Meta(pattern=r"^((\d{4}-)?\d{2}-\d{2})?\Z")] = ""


class Refused(ValueError):
    """A member token that can't be believed; the text tells why."""


def read_member(keys: Keys, token: str) -> Identity:
    """The identity that the shop signed, whose life is still to be checked. Raises `Refused` when it is forged,
    malformed or has no expiry."""
    try:
        claims = jwt.decode(
            token,
            keys.identity,
            algorithms=["HS256"],
            options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        identity = msgspec.convert(claims, Identity)
    except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
        raise Refused(f"member token: {error}") from None
    # The shop signed them, but customers chose them.
    shown = {name: clean(getattr(identity, name), 100) for name in ("name", "grade", "sex")}
    return msgspec.structs.replace(identity, **shown)


def check_life(identity: Identity, now: float) -> None:
    """Raises `Refused` for an identity that is over, or that would live too long."""
    if identity.exp < now - LEEWAY:
        raise Refused(f"member token: expired {int(now - identity.exp)} s ago; sign a new one")
    if identity.exp > now + LONGEST_LIFE:
        raise Refused(f"member token: expires in more than {LONGEST_LIFE // 86_400} days; sign one for less")
