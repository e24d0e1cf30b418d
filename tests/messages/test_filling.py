from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import ContactPolicy, Site
from dangol.definitions.templates import EmailTemplate, PushTemplate, Template, TextTemplate
from dangol.errors import Invalid
from dangol.messages.filling import Filled, Whom, filled, values
from dangol.profile.model import Line, Member, Profile

SITE = Site("shop", "public-key", "단골", ["https://shop.example"])
CONTACT = ContactPolicy(company="단골상점", contact="02-123-4567", opt_out="080-123-4567")
DANA = Profile(member=Member("m", "김민지"), cart=[Line("1", 12_000, 2, 1)], orders=2)
NOW = 1_795_000_000.0
ORDERED: dict[str, Any] = {
    "kind": "alimtalk",
    "id": "t",
    "code": "A",
    "text": "#{이름}님,  주문 #{번호}",
    "review": "approved",
    "buttons": [{"kind": "WL", "name": "보기", "mobile": "https://shop.example/orders/#{번호}"}],
}


def fill(template: Any, profile: Profile | None = DANA, language: str = "ko", **how: Any) -> Filled:
    template = msgspec.convert(template, Template) if isinstance(template, dict) else template
    given = {"fill": {}, "variables": {}, "unsubscribe": "https://d.kr/u/1", **how}
    return filled(template, Whom(SITE, profile, language, NOW), CONTACT, **given)


def text(words: Any, **how: Any) -> Any:
    return fill(TextTemplate("t", words, ad=False), **how).content


