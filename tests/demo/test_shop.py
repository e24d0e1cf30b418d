"""What shoppers see and do, without a script."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import msgspec
import pytest

from dangol.demo.front import embedded
from dangol.demo.teller import Teller

if TYPE_CHECKING:
    from tests.demo.conftest import Shopper

pytestmark = pytest.mark.anyio
CAKESTAND = "22423"
MEMBER = {"name": "Mina", "email": "mina@mail.example", "password": "a long password"}
WHERE = {"name": "Mina", "email": "mina@mail.example", "address": "1 High Street", "postcode": "E1 1AA"}


def calls(page: httpx.Response) -> list[list[Any]]:
    """The calls of dangol's script that a page makes."""
    found = re.search(r'<script type="application/json" id="dg-events">(.*?)</script>', page.text, re.DOTALL)
    assert found
    return msgspec.json.decode(found[1], type=list[list[Any]])


def named(page: httpx.Response) -> list[str]:
    return [call[1] if call[0] == "track" else call[0] for call in calls(page)]


@pytest.mark.parametrize(
    ("path", "event"),
    [
        ("/product/22423", "view_item"),
        ("/category/table", "view_item_list"),
        ("/search?q=heart", "search"),
        ("/cart", "view_cart"),
    ],
)
async def test_a_page_tells_what_is_looked_at(shopper: Shopper, path: str, event: str) -> None:
    page = await shopper.get(path)
    assert page.status_code == 200
    assert named(page) == [event]
    assert f'src="{shopper.settings.dangol_url}/v1/dangol.js" data-site="pk_demo_shop"' in page.text


async def test_the_stub_is_the_only_inline_code_that_may_run(shopper: Shopper) -> None:
    page = await shopper.get("/")
    assert page.text.count("<script>") == 1
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert "'sha256-" in page.headers["content-security-policy"]


