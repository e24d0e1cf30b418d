"""Addresses of pages without personal data."""

from time import process_time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.protocol.personal import without_personal


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/cart?step=2&email=kim@shop.kr&x=1", "/cart?step=2&x=1"),
        ("/cart?to=kim%40shop.kr", "/cart"),
        ("/cart?to=kim%2540shop.kr&b", "/cart?b"),
        ("/cart?back=%2Flogin%3Fmail%3Dkim%2540shop.co.kr", "/cart"),
        ("/a?User-Name=Kim&user%5Bphone%5D=1&USER_ID=7&ok=1", "/a?ok=1"),
        ("/a?tel=1&token=abc&pw=x&access_token=y", "/a"),
        ("/a?q=010-1234-5678", "/a"),
        ("/a?q=01012345678&p=%2B82+10+1234+5678", "/a"),
        ("/a?q=02-123-4567&r=900101-1234567", "/a"),
        ("/a?t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x", "/a"),
        ("/a?kim@shop.kr", "/a"),
        ("/reset/kim@shop.kr/ok", "/reset/-/ok"),
        ("/reset/kim%40shop.kr?x=1", "/reset/-?x=1"),
        ("/tel/010-1234-5678", "/tel/-"),
    ],
)
def test_personal_data_is_cut(page: str, kept: str) -> None:
    assert without_personal(page) == kept


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/product/123?color=red&size=M",
        "/product/detail.html?product_no=1234567890&cate_no=24",
        "/order/20251122-0001234?no=20251122-0001234&n=1,234,567,890",
        "/@kim/post?ref=@home",
        "/s?q=iphone+15+2024&sort=new&page=3&price=10000-20000",
        "/s?utm_source=naver&gclid=Cj0KCQjw0123456789ABCDEF-_abc&t=1763778000123",
        "/p?sku=880-1234-567890&ean=8801234567890",
        "/한글/상품?색=빨강&a==b&&c",
    ],
)
def test_other_addresses_stay_as_they_are(page: str) -> None:
    assert without_personal(page) == page


@given(st.text(), st.from_regex(r"[a-z0-9._-]{1,9}@[a-z]{1,9}\.(com|co\.kr)", fullmatch=True), st.integers(0, 2))
def test_no_address_comes_through_however_it_is_wrapped(around: str, email: str, times: int) -> None:
    around, wrapped = quote(around, safe=""), email
    for _ in range(times):
        wrapped = quote(wrapped, safe="")
    kept = without_personal(f"/{around}{wrapped}/?a=1&b={around}{wrapped}{around}&c=2")
    assert kept == "/-/?a=1&c=2"


@given(st.text())
def test_any_address_is_taken_and_only_gets_shorter(page: str) -> None:
    kept = without_personal(page)
    assert len(kept) <= len(page) or not page
    assert without_personal(kept) == kept


@pytest.mark.parametrize("word", ["1-", "eyJ", "x[", "a", "1", "a.", "010-", "+1", "%25"])
def test_no_address_takes_long(word: str) -> None:
    long = word * (4000 // len(word))
    began = process_time()
    for page in (f"/{long}@", f"/@{long}", f"/?q={long}@", f"/?{long}@=1", f"/?{long}=1"):
        without_personal(page)
    assert process_time() - began < 0.1
