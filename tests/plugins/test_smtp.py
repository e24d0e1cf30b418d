"""E-mail over a real SMTP server on this machine."""

import email
from collections.abc import AsyncIterator
from email import policy
from typing import Any

import msgspec
import pytest
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.post import Post, listening

from dangol.plugin import PushRequest, Receipt, templates
from dangol_plugins import smtp
from dangol_plugins.letter import Unfit, letter, line, mailbox
from dangol_plugins.smtp import Account, Smtp
from dangol_plugins.smtp_codes import refusal

pytestmark = pytest.mark.anyio

MAIL = templates.EmailTemplate(
    id="news", subject="(광고) 새 상품 ☕", text="안녕하세요.\n.점\n", html="<p>안녕하세요</p>"
)
UNSUBSCRIBE = "https://dangol.example/u/abc-def"
PARAMS = msgspec.convert({"from": "단골 가게 <shop@shop.example>", "reply_to": "cs@shop.example"}, Smtp.Params)


def request(key: str = "key000000001", to: str = "kim@mail.example", content: Any = MAIL, **more: Any) -> PushRequest:
    return PushRequest(key, "shop", "c", "kim", to=to, content=content, **more)


@pytest.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """A server on a free port, which the account SMTP leads to."""
    async with listening() as (made, port):
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(port))
        yield made


async def send(*requests: PushRequest, params: Any = PARAMS) -> list[Receipt]:
    return list(await Smtp().send_many(params, requests))


