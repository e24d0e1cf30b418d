"""Who an order was counted for: one order number counts once, whoever reports it and however often."""

from dangol.protocol.event import Entry
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.profiles import encode
from dangol.store.script import Script

GUEST = "guest"
SECONDS = 180 * 86_400

# KEYS: order, log. ARGV: owner, seconds to live, "1" to take it from another owner, log entry for a first claim or "".
# Answers with the owner so far, or nothing where there was none.
CLAIM = Script("""
local owner = redis.call('GET', KEYS[1])
if owner and ARGV[3] ~= '1' then return owner end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if ARGV[4] ~= '' and not owner then redis.call('XADD', KEYS[2], '*', 'e', ARGV[4]) end
return owner
""")


async def claim(
    link: Link, site: str, number: str, owner: str, *, take_over: bool = False, entry: Entry | None = None
) -> str:
    """Claim order `number` for a profile, or for `GUEST`. Returns whose it was before, "" where it was nobody's.
    `take_over` makes it the owner's in any case; `entry` is logged with a first claim."""
    other: bytes | None = await CLAIM(
        link,
        [keys.order(site, number), keys.log(keys.partition(number))],
        [owner, SECONDS, int(take_over), encode(entry) if entry else b""],
    )
    return other.decode() if other else ""
