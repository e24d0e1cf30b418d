"""What goes wrong on request: so many times, or for a share of requests, the same in every run with the same seed."""

import random
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

Provider = Literal["solapi", "nhn", "aligo", "fcm", "apns", "webpush"]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)

OfRequest = Literal[
    "timeout", "timeout_after_accept", "cut_after_accept", "garbled", "429", "500", "503", "no_balance", "wrong_balance"
]
OfMessage = Literal["not_kakao", "blocked", "bad_number", "off", "spam", "opted_out", "night", "unknown", "dead_token"]
OfHook = Literal["late_hook", "double_hook", "lost_hook"]
Name = Literal[OfRequest, OfMessage, OfHook]
Doing = Literal["send", "look_up"]
NAMES: tuple[Name, ...] = (*get_args(OfRequest), *get_args(OfMessage), *get_args(OfHook))


class Fault(Struct, forbid_unknown_fields=True):
    """`fault` happens at `provider` ("": at every one) the next `times`, or for a `share` of requests, messages or
    hooks; without either until it is taken back. `seconds` is how long an answer or a hook waits, or what Retry-After
    says. `on` tells whether it happens to requests that send, that look up, or to both."""

    fault: Name
    provider: Literal[Provider, ""] = ""
    times: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    share: Annotated[float, Meta(gt=0, le=1)] | None = None
    seconds: Annotated[float, Meta(ge=0, le=3600)] | None = None
    on: Literal["send", "look_up", "any"] = "send"


class Faults:
    """The faults that are switched on, in the order in which they were."""

    def __init__(self, seed: int = 0) -> None:
        self.on: list[Fault] = []
        self._random = random.Random(seed)  # noqa: S311  (to be repeatable, not secret)

    def add(self, fault: Fault) -> None:
        """Switch one on."""
        self.on.append(fault)

    def clear(self) -> None:
        """Take all back."""
        self.on.clear()

    def strikes(self, provider: Provider, name: Name, doing: Doing = "send") -> Fault | None:
        """The fault, if it happens this time; each asking counts."""
        for fault in self.on:
            if fault.fault != name or fault.provider not in ("", provider) or fault.on not in ("any", doing):
                continue
            if fault.share is not None and self._random.random() >= fault.share:
                continue
            if fault.times is not None:
                fault.times -= 1
                if not fault.times:
                    self.on.remove(fault)
            return fault
        return None
