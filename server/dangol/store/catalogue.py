"""The products of a site, as its shop told them: one hash by product id."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from dangol.plugin import Product
from dangol.store import keys
from dangol.store.link import Link

BATCH = 500


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Product).decode


async def put(link: Link, site: str, products: Sequence[Product]) -> None:
    """Add products, or replace those of the same id."""
    batches = [products[start : start + BATCH] for start in range(0, len(products), BATCH)]
    for batch in batches:
        pairs = [part for product in batch for part in (product.id, _pack(product))]
        await link.call("HSET", keys.catalogue(site), *pairs)


async def get(link: Link, site: str, ids: Sequence[str]) -> Mapping[str, Product]:
    """Those of the products that the catalogue has, by id, in the order of `ids`."""
    wanted = list(dict.fromkeys(ids))
    batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
    replies = await asyncio.gather(*(link.call("HMGET", keys.catalogue(site), *batch) for batch in batches))
    found = [document for reply in replies for document in reply]
    return {name: _unpack(document) for name, document in zip(wanted, found, strict=True) if document is not None}


async def found(link: Link, site: str, ids: Sequence[str]) -> list[Product]:
    """The same as a list."""
    return list((await get(link, site, ids)).values())
