"""A push request as the outbox keeps it: a cause and a recipient. What it says is worked out when it is sent. Pure."""

from typing import Literal

from msgspec import Struct, field

from dangol.definitions.model import MessageUse

Origin = Literal["trigger", "schedule", "manual", "notice", "api", "test"]

State = Literal[
    "queued", "held", "claimed", "sending", "accepted", "delivered", "failed", "refused", "unknown", "parked"
]
"""queued: waits for its time. held: the contact policy lets it wait, until when and why is told. claimed: a worker
looks at it; sending: the provider is being asked. accepted: the provider has it. delivered, failed: the provider says
so. refused: the contact policy says never. unknown: it may have been sent. parked: it could not be handled."""

WAITING = frozenset({"queued", "held", "claimed", "sending"})
FINAL = frozenset({"delivered", "failed", "refused", "unknown", "parked"})


class Push(Struct, array_like=True, frozen=True, gc=False):
    """One message for one recipient, stored by place: fields are only ever added at the end.

    `campaign` is the campaign, or the id of a manual send. The message is that campaign's or send's own, unless the
    request brings one along (`use`: those of the API and tests). `to` is an address that the shop gave for this very
    request; else it is the consent's or the member's. `variables` are the cause's own, such as a row of a file.
    `counted` tells that the decision to send it counted already towards the recipient's limits. `step` is 1 for the
    fallback of another request, whose key is `before`. `slot` is the schedule's, unix seconds."""

    key: str
    site: str
    cause: str
    origin: Origin
    campaign: str = ""
    profile: str = ""
    member: str = ""
    to: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    language: str = ""
    arm: str = ""
    use: MessageUse | None = None
    counted: bool = False
    step: int = 0
    before: str = ""
    slot: int = 0
