"""NHN Cloud's services: where messages go, and where they are listed. Data."""

from typing import NamedTuple

KAKAO = "https://kakaotalk-bizmessage.api.nhncloudservice.com"
SMS = "https://sms.api.nhncloudservice.com"


class Service(NamedTuple):
    """`app` and `secret` name the account's variables, ``{app}`` in the paths stands for the key. `once` tells that it
    refuses a call with an idempotency key that it has seen within ten minutes."""

    home: str
    send: str
    lists: str
    app: str
    secret: str
    once: bool
    dates: str


def _kakao(send: str, lists: str) -> Service:
    return Service(KAKAO, send, lists, "APP_KEY", "SECRET_KEY", True, "%Y-%m-%d %H:%M")


def _sms(form: str) -> Service:
    path = f"/sms/v3.0/appKeys/{{app}}/sender/{form}"
    return Service(SMS, path, path, "SMS_APP_KEY", "SMS_SECRET_KEY", False, "%Y-%m-%d %H:%M:%S")


UPLOAD = "/sms/v3.0/appKeys/{app}/attachfile/binaryUpload"
ALIMTALK = "/alimtalk/v2.3/appkeys/{app}"
BRAND = "/brand-message/v1.0/appkeys/{app}"

SERVICES: dict[str, Service] = {
    "alimtalk": _kakao(f"{ALIMTALK}/messages", f"{ALIMTALK}/messages"),
    "brand": _kakao(f"{BRAND}/freestyle-messages", f"{BRAND}/messages"),
    "brand-kept": _kakao(f"{BRAND}/basic-messages", f"{BRAND}/messages"),
    **{form: _sms(form) for form in ("sms", "mms", "ad-sms", "ad-mms")},
}
LISTED = {"brand-kept": "brand"}
"""Services whose messages are in another one's list."""

LISTS = ("alimtalk", "brand", "sms", "mms", "ad-sms", "ad-mms")
"""One service for each list."""
