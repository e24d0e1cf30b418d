import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.preview import ticket
from dangol.protocol.tokens import Keys

KEYS = Keys.derive(b"master", "shop")
ID = ticket.new_id(1_800_000_000)


def test_a_token_is_read_back_with_its_end() -> None:
    assert ticket.read(KEYS, ticket.sign(KEYS, ID)) == ticket.Ticket(ID, 1_800_000_000)


def test_a_token_fits_into_an_address_as_it_is() -> None:
    token = ticket.sign(KEYS, ID)
    assert re.fullmatch(r"[A-Za-z0-9_.-]{47}", token)


def test_the_page_may_wish_for_a_variant() -> None:
    found = ticket.read(KEYS, ticket.sign(KEYS, ID) + "~loud")
    assert found is not None
    assert found.variant == "loud"


def test_another_site_does_not_take_it() -> None:
    assert ticket.read(Keys.derive(b"master", "other"), ticket.sign(KEYS, ID)) is None


def test_nobody_can_make_it_last_longer() -> None:
    token = ticket.sign(KEYS, ID)
    assert ticket.read(KEYS, "ffffffff" + token[8:]) is None


def test_ids_can_not_be_guessed_from_one_another() -> None:
    assert len({ticket.new_id(1_800_000_000)[8:] for _ in range(100)}) == 100


@pytest.mark.parametrize("token", ["", ".", "~", "{id}", "{id}.", "{id}.é", "\ud800.\ud800", f"{{id}}.{'A' * 22}"])
def test_what_we_did_not_sign_counts_as_none(token: str) -> None:
    assert ticket.read(KEYS, token.format(id=ID)) is None


@given(st.integers(0, 46), st.sampled_from("abcXYZ019_-."))
def test_one_other_character_spoils_a_token(place: int, character: str) -> None:
    token = ticket.sign(KEYS, ID)
    changed = token[:place] + character + token[place + 1 :]
    assert (ticket.read(KEYS, changed) is None) == (changed != token)
