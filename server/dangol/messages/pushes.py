"""Notifications: what fits into a push. Pure.

FCM: 4,096 bytes of payload (firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode, INVALID_ARGUMENT), APNs the same.
Web push: push services take 4,096 bytes encrypted, about 3 kB of which are left for words (pushpad.xyz, 413).
"""

from collections.abc import Iterator

import msgspec

from dangol.definitions.templates import PushTemplate
from dangol.errors import Problem
from dangol.messages.buttons import address_problems
from dangol.messages.limits import Limit, too_many

LIMITS = {
    "payload, fcm": Limit(4096, "bytes"),
    "payload, apns": Limit(4096, "bytes"),
    "payload, webpush": Limit(3000, "bytes"),
}
ENVELOPE = 512
"""Bytes left to what a channel puts around the words: field names, the push's key, the device's address."""


def size(template: PushTemplate) -> int:
    """Bytes of what a notification says, as JSON."""
    said = [template.title, template.text, template.image, template.link, template.data]
    return len(msgspec.json.encode(said))


def most(device: str) -> int:
    """Bytes of what a notification says to a device of the kind; that of an unknown kind takes the least."""
    limit = LIMITS.get(f"payload, {device}", LIMITS["payload, webpush"])
    return limit.most - ENVELOPE


def problems(template: PushTemplate, device: str = "webpush") -> Iterator[Problem]:
    """What is wrong with a notification, in one language, to a `device` of the kind."""
    if template.link:
        yield from address_problems("link", template.link, is_web=False)
    if (found := size(template)) > most(device):
        yield too_many("text", found, "bytes", most(device), f" with title, link, image and data, for {device}")
