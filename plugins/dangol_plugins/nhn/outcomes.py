"""NHN Cloud's codes, as data. Pure.

`CALLS` are the codes of calls and of recipients that a call does not take, `RESULTS` those of messages: for Kakao after
TOAST-DOCS/Alimtalk `error-code.md`, for texts after TOAST-DOCS/SMS `error-code.md`. The two services use the same
numbers for different things.
"""

from collections.abc import Mapping

from dangol.plugin import Receipt
from dangol_plugins.outcomes import Meaning, Table, failed, plain

TAKEN = frozenset({"0", "200"})
"""A recipient is taken in; the guide of brand messages has it as 200."""

SUCCESS = "1000"
SEEN = "-1005"
"""A call of KakaoTalk Bizmessage came with an idempotency key that was used before. (For SMS: a search is wrong.)"""


ENDS = {"CANCEL": "cancelled at NHN Cloud", "4": "cancelled at NHN Cloud"}
TWICE = frozenset({"DUPLICATED", "5"})


KAKAO_CALLS: Table = {
    "4": Meaning("content", "NHN Cloud does not take a field of the call"),
    "-1000": Meaning("account", "the appkey is wrong"),
    "-1001": Meaning("account", "the secret key is wrong"),
    "-1006": Meaning("account", "the profile has no senderKey"),
    "-1027": Meaning("account", "the profile is blocked"),
    "-1028": Meaning("content", "a variable is longer than the 14 characters that new accounts may have"),
    "-1030": Meaning("account", "the account is not verified yet"),
    "-2000": Meaning("content", "a field is too long"),
    "-2001": Meaning("content", "a field is missing"),
    "-2002": Meaning("content", "a field is missing"),
    "-2003": Meaning("content", "a field is too short"),
    "-2004": Meaning("content", "a field is too long or too short"),
    "-2005": Meaning("content", "a field is too large"),
    "-2017": Meaning("account", "the profile is unknown"),
    "-2018": Meaning("content", "a button is not as it must be"),
    "-2033": Meaning("content", "the item list is not as it must be"),
    "-2034": Meaning("content", "the highlight is not as it must be"),
    "-2036": Meaning("content", "the message's link is not as it must be"),
    "-2502": Meaning("account", "texts in the place of Kakao messages are not set up"),
    "-2504": Meaning("content", "the quick replies are not as they must be"),
    "-3000": Meaning("content", "a button has no link for phones"),
    "-3002": Meaning("content", "NHN Cloud can't read the call"),
    "-4019": Meaning("bad_address", "the recipient's number is none"),
    "-4029": Meaning("account", "the profile may not send to people who are no friends of the channel"),
    "-8008": Meaning("content", "the message has a word that is not allowed"),
    "-9997": Meaning("content", "NHN Cloud can't read the call"),
    "-9999": Meaning("provider", "NHN Cloud has failed"),
}
SMS_CALLS: Table = {
    "-1000": Meaning("account", "the appkey is wrong"),
    "-1001": Meaning("account", "the appkey or the secret key is wrong"),
    "-1002": Meaning("account", "the service is switched off"),
    "-1004": Meaning("account", "NHN Cloud does not let this server's IP address in"),
    "-1008": Meaning("account", "the project is blocked"),
    "-2001": Meaning("content", "there are no recipients"),
    "-2002": Meaning("content", "the name of an image is not as it must be"),
    "-2003": Meaning("content", "an image is no JPEG"),
    "-2004": Meaning("content", "NHN Cloud does not have the image any more"),
    "-2005": Meaning("content", "an image is larger than 300 KB"),
    "-2014": Meaning("content", "the text or its title is empty"),
    "-2015": Meaning("content", "the text or its title is too long"),
    "-2016": Meaning("content", "there are more than 1,000 recipients"),
    "-2018": Meaning("bad_address", "there is no number to send to"),
    "-2019": Meaning("bad_address", "the recipient's number is none"),
    "-2021": Meaning("provider", "NHN Cloud has failed"),
    "-2023": Meaning("content", "the text has characters that are not in EUC-KR"),
    "-2024": Meaning("bad_address", "only short texts go abroad"),
    "-2312": Meaning("account", "the number to send from is not registered"),
    "-2313": Meaning("account", "the number to send from is blocked"),
    "-6000": Meaning("account", "the free number for refusals is not set up at NHN Cloud"),
    "-6001": Meaning("opted_out", "the recipient has refused advertisements by the free number"),
    "-6003": Meaning("content", "the advertisement does not say how to refuse more"),
    "-6004": Meaning("account", "the free number is not one of NHN Cloud's"),
    "-9995": Meaning("account", "NHN Cloud does not know this version of its interface"),
    "-9997": Meaning("content", "NHN Cloud can't read the call"),
    "-9998": Meaning("account", "NHN Cloud does not know this address"),
    "-9999": Meaning("provider", "NHN Cloud has failed"),
}
KAKAO_RESULTS: Table = {
    "1001": Meaning("provider", "Kakao can't read what NHN Cloud sends"),
    "1002": Meaning("account", "Kakao does not know the account"),
    "1003": Meaning("account", "the Kakao channel's profile is not valid"),
    "1006": Meaning("account", "the Kakao channel's profile is deleted"),
    "1007": Meaning("account", "the Kakao channel's profile is blocked"),
    "1011": Meaning("account", "Kakao has no contract with the account"),
    "1012": Meaning("bad_address", "Kakao does not know the recipient"),
    "1014": Meaning("account", "the business number is not valid"),
    "1016": Meaning("account", "the business number is another"),
    "1020": Meaning("bad_address", "the recipient's number is none"),
    "1021": Meaning("account", "the Kakao channel is blocked"),
    "1022": Meaning("account", "the Kakao channel is closed"),
    "1023": Meaning("account", "the Kakao channel is deleted"),
    "1024": Meaning("account", "the Kakao channel is about to be deleted"),
    "1025": Meaning("account", "the Kakao channel is punished"),
    "1027": Meaning("account", "the Kakao channel may not send messages"),
    "1028": Meaning("account", "the Kakao channel may not send to this group of people"),
    "1030": Meaning("content", "Kakao does not take a field"),
    "1033": Meaning("content", "the template is of another form"),
    "2001": Meaning("provider", "Kakao has failed"),
    "2003": Meaning("not_reachable", "the recipient is no friend of the Kakao channel"),
    "2005": Meaning("provider", "Kakao could not read the image"),
    "3000": Meaning("provider", "Kakao has failed"),
    "3006": Meaning("provider", "Kakao has failed"),
    "3008": Meaning("bad_address", "the recipient's number is none"),
    "3010": Meaning("provider", "Kakao has failed"),
    "3011": Meaning("provider", "Kakao does not have the message"),
    "3012": Meaning("provider", "Kakao could not be reached"),
    "3013": Meaning("content", "the message is empty"),
    "3014": Meaning("content", "the message is too long"),
    "3015": Meaning("content", "the template is unknown"),
    "3016": Meaning("content", "the message is not as the template was approved"),
    "3018": Meaning("not_reachable", "the recipient has not used KakaoTalk lately, or by another number"),
    "3019": Meaning("not_reachable", "the recipient does not use KakaoTalk"),
    "3020": Meaning("not_reachable", "the recipient has blocked the channel"),
    "3021": Meaning("not_reachable", "the recipient's KakaoTalk is too old"),
    "3022": Meaning("night", "Kakao does not send it at this time of the day"),
    "3023": Meaning("content", "Kakao can't read the message"),
    "3024": Meaning("content", "the image is not as it must be"),
    "3025": Meaning("content", "a variable is too long"),
    "3026": Meaning("content", "the extra word of a button is too long"),
    "3027": Meaning("content", "the buttons are not as the template was approved"),
    "3048": Meaning("content", "the group is not valid"),
    "3050": Meaning("account", "sending to people who are no friends is not set up"),
    "4000": Meaning("provider", "Kakao has no result"),
    "4131": Meaning("duplicate", "Kakao had it already"),
    "4132": Meaning("content", "the variables are not those of the template"),
    "4133": Meaning("content", "the template was stopped"),
    "4134": Meaning("content", "the template was changed"),
    "4138": Meaning("too_fast", "the Kakao channel has sent as many brand messages as it may"),
    "4143": Meaning("provider", "the message has expired at Kakao"),
    "4144": Meaning("content", "the message is larger than 30 KB"),
    "4156": Meaning("too_fast", "the Kakao channel has sent as many messages as it may"),
    "9998": Meaning("provider", "Kakao is out of service"),
    "9999": Meaning("provider", "Kakao has failed"),
    **{str(code): Meaning("content", "a part is not as the template was approved") for code in
       (3028, 3030, 3031, 3033, 3036, 3038, 3042, 3043, 3044, 3045, 3053, 3054, 3055, 3057)},
    **{str(code): Meaning("content", "a part is longer or shorter than Kakao takes") for code in
       (3029, 3032, 3034, 3035, 3037, 3039, 3040, 3041, 3046, 3047, 3051, 3052, 3056, 3058)},
    **{str(code): Meaning("content", "Kakao does not take the call") for code in (4102, 4110, 4120)},
    **{str(code): Meaning("provider", "Kakao does not take the call") for code in
       (4100, 4101, 4121, 4122, 4130, 4137, 4139, 4140, 4141, 4142)},
    **{str(code): Meaning("account", "Kakao does not know the account") for code in (4103, 4104)},
}  # fmt: skip
SMS_RESULTS: Table = {
    "1001": Meaning("provider", "the carrier is busy"),
    "1002": Meaning("bad_address", "the recipient's number is none"),
    "1003": Meaning("account", "the number to send from is none"),
    "1019": Meaning("not_reachable", "the phone could not be reached in time"),
    "2000": Meaning("not_reachable", "the phone could not be reached in time"),
    "2001": Meaning("provider", "the carrier could not send it"),
    "2002": Meaning("provider", "the carrier could not hand it to the phone"),
    "2003": Meaning("not_reachable", "the phone is off"),
    "2004": Meaning("not_reachable", "the phone has no room for messages"),
    "2005": Meaning("not_reachable", "the phone is out of coverage"),
    "2006": Meaning("provider", "the carrier has deleted it"),
    "2007": Meaning("not_reachable", "the phone does not take it now"),
    "3000": Meaning("other", "the carrier can't send it"),
    "3001": Meaning("bad_address", "nobody has the number"),
    "3002": Meaning("other", "the recipient is not verified as an adult"),
    "3003": Meaning("bad_address", "nobody has the number"),
    "3004": Meaning("not_reachable", "the number is out of service for a time"),
    "3005": Meaning("not_reachable", "the phone is busy"),
    "3006": Meaning("blocked", "the recipient refuses messages"),
    "3007": Meaning("not_reachable", "the phone takes no addresses to call back"),
    "3008": Meaning("not_reachable", "the phone does not take it"),
    "3009": Meaning("content", "the carrier can't read a part of the message"),
    "3010": Meaning("not_reachable", "the phone takes no pictures"),
    "3011": Meaning("provider", "the carrier has failed"),
    "3012": Meaning("blocked", "the carrier takes it for spam"),
    "3013": Meaning("blocked", "the carrier refuses it"),
    "3014": Meaning("other", "the carrier gives no reason"),
    "3015": Meaning("provider", "the carrier has no way to send it"),
    "3016": Meaning("content", "an image is too large"),
    "3017": Meaning("account", "the number to send from is taken for a forged one"),
    "3018": Meaning("account", "the number to send from is a private phone's"),
    "3019": Meaning("account", "the number to send from is not registered"),
    "E911": Meaning("content", "an image has no ending"),
    "E913": Meaning("content", "an image is empty"),
    "E915": Meaning("duplicate", "NHN Cloud had it already"),
    "E919": Meaning("night", "NHN Cloud does not send it at this time of the day"),
    "E999": Meaning("other", "NHN Cloud gives no reason"),
}
UNCONFIRMED = "3005"
"""Kakao has sent the message and got no answer: it may arrive within three days."""


def outcome(kakao: bool, code: object, status: str, provider_id: str) -> Receipt:
    """What NHN Cloud says of a message that it has taken: a result code once there is one, and a word for its state."""
    written = "" if code is None else plain(code)
    if written == SUCCESS:
        return Receipt("delivered", provider_id=provider_id, code=written)
    if kakao and written == UNCONFIRMED:
        return Receipt("unknown", "Kakao has sent it, and no phone has answered", provider_id, code=written)
    if status in TWICE:
        return Receipt("failed", "NHN Cloud had it already", provider_id, failure="duplicate", code=written or status)
    if status in ENDS:
        return Receipt("failed", ENDS[status], provider_id, code=written or status)
    if written in ("", "?"):
        return Receipt("accepted", provider_id=provider_id)
    return failed(KAKAO_RESULTS if kakao else SMS_RESULTS, written, provider_id)


def calls(kakao: bool) -> Mapping[str, Meaning]:
    """The table of a service's calls."""
    return KAKAO_CALLS if kakao else SMS_CALLS
