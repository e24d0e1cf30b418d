"""Whom SOLAPI lets in: https://developers.solapi.dev/references/authentication/api-key."""

import hmac
import re
from datetime import UTC, datetime

from dangol.fakes.door import Refused
from dangol.fakes.world import World

SKEW = 900
HEADER = re.compile(r"^HMAC-(SHA256|MD5)\s+(.*)$")


def authorize(world: World, header: str) -> None:
    """Raises `Refused` for a header that SOLAPI would refuse."""
    found = HEADER.match(header)
    parts = dict(re.findall(r"(\w+)\s*=\s*([^,\s]+)", found[2])) if found else {}
    given = {name.lower(): value for name, value in parts.items()}
    if not found or not {"apikey", "date", "salt", "signature"} <= given.keys():
        raise Refused(401, "Unauthorized", "Authorization: expected apiKey, date, salt and signature")
    if given["apikey"] != world.accounts.solapi.key:
        raise Refused(403, "InvalidAPIKey", "unknown API key")
    if not 12 <= len(given["salt"]) <= 64:
        raise Refused(403, "InvalidSalt", "salt: expected 12 to 64 characters")
    _check_date(world, given["date"])
    said = (given["date"] + given["salt"]).encode()
    right = hmac.new(world.accounts.solapi.secret.encode(), said, found[1].lower()).hexdigest()
    if not hmac.compare_digest(right.encode(), given["signature"].encode()):
        raise Refused(403, "SignatureDoesNotMatch", "the signature is not that of date and salt")
    if not world.signatures.is_new(given["signature"], world.clock()):
        raise Refused(403, "DuplicatedSignature", "this signature was used within 15 minutes")


def _check_date(world: World, date: str) -> None:
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        raise Refused(400, "InvalidDate", "date: expected ISO 8601") from None
    if abs((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - world.clock()) > SKEW:
        raise Refused(403, "RequestTimeTooSkewed", "date: more than 15 minutes off")
