"""Cafe24's webhooks as notices: which events tell customers what, guests too, and what is left out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.malls.cafe24 import Body, Heard, heard
from dangol.messages.notices import checked

SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
ORDER = {
    "mall_id": "shop",
    "order_id": "20261122-0000012",
    "member_id": "kim",
    "buyer_name": "김철수",
    "buyer_cellphone": "010-1234-5678",
    "buyer_email": "kim@shop.example",
    "ordering_product_name": "머그컵,접시,컵받침",
    "actual_payment_amount": "12000.00",
    "payment_method": "cash",
    "paid": "T",
}


def told(number: int | str, **fields: Any) -> Heard:
    return heard(Body(number, {**ORDER, **fields}), SITE, "2026-11-22")


@pytest.mark.parametrize(
    ("number", "fields", "expected"),
    [
        (90023, {}, ["ordered"]),
        ("90023", {"paid": "F", "bank_account_no": "신한 110-1"}, ["ordered", "deposit_due"]),
        (90025, {"event_code": "paid_order"}, ["paid"]),
        (90025, {"event_code": "unpaid"}, []),
        (90024, {"event_code": "shipping_start"}, []),
        (90024, {"event_code": "shipping_start", "tracking_no": "12"}, ["shipped"]),
        (90162, {"event_code": "update_invoice_no", "tracking_no": "12"}, ["shipped"]),
        (90024, {"event_code": "shipping_end", "tracking_no": "12"}, ["delivered"]),
        (90026, {"event_code": "cancel_order_request"}, []),
        (90026, {"event_code": "cancellation_complete"}, ["cancelled"]),
        (90029, {"event_code": "refund_order"}, ["refunded"]),
        (90027, {"event_code": "return_order"}, []),
        (90072, {"order_id": "1,2, ,2"}, ["cancelled", "cancelled"]),
        (90144, {"after_member_group_name": "VIP"}, ["grade_changed"]),
        (90154, {"coupon_name": "봄"}, ["coupon_issued"]),
        (90143, {}, []),
        (90147, {}, []),
    ],
)
def test_events_are_the_notices_that_they_tell(number: int | str, fields: dict[str, Any], expected: list[str]) -> None:
    found = told(number, **fields).notices
    assert [each.notice for each in found] == expected
    assert len({each.id for each in found}) == len(found)


def test_an_order_is_told_with_its_number_products_and_amount_in_both_names() -> None:
    [notice] = told(90023).notices
    assert (notice.member, notice.phone, notice.email) == ("kim", "01012345678", "kim@shop.example")
    assert notice.variables["주문번호"] == notice.variables["order"] == "20261122-0000012"
    assert notice.variables["상품명"] == "머그컵 외 2건"
    assert notice.variables["amount"] == "12,000원"
    assert notice.variables["고객명"] == "김철수"


def test_the_same_parcel_is_told_once_by_either_event_and_another_invoice_again() -> None:
    [one] = told(90162, tracking_no="12", shipping_company_code="0006").notices
    [same] = told(90024, event_code="shipping_start", tracking_no="12").notices
    [other] = told(90162, tracking_no="13").notices
    assert one.id == same.id != other.id
    assert (one.variables["송장번호"], one.variables["courier"]) == ("12", "0006")


def test_a_guest_is_reached_by_the_number_and_nobody_without_any() -> None:
    [notice] = told(90023, member_id="").notices
    assert (notice.member, notice.phone) == ("", "01012345678")
    assert told(90023, member_id="", buyer_cellphone="02-123", buyer_email="").notices == []


def test_who_joins_is_greeted_and_brings_consents_along() -> None:
    body = Body(90032, {"member_id": "lee", "name": "Lee", "cellphone": "010-1111-2222", "sms": "T", "news_mail": "T"})
    found = heard(body, SITE, "2026-11-22")
    assert [(each.notice, each.member) for each in found.notices] == [("joined", "lee")]
    assert found.joined is not None
    assert found.joined.agreed == ("sms",)  # there is no e-mail address
    assert heard(Body(90032, {"name": "x", "sms": "T"}), SITE, "2026-11-22") == Heard([])


VALUES = st.one_of(st.text(max_size=300), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text()))
FIELDS = [*ORDER, "event_code", "tracking_no", "after_member_group_name", "bank_account_no", "coupon_name", "sms"]
NUMBERS = [90023, 90024, 90025, 90026, 90029, 90032, 90071, 90072, 90073, 90144, 90154, 90162]


@given(st.sampled_from(NUMBERS), st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_whatever_a_body_holds_its_notices_can_be_raised(number: int, resource: dict[str, Any]) -> None:
    for notice in heard(Body(number, resource), SITE, "2026-11-22").notices:
        assert len(notice.id) <= 100
        checked(notice, "", 0)