async def test_every_product_has_a_picture_that_may_be_kept(shopper: Shopper) -> None:
    picture = await shopper.get(f"/img/{CAKESTAND}.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "max-age" in picture.headers["cache-control"]
    assert (await shopper.get("/img/nothing.svg")).status_code == 404


@pytest.mark.parametrize("path", ["/product/nothing", "/category/nothing", "/done/W1", "/nothing"])
async def test_an_address_that_leads_nowhere_is_a_page_too(shopper: Shopper, path: str) -> None:
    page = await shopper.get(path)
    assert (page.status_code, calls(page)) == (404, [])


async def test_search_takes_all_words_in_both_languages(shopper: Shopper) -> None:
    assert "Regency Cakestand 3 Tier" in (await shopper.get("/search?q=cakestand+3")).text
    assert "Regency Cakestand 3 Tier" in (await shopper.get("/search?q=주방")).text
    assert "Nothing found" in (await shopper.get("/search?q=cakestand+zebra")).text


async def test_hostile_words_stay_words(shopper: Shopper) -> None:
    page = await shopper.get('/search?q=</script><script>alert(1)//"')
    assert "<script>alert" not in page.text
    assert calls(page)[0][2]["search_term"] == '</script><script>alert(1)//"'
    signed = await shopper.post("/signup", **{**MEMBER, "name": "<img src=x onerror=alert(1)>"})
    assert "<img src=x" not in signed.text
    assert "&lt;img src=x" in signed.text


def test_embedded_json_cannot_end_its_element() -> None:
    assert "<" not in embedded([["track", "search", {"search_term": "</script><!--"}]])


async def test_the_address_chooses_a_language_that_stays(shopper: Shopper) -> None:
    assert '<html lang="ko">' in (await shopper.get("/?lang=ko")).text
    assert '<html lang="ko">' in (await shopper.get("/cart")).text
    assert '<html lang="en">' in (await shopper.get("/cart?lang=en")).text


async def test_the_browser_chooses_the_first_language(shopper: Shopper) -> None:
    assert '<html lang="ko">' in (await shopper.get("/", **{"Accept-Language": "ko-KR,ko;q=0.9"})).text
    assert '<html lang="en">' in (await shopper.get("/", **{"Accept-Language": "de"})).text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_what_another_site_posts_is_refused(shopper: Shopper, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = await shopper.http.post("/cart/add", data={"product": CAKESTAND}, headers=headers)
    assert answer.status_code == 403
    assert calls(await shopper.get("/cart"))[0][2]["items"] == []


async def test_a_form_too_large_is_refused(shopper: Shopper) -> None:
    assert (await shopper.post("/login", email="a" * 20_000)).status_code == 413
    assert (await shopper.post("/login", **{f"f{n}": "x" for n in range(30)})).status_code == 400


async def test_the_script_is_told_what_to_tell(shopper: Shopper) -> None:
    headers = {"Origin": shopper.address, "Accept": "application/json"}
    form = {"product": CAKESTAND, "quantity": "2"}
    answer = (await shopper.http.post("/cart/add", data=form, headers=headers)).json()
    (call,) = answer["calls"]
    assert call[:2] == ["track", "add_to_cart"]
    assert (call[2]["items"][0]["quantity"], call[2]["value"], answer["count"]) == (2, 25.5, 2)


async def test_without_a_script_adding_leads_to_the_cart(shopper: Shopper) -> None:
    page = await shopper.post("/cart/add", product=CAKESTAND)
    assert named(page) == ["add_to_cart", "view_cart"]
    assert named(await shopper.get("/cart")) == ["view_cart"]


@pytest.mark.parametrize(
    ("quantity", "event"), [("0", "remove_from_cart"), ("2", "remove_from_cart"), ("5", "add_to_cart")]
)
async def test_a_changed_quantity_is_told_with_the_whole_cart(shopper: Shopper, quantity: str, event: str) -> None:
    await shopper.post("/cart/add", product=CAKESTAND, quantity="3")
    page = await shopper.post("/cart/set", product=CAKESTAND, quantity=quantity)
    assert named(page) == [event, "view_cart"]
    assert sum(item["quantity"] for item in calls(page)[1][2]["items"]) == int(quantity)


@pytest.mark.parametrize("quantity", ["-5", "1e9", "99999", "٣", "<b>"])
async def test_a_cart_stays_within_its_bounds(shopper: Shopper, quantity: str) -> None:
    page = await shopper.post("/cart/add", product=CAKESTAND, quantity=quantity)
    assert 1 <= calls(page)[-1][2]["items"][0]["quantity"] <= 99


async def test_delivery_is_free_from_fifty_pounds(shopper: Shopper) -> None:
    assert "£37.25 more and delivery is free" in (await shopper.post("/cart/add", product=CAKESTAND)).text
    assert "Delivery is on us" in (await shopper.post("/cart/set", product=CAKESTAND, quantity="4")).text


async def test_an_order_goes_through_though_dangol_is_away(shopper: Shopper, caplog: pytest.LogCaptureFixture) -> None:
    await shopper.post("/signup", **MEMBER)
    await shopper.post("/cart/add", product=CAKESTAND, quantity="2")
    assert named(await shopper.get("/checkout"))[1:] == ["begin_checkout"]
    with caplog.at_level(logging.WARNING):
        page = await shopper.post("/checkout", **WHERE)
    _, [_, name, data] = calls(page)
    assert (name, data["value"], data["items"][0]["quantity"]) == ("purchase", 25.5, 2)
    assert page.url.path == f"/done/{data['transaction_id']}"
    assert "dangol was not told of orders" in caplog.text


async def test_an_order_sent_twice_is_one(shopper: Shopper) -> None:
    await shopper.post("/cart/add", product=CAKESTAND)
    first = await shopper.post("/checkout", **WHERE)
    assert (await shopper.post("/checkout", **WHERE)).url == first.url


async def test_only_who_ordered_sees_the_order(shopper: Shopper) -> None:
    await shopper.post("/cart/add", product=CAKESTAND)
    done = (await shopper.post("/checkout", **WHERE)).url.path
    shopper.http.cookies.clear()
    assert (await shopper.get(done)).status_code == 404


async def test_a_form_with_gaps_says_which(shopper: Shopper) -> None:
    await shopper.post("/cart/add", product=CAKESTAND)
    page = await shopper.post("/checkout", **{**WHERE, "email": "mina", "postcode": " "})
    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 2
    assert 'value="1 High Street"' in page.text


async def test_a_new_member_is_known_to_dangol_by_a_signed_token(shopper: Shopper) -> None:
    page = await shopper.post("/signup", **MEMBER)
    [[command, token], [_, event, _]] = calls(page)
    claims = jwt.decode(token, shopper.settings.identity_secret, algorithms=["HS256"])
    assert (command, event, claims["name"], claims["grade"]) == ("member", "sign_up", "Mina", "friend")
    assert calls(await shopper.get("/")) == [["member", token]]


async def test_logging_out_forgets_and_logging_in_brings_the_cart_back(shopper: Shopper) -> None:
    await shopper.post("/signup", **MEMBER)
    await shopper.post("/cart/add", product=CAKESTAND)
    assert calls(await shopper.post("/logout")) == [["logout"]]
    assert calls(await shopper.get("/cart"))[0][2]["items"] == []
    page = await shopper.post("/login", email="MINA@mail.example", password=MEMBER["password"])
    assert named(page) == ["member", "login"]
    assert calls(await shopper.get("/cart"))[1][2]["items"][0]["item_id"] == CAKESTAND


@pytest.mark.parametrize(
    ("email", "password"), [("mina@mail.example", "wrong password"), ("no@mail.example", "x"), ("", "")]
)
async def test_a_wrong_password_opens_nothing(shopper: Shopper, email: str, password: str) -> None:
    await shopper.post("/signup", **MEMBER)
    await shopper.post("/logout")
    page = await shopper.post("/login", email=email, password=password)
    assert (page.status_code, calls(page)) == (422, [])


@pytest.mark.parametrize(
    ("after", "path"),
    [
        ("/cart?x=1", "/cart"),
        ("http://localhost:8001/cart", "/cart"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("http://localhost:8001.elsewhere.example/", "/"),
    ],
)
async def test_a_login_leads_back_to_a_page_of_the_shop_alone(shopper: Shopper, after: str, path: str) -> None:
    await shopper.post("/signup", **MEMBER)
    await shopper.post("/logout")
    page = await shopper.post("/login", email=MEMBER["email"], password=MEMBER["password"], next=after)
    assert (page.url.host, page.url.path) == ("localhost", path)


async def test_an_email_signs_up_once(shopper: Shopper) -> None:
    await shopper.post("/signup", **MEMBER)
    page = await shopper.post("/signup", **{**MEMBER, "email": "Mina@Mail.example"})
    assert page.status_code == 422
    assert "account with this e-mail already" in page.text


async def test_a_cookie_from_before_the_login_opens_nothing(shopper: Shopper) -> None:
    await shopper.post("/cart/add", product=CAKESTAND)
    before = shopper.http.cookies["ongi"]
    await shopper.post("/signup", **MEMBER)
    shopper.http.cookies.clear()
    shopper.http.cookies.set("ongi", before)
    assert calls(await shopper.get("/")) == []


async def test_a_forged_cookie_opens_nothing(shopper: Shopper) -> None:
    await shopper.post("/signup", **MEMBER)
    id, _, mac = shopper.http.cookies["ongi"].partition(".")
    shopper.http.cookies.clear()
    shopper.http.cookies.set("ongi", f"{id}.{mac[::-1]}")
    assert calls(await shopper.get("/")) == []


Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def told(shopper: Shopper, monkeypatch: pytest.MonkeyPatch) -> Told:
    """What dangol is told by the shop's server: the kind and the row."""
    seen: Told = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer sk_test"
        seen.extend((request.url.path, row) for rows in msgspec.json.decode(request.content).values() for row in rows)
        return httpx.Response(200)

    async def post(self: Teller, kind: str, rows: list[dict[str, Any]]) -> None:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(answer), base_url=shopper.settings.dangol_url, headers=self._api.headers
        ) as api:
            await api.post(f"/v1/{kind}", json={kind: rows})

    monkeypatch.setattr(Teller, "_post", post)
    return seen


def of(told: Told, kind: str) -> list[dict[str, Any]]:
    return [row for path, row in told if path == f"/v1/{kind}"]


async def test_the_server_tells_members_and_their_orders(shopper: Shopper, told: Told) -> None:
    await shopper.post("/signup", **MEMBER)
    await shopper.post("/cart/add", product=CAKESTAND)
    page = await shopper.post("/checkout", **WHERE)
    (member,), (order,) = of(told, "members"), of(told, "orders")
    assert (order["member"], order["total"]) == (member["id"], 12.75)
    assert order["id"] == calls(page)[1][2]["transaction_id"]
    assert [(row["notice"], row["member"]) for row in of(told, "notices")] == [
        ("joined", member["id"]),
        ("paid", member["id"]),
    ]


async def test_a_consent_is_told_in_the_words_that_were_agreed_to(shopper: Shopper, told: Told) -> None:
    await shopper.post("/signup", **MEMBER, phone="010-1234-5678", agree="1")
    consents = of(told, "consents")
    assert [row["channel"] for row in consents] == ["sms", "kakao"]
    assert all("advertisements" in row["wording"] and row["act"] == "agreed" for row in consents)


async def test_nobody_agrees_without_a_number_or_a_mark(shopper: Shopper, told: Told) -> None:
    await shopper.post("/signup", **MEMBER, agree="1")
    await shopper.post("/signup", **{**MEMBER, "email": "other@example.com"}, phone="010-1234-5678")
    assert len(of(told, "members")) == 2
    assert of(told, "consents") == []


async def test_a_guest_is_told_of_an_order_where_a_number_was_left(shopper: Shopper, told: Told) -> None:
    await shopper.post("/cart/add", product=CAKESTAND)
    await shopper.post("/checkout", **WHERE)
    assert told == []
    await shopper.post("/cart/add", product=CAKESTAND)
    await shopper.post("/checkout", **WHERE, phone="010-1234-5678")
    ((path, notice),) = told
    assert (path, notice["notice"], notice["phone"]) == ("/v1/notices", "paid", "010-1234-5678")
