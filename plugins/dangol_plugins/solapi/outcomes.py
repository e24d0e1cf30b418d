"""SOLAPI's codes, as data. Pure.

`MESSAGES` after https://github.com/solapi/documents, api-reference/message-status-codes.md. `CALLS` are the errors of
whole calls: those of the signature after https://developers.solapi.dev/references/authentication/api-key, the others as
seen in public code.
"""

from dangol.plugin import Receipt
from dangol_plugins.outcomes import Meaning, Table, failed

TAKEN = frozenset({"", "2000", "3000"})
DELIVERED = "4000"
NEVER_KNOWN = "3014"

MESSAGES: Table = {
    "1010": Meaning("content", "something that SOLAPI needs is missing"),
    "1011": Meaning("content", "SOLAPI can't read a part of the message"),
    "1013": Meaning("content", "a short text has no subject"),
    "1014": Meaning("content", "the subject is longer than 40 bytes"),
    "1020": Meaning("account", "the account is unknown, or its key is wrong"),
    "1023": Meaning("content", "SOLAPI does not have the image"),
    "1024": Meaning("provider", "SOLAPI has failed"),
    "1025": Meaning("content", "SOLAPI does not know this type of message"),
    "1026": Meaning("duplicate", "the number comes twice in one call"),
    "1027": Meaning("content", "the text is not in UTF-8"),
    "1028": Meaning("content", "the text has characters that can't be shown"),
    "1029": Meaning("content", "the text has characters that are not in EUC-KR"),
    "1030": Meaning("balance", "no money is left on the account"),
    "1031": Meaning("content", "the text is too long"),
    "1032": Meaning("content", "SOLAPI does not take our key along"),
    "1033": Meaning("content", "a text can't have Kakao's options"),
    "1034": Meaning("content", "SOLAPI does not have the image"),
    "1041": Meaning("account", "the Kakao channel is unknown"),
    "1042": Meaning("content", "the template is unknown"),
    "1043": Meaning("content", "the message is not as the template was approved"),
    "1044": Meaning("content", "a button is not as it must be"),
    "1045": Meaning("content", "the link of a button is not as it must be"),
    "1046": Meaning("content", "the template's buttons are missing"),
    "1047": Meaning("content", "the template has no buttons"),
    "1048": Meaning("content", "the link of a button is too long"),
    "1049": Meaning("content", "the name of a button is longer than 14 characters"),
    "1050": Meaning("content", "there are more than 5 buttons"),
    "1051": Meaning("content", "SOLAPI does not have the image"),
    "1052": Meaning("content", "the buttons are not in the template's order"),
    "1053": Meaning("content", "this message can't have a button for tracking parcels"),
    "1058": Meaning("provider", "SOLAPI has no way to send it"),
    "1060": Meaning("blocked", "the number is blocked"),
    "1061": Meaning("opted_out", "the recipient has refused advertisements by the free number"),
    "1062": Meaning("account", "the number to send from is not registered"),
    "1064": Meaning("account", "the number to send from is blocked after a complaint to KISA"),
    "2011": Meaning("content", "SOLAPI can't read a part of the message"),
    "2024": Meaning("provider", "SOLAPI has failed"),
    "2060": Meaning("blocked", "the number is blocked"),
    "2061": Meaning("opted_out", "the recipient has refused advertisements by the free number"),
    "2062": Meaning("account", "the number to send from is not registered"),
    "2063": Meaning("account", "the account is blocked"),
    "2064": Meaning("account", "the number to send from is blocked after a complaint to KISA"),
    "2230": Meaning("balance", "no money is left on the account"),
    "2254": Meaning("blocked", "SOLAPI takes it for spam"),
    "3010": Meaning("bad_address", "the recipient's number is none"),
    "3011": Meaning("content", "the carrier can't read a part of the message"),
    "3012": Meaning("provider", "the carrier has failed"),
    "3013": Meaning("account", "the number to send from is not as the rules say"),
    "3024": Meaning("provider", "the carrier has failed"),
    "3031": Meaning("other", "the carrier can't send it"),
    "3032": Meaning("bad_address", "nobody has the number"),
    "3040": Meaning("not_reachable", "the phone could not be reached in time"),
    "3041": Meaning("not_reachable", "the phone is busy"),
    "3042": Meaning("not_reachable", "the phone is out of coverage"),
    "3043": Meaning("not_reachable", "the phone is off"),
    "3044": Meaning("not_reachable", "the phone has no room for messages"),
    "3045": Meaning("not_reachable", "the number is out of service for a time"),
    "3046": Meaning("not_reachable", "the phone does not take it"),
    "3047": Meaning("blocked", "the recipient refuses messages"),
    "3048": Meaning("other", "the carrier gives no reason"),
    "3050": Meaning("not_reachable", "the phone takes no texts"),
    "3051": Meaning("not_reachable", "the phone can't be called"),
    "3052": Meaning("provider", "the carrier has deleted it"),
    "3053": Meaning("provider", "the carrier's queue is full"),
    "3054": Meaning("blocked", "the carrier takes it for spam"),
    "3055": Meaning("blocked", "the number is on the list of nospam.or.kr"),
    "3056": Meaning("provider", "the carrier could not send it"),
    "3057": Meaning("provider", "the carrier could not hand it to the phone"),
    "3058": Meaning("provider", "the carrier has no way to send it"),
    "3059": Meaning("account", "the number to send from is taken for a forged one"),
    "3060": Meaning("other", "the recipient is not verified as an adult"),
    "3101": Meaning("account", "the Kakao channel's profile is not valid"),
    "3102": Meaning("not_reachable", "the recipient is no friend of the Kakao channel"),
    "3103": Meaning("content", "the message is not as the template was approved"),
    "3104": Meaning("not_reachable", "the recipient does not use KakaoTalk"),
    "3105": Meaning("content", "the template is unknown"),
    "3106": Meaning("account", "the Kakao channel is not valid"),
    "3107": Meaning("not_reachable", "the recipient has not used KakaoTalk lately, or has blocked the channel"),
    "3108": Meaning("night", "Kakao does not send it at this time of the day"),
}

