import base64
import hmac
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.protocol import tokens
from dangol.protocol.tokens import Identity, Keys, Refused

NOW = 1_763_778_000
KEYS = Keys.derive(b"m" * 32, "shop")
OTHER_SITE = Keys.derive(b"m" * 32, "other")
OTHER_HOUSE = Keys.derive(b"n" * 32, "shop")


def member_token(key: str = KEYS.identity, **claims: Any) -> str:
    return jwt.encode({"sub": "kim", "exp": NOW + 3600, **claims}, key, "HS256")


def test_every_site_and_every_master_secret_has_keys_of_its_own() -> None:
    keys = [
        key
        for each in (KEYS, OTHER_SITE, OTHER_HOUSE)
        for key in (each.server, each.admin, each.identity, each.visitor, each.members)
    ]
    assert len(set(keys)) == len(keys)
    assert Keys.derive(b"m" * 32, "shop") == KEYS


def test_a_visitor_token_comes_back_as_its_profile() -> None:
    visitor = tokens.new_visitor(KEYS)
    assert len(visitor) == 16
    assert len(tokens.sign(KEYS, visitor)) <= 64
    assert tokens.verify(KEYS.visitor, tokens.sign(KEYS, visitor)) == visitor
    assert tokens.new_visitor(KEYS) != visitor


def test_a_visitor_token_of_another_site_or_house_counts_for_nothing() -> None:
    token = tokens.sign(KEYS, tokens.new_visitor(KEYS))
    assert tokens.verify(OTHER_SITE.visitor, token) is None
    assert tokens.verify(OTHER_HOUSE.visitor, token) is None


@given(st.text(max_size=64))
def test_no_text_is_taken_for_a_visitor_token(text: str) -> None:
    assert tokens.verify(KEYS.visitor, text) is None


@given(st.integers(0, 32), st.characters())
def test_a_visitor_token_changed_anywhere_counts_for_nothing(place: int, character: str) -> None:
    token = tokens.sign(KEYS, "vAAAAAAAAAAAAAAA")
    changed = token[:place] + character + token[place + 1 :]
    assert (tokens.verify(KEYS.visitor, changed) is None) == (changed != token)
    assert tokens.verify(KEYS.visitor, token[:place]) is None


@given(st.text(min_size=1, max_size=100))
def test_a_member_has_one_profile_per_site_whatever_the_id(member: str) -> None:
    try:
        member.encode()
    except UnicodeEncodeError:
        return
    profile = tokens.member_profile(KEYS, member)
    assert profile == tokens.member_profile(KEYS, member)
    assert profile != tokens.member_profile(OTHER_SITE, member)
    assert len(profile) == 16
    assert member not in profile or len(member) < 3


def test_a_member_token_is_read() -> None:
    token = member_token(name="김단골", grade="VIP", sex="F", birthday="03-10", nonsense=[1])
    assert tokens.read_member(KEYS, token) == Identity("kim", NOW + 3600, "김단골", "VIP", "F", "03-10")


@pytest.mark.parametrize("member", ["한글아이디", "a b", "x" * 100, "1"])
def test_member_ids_are_any_text(member: str) -> None:
    assert tokens.read_member(KEYS, member_token(sub=member)).sub == member


def by_hand(algorithm: object, digest: str = "") -> str:
    """As an attacker makes it: any header, and a signature with the identity secret or none at all."""
    parts = [{"typ": "JWT", "alg": algorithm}, {"sub": "kim", "exp": NOW + 3600}]
    text = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{text}.{_base64(hmac.digest(KEYS.identity.encode(), text.encode(), digest)) if digest else ''}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


FORGED = {
    "nothing": "",
    "no token": "kim",
    "dots": "..",
    "signed by another site": member_token(OTHER_SITE.identity),
    "signed with the server key": member_token(KEYS.server),
    "unsigned": by_hand("none"),
    "unsigned in capitals": by_hand("NONE"),
    "without an algorithm": by_hand(None, "sha256"),
    "with a stronger hash than agreed": by_hand("HS512", "sha512"),
    "said to be signed by a public key": by_hand("RS256", "sha256"),
    "cut": member_token()[:-2],
    "with a claim changed": member_token().replace(".", ".e", 1),
    "not ASCII": "é" + member_token(),
    "without expiry": jwt.encode({"sub": "kim"}, KEYS.identity, "HS256"),
    "without member": jwt.encode({"exp": NOW + 60}, KEYS.identity, "HS256"),
    "an empty member": member_token(sub=""),
    "too long a member": member_token(sub="x" * 101),
    "an expiry in text": member_token(exp="tomorrow"),
    "an expiry with a fraction": member_token(exp=NOW + 0.5),
    "too long a name": member_token(name="x" * 101),
    "a name that is none": member_token(name=["kim"]),
    "a birthday that is none": member_token(birthday="tomorrow"),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_member_token_that_is_not_the_shops_is_refused(case: str) -> None:
    with pytest.raises(Refused, match="member token"):
        tokens.read_member(KEYS, FORGED[case])


def test_a_token_made_by_hand_with_the_right_algorithm_is_read() -> None:
    assert tokens.read_member(KEYS, by_hand("HS256", "sha256")).sub == "kim"


@given(st.text(max_size=100))
def test_no_text_is_taken_for_a_member_token(text: str) -> None:
    with pytest.raises(Refused):
        tokens.read_member(KEYS, text)


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        (NOW - tokens.LEEWAY - 1, "expired 31 s ago"),
        (0, "expired"),
        (-(10**12), "expired"),
        (NOW + tokens.LONGEST_LIFE + 1, "30 days"),
        (10**15, "30 days"),
    ],
)
def test_an_identity_that_is_over_or_lives_too_long_is_refused(expires: int, said: str) -> None:
    with pytest.raises(Refused, match=said):
        tokens.check_life(Identity("kim", expires), NOW)


@pytest.mark.parametrize("expires", [NOW - tokens.LEEWAY, NOW, NOW + tokens.LONGEST_LIFE])
def test_an_identity_in_its_life_is_believed(expires: int) -> None:
    tokens.check_life(Identity("kim", expires), NOW)


def test_names_that_customers_chose_are_cleaned() -> None:
    identity = tokens.read_member(KEYS, member_token(name="kim\u202e\x00", grade="V\u200fIP"))
    assert (identity.name, identity.grade) == ("kim", "VIP")


def test_a_first_request_that_comes_again_is_the_same_visitor() -> None:
    assert tokens.new_visitor(KEYS, "event-0001") == tokens.new_visitor(KEYS, "event-0001")
    assert tokens.new_visitor(KEYS, "event-0001") != tokens.new_visitor(KEYS, "event-0002")
    assert tokens.new_visitor(KEYS, "event-0001") != tokens.new_visitor(OTHER_SITE, "event-0001")
