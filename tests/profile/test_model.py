"""Documents that were written before a field was thought of."""

from base64 import b85decode

import msgspec

from dangol.profile.model import Contact, Environment, Line, Member, Order, Profile, Seen, Visit

NOW = 1_763_778_000
FIRST = b85decode(
    "+yEH|&S@bUOwMT`9nb>_c$&^>Asv(gp)am?cXuvlZ*OO8WiDfHZKQ2sX>6rsZDDC_rgLy|X>MndqAzfvFOj2db!X0LAIwmcqHtrS"
    "ZDC_?bEacxa&K*ArE703YjTm3p<&KxAsx^Hk&~oNb!T(VX(1iZ0g;rUVa)^R0?uh69nj8cAsx_>lc8eHX(1iU0Rhbc^v-D^9c_`5"
    "p<>QyAsuZ2k&~e@%>nezX(1hL&S@bXY?`BMX>FrRX>Fr+X>g%tr7$xsF)+?)Aojt|X(1hyqcAZruxn{;Kyzqsa4uzdVQp}1Wr3z}"
    "Z)t9Ha|MB+W19g10M2P49i9QsX(1hy0nJao0001ylc8gwc+P1d9qz;iVPa!sWoD70b}^s"
)
"""A document of the first shape."""


def test_an_old_document_is_read_with_what_it_knows() -> None:
    expected = Profile(
        seed=7,
        first_seen=NOW - 900,
        last_seen=NOW,
        visits=3,
        page_views=9,
        dwell=120,
        visit=Visit(NOW - 60, 2, "/", "www.google.com", "mail", "email", "spring", ["/p", "/"], ["mug"], NOW - 86_400),
        environment=Environment("pc", "macos", "chrome", "ko-kr"),
        viewed=[Seen("a", NOW, 2)],
        categories=[Seen("Mugs", NOW)],
        cart=[Line("a", 1000, 2, NOW)],
        cart_at=NOW,
        wishlist=[Seen("b", NOW - 5)],
        orders=1,
        spent=500,
        last_order_at=NOW - 99,
        bought=[Seen("b", NOW - 99)],
        recent_orders=[Order("1", 500, NOW - 99)],
        checkout_at=NOW - 100,
        member=Member(
            "kim", "Kim", "vip", "f", "03-10", NOW - 9999, NOW - 60, "010", "kim@shop.example", {"points": 5}
        ),
        contacts={"c": Contact(1, 1, 0, NOW - 50, 1, NOW - 60, 1, 20_414)},
        merged=["v1"],
        event_ids=b"abcdef",
    )
    found = msgspec.msgpack.decode(FIRST, type=Profile)
    expected.leases = found.leases
    assert found == expected
    assert [lease.campaign for lease in found.leases] == ["c"]


def test_a_document_of_a_later_shape_is_read_as_well() -> None:
    longer = [*msgspec.msgpack.decode(msgspec.msgpack.encode(Profile(seed=3))), "unheard of"]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(longer), type=Profile) == Profile(seed=3)