CALLS: Table = {
    "RequestTimeTooSkewed": Meaning("account", "this server's clock is more than 15 minutes wrong; set it, as by NTP"),
    "InvalidDate": Meaning("account", "SOLAPI can't read the time of the call"),
    "DuplicatedSignature": Meaning("provider", "SOLAPI takes the call for one that it had already"),
    "InvalidAPIKey": Meaning("account", "SOLAPI does not know the API key"),
    "InvalidSalt": Meaning("account", "SOLAPI does not take the call's salt"),
    "SignatureDoesNotMatch": Meaning("account", "the API secret is wrong"),
    "Unauthorized": Meaning("account", "SOLAPI does not let this account in"),
    "Forbidden": Meaning("account", "SOLAPI does not allow this to the account"),
    "NotEnoughBalance": Meaning("balance", "no money is left on the account"),
    "TooManyRequests": Meaning("too_fast", "SOLAPI wants fewer calls"),
    "ValidationError": Meaning("content", "SOLAPI can't read a message of the call"),
}
BY_STATUS = {401: "Unauthorized", 402: "NotEnoughBalance", 403: "Forbidden"}
"""How an error is read that is not in `CALLS`; all others are taken for mistakes in the messages."""


def outcome(code: str, provider_id: str) -> Receipt:
    """What SOLAPI says of a message that it has taken."""
    if code in TAKEN:
        return Receipt("accepted", provider_id=provider_id, code=code)
    if code == DELIVERED:
        return Receipt("delivered", provider_id=provider_id, code=code)
    if code == NEVER_KNOWN:
        return Receipt("unknown", f"the carrier does not know what became of it ({code})", provider_id, code=code)
    return failed(MESSAGES, code, provider_id)
