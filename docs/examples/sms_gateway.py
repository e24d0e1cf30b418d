"""Text messages through a provider's HTTP interface."""

import os

import httpx
from msgspec import Struct

from dangol.plugin import Channel, PushRequest, Receipt, Url


class SmsGateway(Channel):
    """Sends a text in which ``#{name}`` and the like stand for the request's variables."""

    name = "sms_gateway"
    version = "1.0"
    api = 1
    title = "Text message"
    idempotent = True  # this provider keeps Idempotency-Key for 24 hours

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What a campaign says. The key to the provider is no parameter: it comes from the environment."""

        address: Url
        text: str

    async def send(self, params: Params, request: PushRequest) -> Receipt:
        """2xx is accepted, 4xx will not get better, all else may."""
        phone = request.recipient.get("phone")
        if not phone:
            return Receipt("failed", reason="the member has no phone number")
        text = params.text
        for name, value in request.variables.items():
            text = text.replace(f"#{{{name}}}", value)
        headers = {
            "Authorization": f"Bearer {os.environ['SMS_GATEWAY_KEY']}",
            "Idempotency-Key": request.key,
        }
        async with httpx.AsyncClient(timeout=8) as client:
            answer = await client.post(params.address, json={"to": phone, "text": text}, headers=headers)
        if answer.is_success:
            return Receipt("accepted", provider_id=answer.headers.get("Message-Id", ""))
        reason = f"the provider answered {answer.status_code}"
        if answer.is_client_error and answer.status_code != 429:
            return Receipt("failed", reason=reason)
        return Receipt("retry", reason=reason)
