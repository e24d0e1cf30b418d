"""The page on facts: its example is taken, its tables are the code's."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from dangol.definitions.model import Site
from dangol.members.row import changes, checked
from dangol.products.row import product
from dangol.profile.arrival import ADS, CLICK_IDS
from dangol.profile.conversions import WINDOW
from dangol.profile.model import COUPONS, RECENT_ORDERS, Member
from dangol.recommend.columns import MOST_CATEGORIES
from dangol.segments.conditions.channel import CHANNEL_NAMES, channel_of
from dangol.web.shop_rows import MOST_ROWS, Members, Products

PAGE = (Path(__file__).parents[2] / "docs" / "facts.md").read_text()
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])


def rows(header: str) -> Iterator[list[str]]:
    """The cells of the table under a header."""
    table = PAGE.partition(header)[2].partition("\n\n")[0].splitlines()
    return ([cell.strip() for cell in line.strip("|").split("|")] for line in table[2:])


def test_the_member_that_the_page_tells_of_is_taken_whole() -> None:
    example = next(each for each in EXAMPLES if "members" in each)
    [row] = msgspec.json.decode(example, type=Members).members
    told = Member("kim")
    changes([checked(row, "", {}, SITE)])(told)
    assert (told.name, told.birthday, told.revenue) == ("김단골", "1990-03-10", 1_280_000)
    assert [coupon.id for coupon in told.coupons] == ["WELCOME10", "FREE-SHIPPING"]
    assert told.rfm is not None
    assert told.rfm.grade == "loyal"


def test_the_product_that_the_page_tells_of_is_taken_whole() -> None:
    example = next(each for each in EXAMPLES if "products" in each)
    [row] = msgspec.json.decode(example, type=Products).products
    assert [name for name in row.__struct_fields__ if f'"{name}"' not in example] == []
    told = product(row, "", "KRW")
    assert (told.price_at(told.sale_from), told.price_at(told.sale_until)) == (25_600, 32_000)
    assert SITE.products.repurchase_days == 30


def test_the_platforms_and_their_marks_are_those_that_are_known() -> None:
    listed = {platform.strip("`"): set(re.findall(r"`(\w+)`", marks)) for platform, marks in rows("| platform |")}
    assert listed.keys() == ADS
    known = {name for name, platform in CLICK_IDS.items() if platform in ADS}
    assert set.union(*listed.values()) == known | {"NaPm"}


def test_the_channels_are_those_that_there_are() -> None:
    listed = {channel.strip("`"): (ko, en) for channel, ko, en in rows("| channel |")}
    assert listed == CHANNEL_NAMES


def test_the_links_that_the_page_advises_come_on_the_channel_that_it_says() -> None:
    assert channel_of("facebook", "paid", "", "meta", "") == "paid_social"
    assert channel_of("kakao", "", "", "", "") == channel_of("", "alimtalk", "", "", "") == "messaging"


def test_the_numbers_are_the_codes() -> None:
    assert f"at most {COUPONS}:" in PAGE
    assert f"{MOST_ROWS} a request." in PAGE
    assert MOST_CATEGORIES == 4
    assert f"at most {WINDOW // 86_400} days after" in PAGE
    assert f"latest {RECENT_ORDERS}." in PAGE
    assert f"({SITE.cart_days}, unless" in PAGE
