import pytest

from dangol.definitions.model import Definitions, Fallback, MessageUse, Sender, Site
from dangol.definitions.templates import AlimtalkTemplate, BrandTemplate, EmailTemplate, PushTemplate, TextTemplate
from dangol.errors import Invalid
from dangol.messages.kinds import is_ad, kind_of, price_form, price_forms
from dangol.messages.resolving import Route, Routes, fallback_use

SITE = Site("shop", "public-key", "단골", ["https://shop.example"])
HELLO = TextTemplate("hello", "안녕")
SENDER = Sender("main", "carrier", {"number": "02", "team": "a"}, {"sms": 9.9, "lms": 27}, 50)
ROUTES = Routes(Definitions(SITE, senders=[SENDER], templates=[HELLO]))


def test_a_sender_gives_its_plugin_parameters_and_prices() -> None:
    route = ROUTES.of(MessageUse("main", {"team": "b"}, template="hello"))
    assert route == Route("main", "carrier", {"number": "02", "team": "b"}, SENDER.prices, 50, HELLO)
    assert (route.price("sms"), route.price("lms"), route.price("mms")) == (9_900, 27_000, 0)


def test_a_plugin_may_be_named_itself() -> None:
    assert ROUTES.of(MessageUse("carrier", {"a": 1})) == Route("", "carrier", {"a": 1}, {}, None, None)


def test_a_variant_s_parameters_go_before_the_message_s() -> None:
    assert ROUTES.of(MessageUse("main", {"team": "b"}), {"team": "c"}).params == {"number": "02", "team": "c"}


def test_a_template_that_is_gone_is_refused() -> None:
    with pytest.raises(Invalid, match=r"message\.template: 'hallo' is not a template of this site"):
        ROUTES.of(MessageUse("main", template="hallo"))


def test_a_fallback_is_a_message_of_its_own() -> None:
    use = MessageUse("kakao", template="a", fallback=Fallback("main", "hello", {"이름": "{name}"}))
    assert fallback_use(use) == MessageUse("main", template="hello", fill={"이름": "{name}"})
    assert fallback_use(MessageUse("kakao")) is None


@pytest.mark.parametrize(
    ("template", "kind", "form", "forms", "ad"),
    [
        (TextTemplate("t", "x", form="sms"), "text", "sms", ("sms",), True),
        (TextTemplate("t", "x", ad=False), "text", "auto", ("sms", "lms"), False),
        (TextTemplate("t", "x", images=["i"]), "text", "auto", ("mms",), True),
        (AlimtalkTemplate("a", "A", "x"), "alimtalk", "alimtalk", ("alimtalk",), False),
        (BrandTemplate("b", "TEXT"), "brand", "brand", ("brand",), True),
        (PushTemplate("p", "x", "y"), "push", "push", ("push",), True),
        (EmailTemplate("e", "x", "y", ad=False), "email", "email", ("email",), False),
    ],
)
def test_a_template_tells_its_kind_its_forms_and_whether_it_is_an_advertisement(
    template: TextTemplate, kind: str, form: str, forms: tuple[str, ...], ad: bool
) -> None:
    told = (kind_of(template), price_form(template), price_forms(template), is_ad(template))
    assert told == (kind, form, forms, ad)


def test_without_a_template_it_is_custom() -> None:
    assert (kind_of(None), price_form(None), price_forms(None)) == ("custom", "custom", ("custom",))
