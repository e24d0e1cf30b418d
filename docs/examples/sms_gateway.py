"""Text messages through a provider's HTTP interface."""

import hmac
import os
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from dangol.plugin import Channel, Failure, Hook, PushRequest, Receipt, Sent, Told, Untrusted, templates

FAILURES: dict[str, Failure] = {
    "no_such_number": "bad_address",
    "phone_off": "not_reachable",
    "no_credit": "balance",
    "stopped": "opted_out",
}
"""What the provider's codes mean, as data: it grows, and nothing else does."""


class SmsGateway(Channel):
    """Sends texts. Its provider takes 100 in one call, keeps the id that we give to each, and signs its hooks."""

    name = "sms_gateway"
    version = "2.0"
    api = 1
    title = "Text message"
    kinds = ("text",)
    most = 100
    rate = 50

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What a sender says. The provider's address and key are no parameters: they come from the environment."""

        number: str

    async def send_many(self, params: Params, requests: Sequence[PushRequest]) -> Sequence[Receipt]:
        """One call for all. What it raises leaves open whether the provider took them, and dangol looks them up."""
        messages = [
            {"id": each.key, "from": params.number, "to": each.to, "text": each.content.text}
            for each in requests
            if isinstance(each.content, templates.TextTemplate)
        ]
        answer = await self._call("POST", "/messages", json=messages)
        if answer.status_code == 429:  # surely not taken
            pause = float(answer.headers.get("Retry-After", 10))
            return [Receipt("retry", "too many calls", retry_after=pause, failure="too_fast")] * len(requests)
        told = answer.raise_for_status().json()
        return [self._receipt(told.get(each.key, {})) for each in requests]

    async def look_up(self, params: Params, sent: Sequence[Sent]) -> Sequence[Receipt | None]:
        """By our key. What the provider does not know it never got, and it may be sent again."""
        answer = await self._call("GET", "/messages", params={"id": [each.request.key for each in sent]})
        told = answer.raise_for_status().json()
        return [
            self._receipt(told[each.request.key]) if each.request.key in told else Receipt("retry", "it never came")
            for each in sent
        ]

    def told(self, params: Params, hook: Hook) -> Sequence[Told]:
        """Results, as the provider posts them. Nobody else knows the secret."""
        expected = hmac.new(os.environ["SMS_GATEWAY_HOOK_SECRET"].encode(), hook.body, "sha256").hexdigest()
        if not hmac.compare_digest(hook.headers.get("x-signature", "").encode(), expected.encode()):
            raise Untrusted("X-Signature is not the body's")
        reports = msgspec.json.decode(hook.body, type=dict[str, dict[str, str]])
        return [Told(self._receipt(report), key) for key, report in reports.items()]

    def _receipt(self, report: dict[str, str]) -> Receipt:
        state, code = report.get("state"), report.get("code", "")
        if state == "failed":
            return Receipt("failed", f"the provider says {code}", failure=FAILURES.get(code, "other"), code=code)
        if state == "delivered":
            return Receipt("delivered", provider_id=report.get("number", ""))
        if state == "accepted":
            return Receipt("accepted", provider_id=report.get("number", ""))
        return Receipt("unknown", "the provider says nothing of it")

    async def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {os.environ['SMS_GATEWAY_KEY']}"}
        async with httpx.AsyncClient(timeout=8, trust_env=False) as client:
            return await client.request(method, os.environ["SMS_GATEWAY_URL"] + path, headers=headers, **more)
