"""Rows of the outbox as they are stored."""

import msgspec
import pytest
from msgspec.structs import replace

from dangol.definitions.model import MessageUse
from dangol.messages.push import Push
from dangol.store.rows import Row, key_of, new_row, pack, row_of

PUSH = Push(key_of("shop", "api:1", "member:kim"), "shop", "api:1", "api", member="kim", use=MessageUse("log"))
ROW = new_row(PUSH, "queued", "2026-11-22", 1.0, 1.0)


def test_a_row_is_read_as_it_was_written() -> None:
    assert row_of(pack(ROW)) == ROW


@pytest.mark.parametrize("use", [MessageUse("No Id"), {"use": "log", "colour": "red"}, ["log"], 5])
def test_a_message_that_can_not_be_read_any_more_is_left_out(use: object) -> None:
    written = replace(ROW, push=replace(PUSH, use=use))
    assert row_of(pack(written)) == replace(ROW, push=replace(PUSH, use=None))


def test_what_is_no_row_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        row_of(pack(replace(ROW, state="lost")))
    assert Row.__struct_fields__[-1] == "push"
