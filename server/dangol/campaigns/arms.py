"""Who gets which form of a campaign: drawn by hash, so that a shopper stays where the hash put them. Pure.

The holdout is a share of the hash's range: a larger share only adds. Among the variants the draw is weighted rendezvous
hashing (Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005, the logarithmic method): each
variant's hash makes an exponentially distributed waiting time with its weight as the rate, and the first one wins. When
a weight changes, or a variant comes or goes, shoppers move to or from that variant and between no others. Who has
entered a campaign is not drawn again as long as there is the arm (`dangol.campaigns.decide`).
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2s
from math import log
from typing import Any

from dangol.definitions.model import Campaign, Variant

HOLDOUT = "holdout"
ON = "on"
"""The arms of a campaign without variants: who gets it, and who does not."""

OWN = ""
"""Stands for a campaign's own parameters among those of its variants."""

HASH_RANGE = 1 << 32
DIGEST_BYTES = 7
DIGEST_RANGE = 1 << 8 * DIGEST_BYTES


def share(percent: float) -> int:
    """A percentage as a share of `HASH_RANGE`."""
    return round(percent / 100 * HASH_RANGE)


def is_held_out(campaign: str, held_out: int, seed: int) -> bool:
    """Whether the shopper with this seed is in the share of `HASH_RANGE` that never gets the campaign."""
    return bool(held_out) and int.from_bytes(digest(campaign, seed, b"holdout", 4), "big") < held_out


def variant_of(campaign: str, variants: Sequence[Variant], seed: int) -> str:
    """The id of the variant for the shopper with this seed; `ON` where there are none."""
    if not variants:
        return ON
    return min(variants, key=lambda variant: _wait(f"{campaign} {variant.id}", variant.weight, seed)).id


def with_variants(campaign: Campaign, params: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parameters of the campaign's action, under `OWN`, and those of each variant, laid over them."""
    yield OWN, dict(params)
    for variant in campaign.variants:
        yield variant.id, {**params, **variant.params}


def _wait(text: str, weight: int, seed: int) -> float:
    drawn = int.from_bytes(digest(text, seed, b"variant", DIGEST_BYTES), "big")
    return -log((drawn + 0.5) / DIGEST_RANGE) / weight


def digest(text: str, seed: int, purpose: bytes, size: int) -> bytes:
    """`size` bytes that nobody can foretell without the profile's seed; at most 8 bytes of `purpose`."""
    key = (seed & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8, "big")
    return blake2s(text.encode(), digest_size=size, key=key, person=purpose).digest()
