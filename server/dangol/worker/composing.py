"""What a channel is given: a request that may go, filled for its recipient. Pure."""

from typing import NamedTuple

from dangol.engine import Looked, Sending
from dangol.errors import Invalid, Problem
from dangol.messages import filling, unsubscribing
from dangol.messages.filling import Whom
from dangol.messages.kinds import PAID
from dangol.messages.links import Shortener
from dangol.messages.policy import Case, Go
from dangol.messages.push import Push
from dangol.plugin import PushRequest
from dangol.profile.model import Profile
from dangol.store.rows import Row
from dangol.worker.outcomes import Try
from dangol.worker.ways import Way


class Ready(NamedTuple):
    """A request that may go. `price` is what it will cost at most, thousandths. `case` is what was judged of it, by the
    profile that was `looked` at; None where the request names none that is somebody's."""

    row: Row
    way: Way
    request: PushRequest
    price: int
    case: Case
    looked: Looked | None

    @property
    def sending(self) -> Sending:
        """What its recipient's profile counts."""
        push, case = self.row.push, self.case
        return Sending(push.campaign, push.key, case.now, case.is_ad, push.arm)

    @property
    def counts(self) -> bool:
        """Whether it has to be counted on its recipient's profile before it goes."""
        return not self.case.counted and not self.case.test and bool(self.row.push.profile)

    @property
    def tried(self) -> Try:
        """The attempt that it is about to make."""
        return tried(self.row, self.way, self.row.attempts + 1, self.price)


def tried(row: Row, way: Way, attempts: int, price: int = 0) -> Try:
    """An attempt at a row by its way."""
    channel = way.channel
    return Try(row, attempts, channel.idempotent, way.looks_up, channel.keeps_trying, price, way.use.fallback)


def composed(row: Row, way: Way, looked: Looked | None, case: Case, go: Go, shorten: Shortener) -> Ready:
    """The request as the channel gets it, with its price. Raises Invalid where it can't be filled, and where a budget
    would have to hold what costs nobody knows what."""
    push, profile, runtime = row.push, case.profile, way.runtime
    site = runtime.site
    language = push.language or (profile.environment.language if profile else "")
    language = language if language in ("ko", "en") else site.language
    whom = Whom(site, profile, language, case.now, "" if push.to else go.to)
    template, form = None, way.kind
    unsubscribe = unsubscribing.address(shorten.base, runtime.keys, case.channel, push) if case.is_ad else ""
    if way.route.template is None:
        variables = {**_name(profile), **filling.values(way.use.fill, push.variables, whom)}
    else:
        template, variables, form = filling.filled(
            way.route.template,
            whom,
            case.contact,
            fill=way.use.fill,
            variables=push.variables,
            shorten=shorten,
            unsubscribe=unsubscribe,
            device=way.channel.device,
            test=case.test,
        )
    if way.kind in PAID and way.limits.is_set and form not in way.route.prices:
        by = way.route.sender or way.route.channel
        raise Invalid([Problem(f"senders.{by}.prices.{form}", "", "given: a budget counts in it")])
    recipient = recipient_of(push, profile)
    request = PushRequest(
        push.key, push.site, push.cause, push.member, recipient, variables, row.attempts + 1, go.to, go.devices,
        template, unsubscribe,
    )  # fmt: skip
    return Ready(row, way, request, way.route.price(form), case, looked)


def _name(profile: Profile | None) -> dict[str, str]:
    member = profile.member if profile else None
    return {"name": member.name} if member and member.name else {}


def recipient_of(push: Push, profile: Profile | None) -> dict[str, str]:
    """How the recipient can be reached, without what is not known."""
    member = profile.member if profile else None
    known = {"member": push.member or (member.id if member else ""), "to": push.to}
    if member:
        known |= {"phone": member.phone, "email": member.email}
    return {name: value for name, value in known.items() if value}