def refused(*args: Any, **how: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        fill(*args, **how)
    return [str(each) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("words", "profile", "expected"),
    [
        ("{name|고객}님", DANA, "김민지님"),
        ("{name|고객}님", Profile(), "고객님"),
        ("{name|고객}님", None, "고객님"),
        ("{cart_total}, {cart_count}개", DANA, "24,000원, 2개"),
        ("주문 {orders}번, {name}{을/를}", DANA, "주문 2번, 김민지를"),
        ("{orders ? 또 오셨네요 : 처음이시네요}", None, "처음이시네요"),
        ("{{name}}", DANA, "{name}"),
        ("{product|상품}", DANA, "상품"),
    ],
)
def test_a_text_speaks_of_its_recipient(words: str, profile: Profile | None, expected: str) -> None:
    assert text(words, profile=profile).text == expected


def test_a_text_is_in_the_recipient_s_language_else_in_the_site_s() -> None:
    words = {"ko": "안녕", "en": "hello"}
    assert [text(words, language=each).text for each in ("ko", "en", "fr", "")] == ["안녕", "hello", "안녕", "안녕"]


def test_variables_of_the_cause_are_put_in_as_they_are() -> None:
    made = text("#{이름}님 #{쿠폰}", variables={"이름": "{name}", "쿠폰": "#{이름}", "other": "x"})
    assert made.text == "{name}님 #{이름}"


def test_fill_makes_them_of_what_is_known_of_the_recipient() -> None:
    made = fill(ORDERED, fill={"이름": "{name|고객}", "번호": "{orders}"})
    assert made.content.text == "김민지님,  주문 2"
    assert made.variables == {"이름": "김민지", "번호": "2"}
    assert made.form == "alimtalk"
    assert made.content.buttons[0].mobile == "https://shop.example/orders/2"  # type: ignore[union-attr]


@pytest.mark.parametrize("variables", [{"이름": "김민지"}, {"이름": "김민지", "번호": " "}])
def test_variables_that_nobody_gave_are_named(variables: dict[str, str]) -> None:
    assert refused(ORDERED, variables=variables) == ["variables.번호: '' is not given: text names #{번호}"]


def test_a_test_shows_variables_as_they_are_written() -> None:
    assert fill(ORDERED, test=True).content.text == ORDERED["text"]
    # A provider that fills its own copy of the template asks for each of them.
    assert all(value == f"#{{{name}}}" for name, value in fill(ORDERED, test=True).variables.items())
    assert fill(ORDERED, test=True).variables


def test_without_a_template_the_variables_are_all() -> None:
    whom = Whom(SITE, DANA, "ko", NOW)
    assert values({"name": "{name|고객}"}, {"order": "1\u202e2"}, whom) == {"name": "김민지", "order": "12"}


def test_links_of_texts_are_tracked_and_no_others() -> None:
    made = text("보기 https://a.kr/x?y=1, 또는 http://b.kr/에서", shorten=lambda url: f"https://s.kr/{len(url)}")
    assert made.text == "보기 https://s.kr/18, 또는 https://s.kr/12에서"


def test_paths_lead_to_the_shop() -> None:
    push = fill(PushTemplate("p", "제목", "본문", link="/a?b#{c}", ad=False), variables={"c": "1"})
    assert push.content.link == "https://shop.example/a?b1"  # type: ignore[union-attr]


def test_a_shopper_s_name_gets_no_link_of_the_shop_s() -> None:
    named = Profile(member=Member("m", "https://evil.kr/a"))
    made = text("{name|고객}님 https://a.kr/ https://shop.example/x", profile=named, shorten=lambda url: "S")
    assert made.text == "https://evil.kr/a님 S S"
    noted = {"이름": "{name|고객}", "혜택": "https://b.kr/"}
    code = {"kind": "alimtalk", "id": "t", "code": "A", "text": "#{이름} #{혜택}", "review": "approved"}
    assert fill(code, named, fill=noted, shorten=lambda url: "S").variables == {
        "이름": "https://evil.kr/a",
        "혜택": "S",
    }


def test_a_name_that_a_shop_passes_on_gets_no_link_of_the_shop_s() -> None:
    told = {"고객명": "https://evil.kr/a", "배송 조회": "https://parcel.kr/1"}
    template = TextTemplate("t", "#{고객명}님 #{배송 조회}", ad=False)
    made = fill(template, variables=told, shorten=lambda url: "S").content
    assert isinstance(made, TextTemplate)
    assert made.text == "https://evil.kr/a님 S"


def test_a_variable_brings_no_label_into_what_is_no_advertisement() -> None:
    wanted = ["text: '#{제목}' is not left out, or ad: true: it is an advertisement"]
    assert refused(TextTemplate("t", "#{제목}", ad=False), variables={"제목": "（광고） 오늘만"}) == wanted


def test_pictures_are_the_shop_s_and_not_tracked() -> None:
    push = PushTemplate("p", "제목", "본문", image="/a.png", ad=False)
    assert fill(push, shorten=lambda url: "x").content.image == "https://shop.example/a.png"  # type: ignore[union-attr]
    email: Any = fill(
        EmailTemplate("e", "x", "y", html='<img src="/a.png">', ad=False), shorten=lambda url: "x"
    ).content
    assert email.html == '<img src="https://shop.example/a.png">'


def test_addresses_of_an_approved_template_stay_and_those_in_its_variables_are_tracked() -> None:
    buttons = [
        {"kind": "WL", "name": "주문", "mobile": "https://shop.example/#{번호}"},
        {"kind": "WL", "name": "쿠폰", "mobile": "#{링크}"},
    ]
    link = {"번호": "1", "이름": "a", "링크": "https://shop.example/coupons"}
    made = fill({**ORDERED, "buttons": buttons}, variables=link, shorten=lambda url: "https://s.kr/1")
    assert [each.mobile for each in made.content.buttons] == ["https://shop.example/1", "https://s.kr/1"]  # type: ignore[union-attr]
    assert made.variables["링크"] == "https://s.kr/1"


def test_addresses_of_a_free_brand_message_are_tracked() -> None:
    buttons = [{"kind": "WL", "name": "보기", "mobile": "/new"}]
    brand = {"kind": "brand", "id": "b", "bubble": "TEXT", "text": "새 상품", "buttons": buttons}
    made = fill(brand, shorten=lambda url: f"https://s.kr/?{url}")
    assert made.content.buttons[0].mobile == "https://s.kr/?https://shop.example/new"  # type: ignore[union-attr]
    kept = fill({**brand, "code": "B"}, shorten=lambda url: "https://s.kr/1")
    assert kept.content.buttons[0].mobile == "/new"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("variables", "where"),
    [({"이름": "가" * 1400, "번호": "1"}, "text"), ({"이름": "a", "번호": "1 javascript:"}, "buttons[0].mobile")],
)
def test_limits_hold_of_what_is_filled_too(variables: dict[str, str], where: str) -> None:
    (only,) = refused(ORDERED, variables=variables)
    assert only.startswith(f"{where}: ")


def test_refusals_show_what_was_written_and_nothing_personal() -> None:
    told = refused(ORDERED, variables={"이름": "김민지", "번호": "비밀 1"})
    assert told == ["buttons[0].mobile: 'https://shop.example/orders/#{번호}' is not an http(s) address"]
    (told_text,) = refused(TextTemplate("t", "{name} " + "가" * 1000, ad=False))
    assert "김민지" not in told_text


@pytest.mark.parametrize("review", ["draft", "requested", "reviewing", "rejected"])
def test_only_an_approved_alimtalk_is_filled(review: str) -> None:
    (only,) = refused({**ORDERED, "review": review}, variables={"이름": "a", "번호": "1"})
    assert only.startswith(f"review: '{review}' is not approved")


@pytest.mark.parametrize("words", ["{coupon ? 쿠폰 {coupon}}", " "])
def test_a_text_that_says_nothing_is_not_sent_for_its_label_alone(words: str) -> None:
    assert refused(TextTemplate("t", words)) == ["text: '' is not given: there is nothing to read"]


def test_titles_stay_on_one_line() -> None:
    made = fill(EmailTemplate("e", "#{이름}\r\nBcc: x", "본문", ad=False), variables={"이름": "a\nb"})
    assert made.content.subject == "a b Bcc: x"  # type: ignore[union-attr]


