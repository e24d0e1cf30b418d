"""The account that the fake providers know: its names and secrets, which open nothing but the fakes."""

from base64 import urlsafe_b64encode
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct, field

PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
OPEN = serialization.NoEncryption()


class Solapi(Struct, frozen=True):
    """SOLAPI's."""

    key: str = "NCSFAKEFAKEFAKE0"
    secret: str = "FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE"  # noqa: S105
    hook_secret: str = "solapi-hook-secret"  # noqa: S105
    account: str = "26112200000001"


class Nhn(Struct, frozen=True):
    """NHN Cloud's: KakaoTalk Bizmessage and SMS have each an appkey and a secret."""

    app_key: str = "kakaofakeappkey1"
    secret: str = "kakaofakesecret1"  # noqa: S105
    sms_app_key: str = "smsfakeappkey001"
    sms_secret: str = "smsfakesecret001"  # noqa: S105
    sender_key: str = "0123456789abcdef0123456789abcdef01234567"
    hook_secret: str = "nhn-hook-secret"  # noqa: S105


class Aligo(Struct, frozen=True):
    """Aligo's: `key` is that of both its texts and its Alimtalk."""

    key: str = "fakealigokey0000"
    user: str = "dangol"
    sender_key: str = "fedcba9876543210fedcba9876543210fedcba98"
    addresses: frozenset[str] = frozenset({"127.0.0.1", "::1"})


class Accounts(Struct, frozen=True, dict=True):
    """All of them. `numbers` are the registered numbers to send from, `free` those to refuse advertisements by."""

    solapi: Solapi = field(default_factory=Solapi)
    nhn: Nhn = field(default_factory=Nhn)
    aligo: Aligo = field(default_factory=Aligo)
    numbers: frozenset[str] = frozenset({"0212345678", "15771234", "0708001234"})
    free: frozenset[str] = frozenset({"0801234567", "0808001234"})
    project: str = "dangol-fake"
    email: str = "dangol@dangol-fake.iam.gserviceaccount.com"
    team: str = "FAKETEAM01"
    key_id: str = "FAKEKEY001"
    topic: str = "example.shop.app"

    @cached_property
    def google(self) -> rsa.RSAPrivateKey:
        """The key of the service account."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def apple(self) -> ec.EllipticCurvePrivateKey:
        """The key of the team."""
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def vapid(self) -> ec.EllipticCurvePrivateKey:
        """The shop's own key for web push."""
        return ec.generate_private_key(ec.SECP256R1())

    def vapid_key(self) -> str:
        """The shop's key as 32 bytes in base64url."""
        raw = self.vapid.private_numbers().private_value.to_bytes(32)
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    def service_account(self, base: str) -> dict[str, str]:
        """The file that Google gives for a service account, with `base` as the fake's address."""
        return {
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": "fake",
            "private_key": self.google.private_bytes(PEM, PKCS8, OPEN).decode(),
            "client_email": self.email,
            "token_uri": f"{base}/fcm/token",
        }

    def apple_key(self) -> str:
        """The .p8 file that Apple gives."""
        return self.apple.private_bytes(PEM, PKCS8, OPEN).decode()


def claims_of(token: str, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, algorithm: str) -> dict[str, Any]:
    """The claims of a token that was signed with the key's private half. Their times are not looked at: a fake has a
    clock of its own. Raises `jwt.InvalidTokenError`."""
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[algorithm],
        options={"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    return claims
