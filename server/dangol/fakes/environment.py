"""The variables by which a process reaches the fake providers instead of the real ones. Pure."""

import msgspec

from dangol.fakes.accounts import Accounts


def environment(accounts: Accounts, base: str) -> dict[str, str]:
    """Accounts and addresses for the built-in channels, with `base` as the address of the fakes."""
    solapi, nhn, aligo = accounts.solapi, accounts.nhn, accounts.aligo
    return {
        "SOLAPI_URL": f"{base}/solapi",
        "SOLAPI_API_KEY": solapi.key,
        "SOLAPI_API_SECRET": solapi.secret,
        "SOLAPI_HOOK_SECRET": solapi.hook_secret,
        "NHN_URL": f"{base}/nhn",
        "NHN_APP_KEY": nhn.app_key,
        "NHN_SECRET_KEY": nhn.secret,
        "NHN_SMS_APP_KEY": nhn.sms_app_key,
        "NHN_SMS_SECRET_KEY": nhn.sms_secret,
        "NHN_SENDER_KEY": nhn.sender_key,
        "NHN_HOOK_SECRET": nhn.hook_secret,
        "ALIGO_URL": f"{base}/aligo",
        "ALIGO_API_KEY": aligo.key,
        "ALIGO_USER_ID": aligo.user,
        "ALIGO_SENDER_KEY": aligo.sender_key,
        "FCM_URL": f"{base}/fcm",
        "FCM_CREDENTIALS": msgspec.json.encode(accounts.service_account(base)).decode(),
        "APNS_URL": f"{base}/apns",
        "APNS_KEY": accounts.apple_key(),
        "APNS_KEY_ID": accounts.key_id,
        "APNS_TEAM_ID": accounts.team,
        "WEBPUSH_URL": f"{base}/webpush",
        "WEBPUSH_PRIVATE_KEY": accounts.vapid_key(),
        "WEBPUSH_SUBJECT": "mailto:shop@example.com",
    }