def test_the_html_of_an_e_mail_holds_values_as_text() -> None:
    evil = Profile(member=Member("m", '<script>"x"</script>&'))
    made = fill(EmailTemplate("e", "x", "y", html='<p title="{name}">{name|A&amp;B}</p>', ad=False), profile=evil)
    shown = '&lt;script&gt;"x"&lt;/script&gt;&amp;'
    assert made.content.html == f'<p title="{shown.replace(chr(34), "&quot;")}">{shown}</p>'  # type: ignore[union-attr]


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_a_variable_is_it_stays_one_value(name: str, number: str) -> None:
    try:
        made = fill({**ORDERED, "buttons": []}, variables={"이름": name, "번호": number})
    except Invalid as invalid:
        assert {each.where for each in invalid.problems} <= {"variables.이름", "variables.번호"}  # noqa: PT017
    else:
        assert made.content.text == f"{made.variables['이름']}님,  주문 {made.variables['번호']}"


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("", "김민지님"),
        ("01012345678", "김민지님"),
        ("minji@mail.example", "김민지님"),
        ("01098765432", "고객님"),
    ],
)
def test_a_member_s_name_goes_to_the_member_s_own_address_alone(to: str, expected: str) -> None:
    member = Member("m", "김민지", phone="010-1234-5678", email="minji@MAIL.example")
    whom = Whom(SITE, Profile(member=member), "ko", NOW, to)
    made = filled(TextTemplate("t", "{name|고객}님", ad=False), whom, CONTACT, fill={}, variables={})
    assert made.content.text == expected
    guest = Whom(SITE, Profile(orders=3), "ko", NOW, to)
    assert values({"a": "{orders}"}, {}, guest) == {"a": "3"}


@pytest.mark.parametrize(
    ("link", "variables", "expected"),
    [
        ("/o?q=#{q}", {"q": "김 1&a"}, "https://shop.example/o?q=%EA%B9%80%201&a"),
        ("#{link}", {"link": "https://a.kr/x?y=1"}, "https://a.kr/x?y=1"),
        ("https://a.kr/#{path}", {"path": "mugs/1?c=2"}, "https://a.kr/mugs/1?c=2"),
        ("/hello/{name}", {}, "https://shop.example/hello/%EA%B9%80%EB%AF%BC%EC%A7%80"),
        ("shop://cart", {}, "shop://cart"),
    ],
)
def test_values_stand_in_addresses_as_addresses_have_them(link: str, variables: dict[str, str], expected: str) -> None:
    made: Any = fill(PushTemplate("p", "제목", "본문", link=link, ad=False), variables=variables)
    assert made.content.link == expected


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "a.kr", "https://a.kr/ b"]
)
def test_a_notification_leads_nowhere_else(link: str) -> None:
    told = refused(PushTemplate("p", "제목", "본문", link="#{link}", ad=False), variables={"link": link})
    assert [each.partition(":")[0] for each in told] == ["link"]


def test_what_the_provider_keeps_gets_every_variable() -> None:
    kept = {"kind": "brand", "id": "b", "bubble": "TEXT", "code": "B1"}
    made = fill(kept, fill={"이름": "{name}"}, variables={"번호": "1"})
    assert made.variables == {"번호": "1", "이름": "김민지"}


def test_fill_that_says_nothing_of_a_recipient_is_a_variable_that_nobody_gave() -> None:
    assert refused(ORDERED, fill={"이름": "{coupon}", "번호": "1"}) == [
        "variables.이름: '' is not given: text names #{이름}"
    ]


@pytest.mark.parametrize(("words", "form", "size"), [("가" * 18 + "a", "sms", 90), ("가" * 18 + "ab", "lms", 91)])
def test_label_and_opt_out_line_count_towards_the_90_bytes(words: str, form: str, size: int) -> None:
    made: Any = fill(TextTemplate("t", words))
    assert (made.form, made.content.form, len(made.content.text.encode("euc-kr"))) == (form, form, size)
    if size > 90:
        (only,) = refused(TextTemplate("t", words, form="sms"))
        assert only == "text: '91 bytes' is not at most 90 bytes in EUC-KR, label and opt-out line included"


@pytest.mark.parametrize(
    ("html", "value", "expected"),
    [
        ('<p style="color:#{v}">a</p>', "red;position:fixed", '<p style="color:red">a</p>'),
        ('<a href="#{v}">a</a>', "javascript:alert(1)", "<a>a</a>"),
        ('<a href="#{v}">a</a>', '" onclick="x', '<a href="&quot; onclick=&quot;x">a</a>'),
        ("<p>#{v}</p>", "</p><script>x</script>", "<p>&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</p>"),
        ("<#{v}>a", "script", ""),
    ],
)
def test_no_value_changes_what_the_html_of_an_e_mail_does(html: str, value: str, expected: str) -> None:
    email = EmailTemplate("e", "x", "y", html=html, ad=False)
    made: Any = fill(email, variables={"v": value})
    assert made.content.html == expected.replace("#{v}", value)
