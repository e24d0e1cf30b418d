"""Asks for an e-mail address."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from dangol.plugin import Submission, Subscribe, Text, View, Widget


class Newsletter(Widget):
    """One field, one consent, and thanks."""

    name = "newsletter"
    version = "1.0"
    api = 1
    title = "Newsletter"
    slot = "corner"
    anchored = True

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What a campaign says. `consent` is what the shopper agrees to, and is kept as evidence."""

        consent: Text
        title: Text = "News from us"
        thanks: Text = "Thank you!"

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing for those who get it already, but thanks for those who have just asked for it."""
        sent = view.submission
        if sent is None and "email" in view.profile.subscriptions:
            return None
        return {"done": sent is not None and not sent.problems, "problems": sent.problems if sent else {}}

    def submit(self, params: Params, fields: Mapping[str, str]) -> Submission | None:
        """Without the tick nothing is kept. Whether the address is one, dangol says."""
        if fields.get("agreed") != "yes":
            return Submission(problems={"agreed": "Please tick the box."})
        address = Subscribe("email", fields.get("email", ""), params.consent, field="email")
        return Submission(subscriptions=[address])