async def test_a_letter_arrives_with_text_and_html_and_a_way_out(post: Post) -> None:
    [receipt] = await send(request(unsubscribe=UNSUBSCRIBE))
    assert (receipt.state, receipt.provider_id) == ("accepted", "<key000000001@shop.example>")
    [(envelope, found)] = post.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("shop@shop.example", ["kim@mail.example"])
    assert (found["Subject"], found["To"]) == ("(광고) 새 상품 ☕", "kim@mail.example")
    assert found["From"] == "단골 가게 <shop@shop.example>"
    assert (found["Reply-To"], found["Message-ID"]) == ("cs@shop.example", "<key000000001@shop.example>")
    assert found["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = found.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().strip() == MAIL.html


async def test_one_connection_carries_many_letters(post: Post) -> None:
    receipts = await send(*(request(f"key{at:09}", f"kim{at}@mail.example") for at in range(40)))
    assert {each.state for each in receipts} == {"accepted"}
    assert len({envelope.rcpt_tos[0] for envelope, _ in post.letters}) == 40
    assert len(post.sessions) <= smtp.CONNECTIONS


async def test_one_refused_address_leaves_the_others_alone(post: Post) -> None:
    post.rcpt = {"gone@mail.example": "550 5.1.1 <gone@mail.example> no such user"}
    first, gone, last = await send(
        request(), request("key000000002", "gone@mail.example"), request("key000000003", "lee@mail.example")
    )
    assert (first.state, last.state) == ("accepted", "accepted")
    assert (gone.state, gone.failure, gone.code) == ("failed", "bad_address", "550 5.1.1")
    assert "gone@" not in repr(gone)


async def test_a_letter_that_is_refused_for_now_is_tried_again(post: Post) -> None:
    post.data = "451 4.7.1 greylisted"
    [receipt] = await send(request())
    assert (receipt.state, receipt.failure) == ("retry", "blocked")


async def test_silence_after_the_letter_leaves_it_unknown(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LONGEST", 0.3)
    post.silent = True
    receipts = await send(*(request(f"key{at:09}") for at in range(smtp.CONNECTIONS + 1)))
    assert len(post.letters) == smtp.CONNECTIONS
    assert [each.state for each in receipts] == ["unknown"] * smtp.CONNECTIONS + ["retry"]


async def test_nobody_there_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", "1")
    receipts = await send(request(), request())
    assert {(each.state, each.failure) for each in receipts} == {("retry", "provider")}


@pytest.mark.parametrize(("name", "value"), [("SMTP_HOST", ""), ("SMTP_PORT", "mail"), ("SMTP_PORT", "70000")])
async def test_an_account_that_is_not_set_up_is_named(
    post: Post, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    [receipt] = await send(request())
    assert (receipt.state, receipt.failure) == ("retry", "account")
    assert name in receipt.reason


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_wrong_password_is_the_accounts_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(server: Server, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    async with listening(authenticator=check, auth_required=True, auth_require_tls=False) as (_, port):
        monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SMTP_PORT", str(port))
        monkeypatch.setenv("SMTP_USER", "shop")
        monkeypatch.setenv("SMTP_PASSWORD", "secret-wrong")
        [wrong] = await send(request())
        monkeypatch.setenv("SMTP_PASSWORD", "right")
        [fine] = await send(request())
    assert (wrong.state, wrong.failure, fine.state) == ("retry", "account", "accepted")
    assert "secret-wrong" not in repr((wrong, Account.of("SMTP")))


@pytest.mark.parametrize(
    ("host", "port", "first", "then"),
    [
        ("mail.example", 587, False, True),
        ("mail.example", 25, False, True),
        ("mail.example", 465, True, False),
        ("127.0.0.1", 2525, False, False),
    ],
)
async def test_only_on_this_machine_nothing_is_encrypted(host: str, port: int, first: bool, then: bool) -> None:
    client = Account(host, port, "", "").client()
    assert (client.use_tls, client._start_tls_on_connect) == (first, then)


async def test_a_server_without_tls_gets_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LOOPBACK", frozenset())
    [receipt] = await send(request())
    assert (receipt.state, post.letters) == ("retry", [])


async def test_names_of_other_scripts_need_a_server_that_takes_them(post: Post) -> None:
    [refused] = await send(request(to="김@mail.example"))
    assert (refused.state, refused.failure) == ("failed", "bad_address")
    post.utf8 = True
    [taken, idn] = await send(request(to="김@mail.example"), request("key000000002", "kim@단골.example"))
    assert (taken.state, idn.state) == ("accepted", "accepted")
    assert {envelope.rcpt_tos[0] for envelope, _ in post.letters} == {"김@mail.example", "kim@xn--bb0bu7i.example"}


@pytest.mark.parametrize(
    "to",
    ["", "kim", "kim@", "@mail.example", "kim@mail.example\r\nBcc: lee@mail.example", "a b@mail.example", "a@b@c.d",
     "kim@mail.example, lee@mail.example", "<kim@mail.example>", "kim@mail..example", "k..m@mail.example",
     "=?utf-8?b?DQpCY2M6IGxlZUBtYWlsLmV4YW1wbGU=?=@mail.example", "k.=?utf-8?q?=0D=0ABcc:?=@mail.example"],
)  # fmt: skip
async def test_what_is_no_address_never_reaches_the_server(post: Post, to: str) -> None:
    [receipt] = await send(request(to=to))
    assert (receipt.state, receipt.failure) == ("failed", "bad_address")
    assert post.letters == []


@given(st.text(), st.text(), st.text())
def test_no_text_makes_a_header_of_its_own(subject: str, name: str, unsubscribe: str) -> None:
    content = templates.EmailTemplate(id="x", subject=f"{subject}\r\nBcc: lee@mail.example", text="")
    try:
        made = letter(request(content=content, unsubscribe=unsubscribe), f"{name}\nX-Evil: 1 <shop@shop.example>")
    except UnicodeEncodeError:
        assert any("\ud800" <= each <= "\udfff" for each in subject + name)
        return
    found = email.message_from_bytes(made.content, policy=policy.SMTP)
    wanted = {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert set(found.keys()) <= wanted | {"List-Unsubscribe", "List-Unsubscribe-Post"}
    assert made.to == "kim@mail.example"


@pytest.mark.parametrize("given", ["", "shop", "a b@c.d", "Shop <shop>", "Shop<a@b.c>", "S\n <a@b.c>", "a@b.c, d@e.f"])
def test_who_sends_is_one_address_with_or_without_a_name(given: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"from": given}, Smtp.Params)
    plain = msgspec.convert({"from": "shop@shop.example"}, Smtp.Params)
    assert b"From: shop@shop.example" in letter(request(), plain.sender).content


def test_a_template_of_another_kind_is_refused() -> None:
    with pytest.raises(Unfit, match="e-mail"):
        letter(request(content=templates.TextTemplate(id="t", text="hello")), "shop@shop.example")


@pytest.mark.parametrize(
    "word", ["=?utf-8?b?DQpCY2M6IGxlZUBtYWlsLmV4YW1wbGU=?=", "=?utf-8?q?=0D=0ABcc:_lee@mail.example?="]
)
@pytest.mark.parametrize("around", ["{}", "Hello {}, 10% off", "a{}b", "=={}", "안녕 {}님"])
def test_an_encoded_word_makes_no_header_of_its_own(word: str, around: str) -> None:
    said = around.format(word)
    made = letter(request(content=replace(MAIL, subject=said)), f"{said.replace('@', '')} <shop@shop.example>")
    found = email.message_from_bytes(made.content, policy=policy.SMTP)
    assert "Bcc" not in found
    assert found["Subject"] == said.replace("=?", "= ?")


@given(st.text())
def test_a_line_stays_one(text: str) -> None:
    assert len(line(text).splitlines()) <= 1


@given(st.text(max_size=60))
def test_a_mailbox_is_one_or_none(text: str) -> None:
    try:
        found = mailbox(text, "bad_address")
    except Unfit:
        return
    assert not set(found.addr_spec) & set(' \r\n<>,;"')


@pytest.mark.parametrize(
    ("code", "message", "state", "failure"),
    [
        (550, "5.1.1 no such user", "failed", "bad_address"),
        (553, "5.1.8 bad sender", "failed", "account"),
        (552, "5.2.2 over quota", "failed", "not_reachable"),
        (452, "4.2.2 over quota", "retry", "not_reachable"),
        (552, "5.3.4 too big", "failed", "content"),
        (554, "5.6.0 malformed", "failed", "content"),
        (550, "5.7.1 spam", "failed", "blocked"),
        (550, "5.7.26 no DMARC", "failed", "account"),
        (535, "5.7.8 wrong", "failed", "account"),
        (421, "4.4.2 later", "retry", "provider"),
        (550, "who?", "failed", "bad_address"),
        (554, "no thanks", "failed", "blocked"),
        (500, "what?", "failed", "provider"),
        (550, "5.1.1234 no code", "failed", "bad_address"),
    ],
)
def test_a_refusal_is_told_by_its_codes(code: int, message: str, state: str, failure: str) -> None:
    found = refusal(code, message)
    assert (found.state, found.failure) == (state, failure)
    assert message.split(" ", 1)[-1] not in found.reason
