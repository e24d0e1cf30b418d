"""The names of all keys. Each starts with its partition's tag, so that a script's keys share one cluster slot."""

from functools import lru_cache
from zlib import crc32

PARTITIONS = 16
"""Fixed for the life of a store: a profile's partition is part of its key."""

TAGS = tuple(f"{{{number:02d}}}" for number in range(PARTITIONS))
LOGS = tuple(f"{tag}log" for tag in TAGS)


@lru_cache(65_536)
def partition(name: str) -> int:
    """The partition of a profile id, a push request's recipient, a counter or an order number."""
    return crc32(name.encode()) % PARTITIONS


@lru_cache(65_536)
def profile(site: str, profile_id: str) -> str:
    """String: an 8-byte version, then the profile document."""
    return f"{TAGS[partition(profile_id)]}p:{site}:{profile_id}"


def log(number: int) -> str:
    """Stream of one partition's `Entry` documents, each in the field ``e``."""
    return LOGS[number]


def parked(number: int) -> str:
    """Stream: entries of one partition's log that a job could not handle."""
    return f"{TAGS[number]}parked"


def lead(number: int, job: str) -> str:
    """String with expiry: the worker that runs `job` over this partition's log."""
    return f"{TAGS[number]}lead:{job}"


def salt(site: str, day: int) -> str:
    """String with expiry: what a site's pseudonyms of one day are made with."""
    return f"{{salt}}{site}:{day}"


def order(site: str, number: str) -> str:
    """String: whose an order number is, and whether its counting is done; `store.orders` has the form."""
    return f"{TAGS[partition(number)]}o:{site}:{number}"


def push(number: int, key: str) -> str:
    """String: one push request's row in the outbox; `store.rows` has the form."""
    return f"{TAGS[number]}push:{key}"


PUSHES = "{[0-9][0-9]}push:*"
"""The pattern of all push requests' names."""


def due(number: int) -> str:
    """Sorted set: keys of the push requests that wait, by the unix time at which they are due."""
    return f"{TAGS[number]}due"


def stuck(number: int) -> str:
    """Sorted set: keys of the push requests that are parked, by the unix time at which that was."""
    return f"{TAGS[number]}stuck"


def looks(number: int) -> str:
    """Sorted set: keys of accepted push requests, by the unix time at which their provider is asked about them."""
    return f"{TAGS[number]}looks"


def counts(number: int, site: str, campaign: str, day: str) -> str:
    """Hash with expiry: a partition's push requests of a campaign and a day of enqueueing (2026-11-22). Fields are
    <channel>|<state>, <channel>|failed|<class>, <channel>|refused|<reason>, <channel>|price and <channel>|clicks."""
    return f"{TAGS[number]}counts:{site}:{campaign}:{day}"


def counted(number: int, site: str, day: str) -> str:
    """Set with expiry: the campaigns, manual sends and origins of whose messages a partition has counts of a day."""
    return f"{TAGS[number]}counted:{site}:{day}"


def history(number: int, recipient: str) -> str:
    """String with expiry: the keys of a recipient's latest push requests, one behind the other, the newest first.
    `recipient` is a digest."""
    return f"{TAGS[number]}history:{recipient}"


def address(number: int, claim: str) -> str:
    """String with expiry: the key of the push request that reaches an address for one cause; `claim` is a digest."""
    return f"{TAGS[number]}to:{claim}"


def provider(site: str, sender: str, provider_id: str) -> str:
    """String with expiry: the key of the push request that a provider calls so."""
    return f"{TAGS[partition(provider_id)]}provider:{site}:{sender}:{provider_id}"


def counter(site: str, plugin: str, key: str) -> str:
    """String: one row of a recommender's counts; `recommend.records` has the form."""
    return f"{TAGS[partition(key)]}r:{site}:{plugin}:{key}"


def counter_history(site: str, generation: str, plugin: str, key: str) -> str:
    """String: the same of the past orders that were loaded as a generation."""
    return f"{TAGS[partition(key)]}rh:{site}:{generation}:{plugin}:{key}"


TOTAL_BUCKETS = 4 * PARTITIONS
"""Strings that a total is spread over."""


def total_bucket(member: str) -> int:
    """Which string of a total has a member; it is in the partition of the member's own row."""
    return crc32(member.encode()) % TOTAL_BUCKETS


def total(site: str, plugin: str, name: str, bucket: int) -> str:
    """String: a part of a recommender's total, in the form of a row."""
    return f"{TAGS[bucket % PARTITIONS]}rt:{site}:{plugin}:{name}:{bucket}"


def total_history(site: str, generation: str, plugin: str, name: str, bucket: int) -> str:
    """String: the same of the past orders that were loaded as a generation."""
    return f"{TAGS[bucket % PARTITIONS]}rth:{site}:{generation}:{plugin}:{name}:{bucket}"


def applied(number: int, plugin: str) -> str:
    """Hash: for each partition of the log, the last entry whose counts are in this partition's rows."""
    return f"{TAGS[number]}applied:{plugin}"


def tally(site: str, plugin: str, key: str) -> str:
    """Sorted set with expiry: who was marked under one key of a tally, by the unix time of the latest mark."""
    return f"{TAGS[partition(key)]}t:{site}:{plugin}:{key}"


def effect(site: str, campaign: str, month: str) -> str:
    """Hash: what is counted of shoppers who entered a campaign in a month (2026-11); `store.effects` has the form."""
    return f"{TAGS[partition(campaign)]}effect:{site}:{campaign}:{month}"


def effects_applied(number: int) -> str:
    """Hash: for each partition of the log, the last entry that is in this partition's figures of campaigns."""
    return f"{TAGS[number]}effects-applied"


def known(number: int, site: str) -> str:
    """Hash: the streams of behaviour that this partition's profiles were filled with; `store.known` has the form."""
    return f"{TAGS[number]}known:{site}"


def touched(number: int) -> str:
    """Stream: profiles of one partition that were written without a log entry, each as site and id in field ``p``."""
    return f"{TAGS[number]}touched"


PROFILES = "{[0-9][0-9]}p:*"
"""The pattern of all profiles' names."""


def profile_of(name: str) -> tuple[int, str, str]:
    """Partition, site and id of a profile by its name."""
    tag, site, profile_id = name.split(":", 2)
    return int(tag[1:3]), site, profile_id


def catalogue(site: str) -> str:
    """Hash: the site's products by id."""
    return f"{{cat:{site}}}"


def catalogue_state(site: str) -> str:
    """Hash: the catalogue's version (v), and the generation of past orders that is in force (orders)."""
    return f"{{cat:{site}}}state"


def catalogue_changes(site: str) -> str:
    """Stream: what changed in the catalogue with each of its latest versions; `store.catalogue` has the form."""
    return f"{{cat:{site}}}changes"


def generations(site: str) -> str:
    """Hash: what is known of each generation of past orders; `store.generations` has the form."""
    return f"{{cat:{site}}}generations"


def generation_made(site: str) -> str:
    """Hash with expiry: the generation that is being made, and how far it is."""
    return f"{{cat:{site}}}generation-made"


def of_generation(site: str, generation: str) -> str:
    """The pattern of the names of all that a generation of past orders has."""
    return f"{{[0-9][0-9]}}r*h:{site}:{generation}:*"


def catalogue_staged(site: str, token: str) -> str:
    """Hash with expiry: a feed that is made ready to become the catalogue."""
    return f"{{cat:{site}}}staged:{token}"


def feed(site: str) -> str:
    """String: what became of the latest fetch of the site's product feed; `store.feeds` has the form."""
    return f"{{cat:{site}}}feed"


def hints(site: str) -> str:
    """Hash: by product id the page on which somebody is said to have looked at it."""
    return f"{{cat:{site}}}hints"


def looked(site: str, mark: str) -> str:
    """String with expiry: when a product was found on a page, or a page was looked at in vain; `mark` is a digest."""
    return f"{{cat:{site}}}looked:{mark}"


def money(site: str) -> str:
    """Sorted set: tokens that hold some of a site's money, by the unix time at which they lapse; `store.money` has the
    names that begin with this one."""
    return f"{{money:{site}}}held"


def money_sums(site: str, day: str) -> str:
    """Hash: what is spent (s<campaign>) and reserved (h<campaign>) on a day (2026-11-22, or ever); * is the site."""
    return f"{money(site)}:sums:{day}"


def sender_rate(site: str, sender: str) -> str:
    """String with expiry: when a sender's next message is due at its full rate, unix seconds."""
    return f"{{money:{site}}}rate:{sender}"


WORKERS = "{workers}alive"
"""Sorted set: worker processes by the store's time at which each was last heard of, milliseconds."""

QUESTIONS = "{ask}questions"
"""Stream: what servers ask of the workers that hold the profiles in columns."""


def standing(site: str, mark: str) -> str:
    """Hash: what is known of a phone number or an e-mail address; `store.addresses` has the form."""
    return f"{TAGS[partition(mark)]}a:{site}:{mark}"


def untold(number: int, site: str) -> str:
    """Sorted set: consents of one partition's profiles whose change is still to be told, by the unix time of that."""
    return f"{TAGS[number]}untold:{site}"


def confirmed(number: int, site: str) -> str:
    """Sorted set: consents of one partition's profiles that hold, by the unix time at which each was last confirmed."""
    return f"{TAGS[number]}confirmed:{site}"


def short_link(name: str) -> str:
    """String with expiry: where a short link leads; `store.links` has the form."""
    return f"{TAGS[partition(name)]}l:{name}"


def answers(server: str) -> str:
    """Stream with expiry: what workers answer to one server."""
    return f"{{ask}}answers:{server}"


DRAWS = "{sends}draws"
"""Hash: the draws of recipients that are under way or wait for their time, by id; `store.draws` has the form."""


def drawn(draw: str) -> str:
    """Hash with expiry: what each partition has found in a draw."""
    return f"{{sends}}drawn:{draw}"


def slots(site: str, campaign: str) -> str:
    """Hash: how far the slots of a campaign's schedule are settled; `store.slots` has the form."""
    return f"{{sends}}slots:{site}:{campaign}"


def slot_log(site: str, campaign: str) -> str:
    """List: the latest slots of a campaign that were run or missed, the newest first."""
    return f"{{sends}}slot-log:{site}:{campaign}"


def sends(site: str) -> str:
    """Hash: the manual sends of a site by id; `store.sends` has the form."""
    return f"{{sends}}sends:{site}"


def recipients(number: int, send: str) -> str:
    """List: the rows of a manual send's file that fall to one partition, in chunks."""
    return f"{TAGS[number]}rows:{send}"


DEFINITIONS_VERSION = "{defs}version"
"""Counter, raised by every change of any site's definitions, and of the streams of its drafts."""

DEFINITIONS = "{defs}sites"
"""Hash: the definitions document of each site by its id."""

DRAFTS = "{defs}drafts"
"""Hash: by site, what is looked out for although no definition asks for it; `definitions.drafts` has the form."""


def definitions_history(site: str) -> str:
    """List: earlier definition documents of a site, the newest first."""
    return f"{{defs}}history:{site}"


def previews(site: str) -> str:
    """Hash with expiry: unsaved campaigns that are looked at on the shop's pages, by the id of the preview."""
    return f"{{defs}}previews:{site}"
