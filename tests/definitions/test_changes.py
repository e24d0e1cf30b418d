from msgspec.structs import replace

from dangol.definitions.changes import changes
from dangol.definitions.model import (
    Campaign,
    ContactPolicy,
    Definitions,
    MessageUse,
    Segment,
    Sender,
    Site,
    Trait,
    WidgetUse,
)
from dangol.definitions.templates import AlimtalkTemplate, EmailTemplate, TextTemplate

SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
MANY = Segment("many", {"visits": {"gte": 2}})
HELLO = Campaign(id="hello", widget=WidgetUse("popcorn"))
WELCOME = Campaign(id="welcome", message=MessageUse("log"))


def test_a_new_site_is_all_added() -> None:
    assert changes(None, Definitions(SITE, [MANY], [HELLO])) == [
        "+ site shop",
        "+ segment many",
        "+ campaign hello",
    ]


def test_nothing_changed_is_nothing_told() -> None:
    assert changes(Definitions(SITE, [MANY], [HELLO]), Definitions(SITE, [MANY], [HELLO])) == []


def test_what_was_added_changed_and_removed_is_told() -> None:
    site = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"], cart_days=7)
    slow = Campaign(id="hello", widget=WidgetUse("popcorn"), delay=3, priority=1)
    assert changes(Definitions(SITE, [MANY], [HELLO]), Definitions(site, [], [slow, WELCOME])) == [
        "~ site shop (cart_days)",
        "- segment many",
        "+ campaign welcome",
        "~ campaign hello (delay, priority)",
    ]


def test_another_order_is_told() -> None:
    former, new = Definitions(SITE, [], [HELLO, WELCOME]), Definitions(SITE, [], [WELCOME, HELLO])
    assert changes(former, new) == ["~ campaigns in another order"]


def test_traits_are_told_one_by_one() -> None:
    size, vip = Trait("size", "", "text"), Trait("vip", "", "boolean")
    former, new = replace(SITE, traits=[size, vip]), replace(SITE, traits=[replace(size, public=True)], cart_days=7)
    expected = ["~ site shop (cart_days)", "~ trait size (public)", "- trait vip"]
    assert changes(Definitions(former), Definitions(new)) == expected
    assert changes(None, Definitions(former)) == ["+ site shop", "+ trait size", "+ trait vip"]


def test_senders_and_the_contact_policy_are_told() -> None:
    former = Definitions(SITE, senders=[Sender("main", "solapi"), Sender("old", "log")])
    new = Definitions(SITE, senders=[Sender("main", "nhn", prices={"sms": 9})], contact=ContactPolicy(company="Shop"))
    assert changes(former, new) == ["~ contact (company)", "~ sender main (use, prices)", "- sender old"]


def test_changes_of_templates_are_told_in_words() -> None:
    ordered = AlimtalkTemplate("ordered", "A1", "고맙습니다", review="approved")
    hello, letter = TextTemplate("hello", {"ko": "안녕"}), TextTemplate("letter", "x")
    former = Definitions(SITE, templates=[ordered, hello, letter])
    changed = replace(ordered, text="감" * 70, review="draft", comments=["no"])
    new = Definitions(
        SITE, templates=[changed, TextTemplate("hello", {"ko": "반가워요"}), EmailTemplate("letter", "x", "y")]
    )
    assert changes(former, new) == [
        "~ template ordered (text, review, comments)",
        f"    text: '고맙습니다' → '{'감' * 60}…'",
        "    review: 'approved' → 'draft'",
        "~ template hello (text)",
        "~ template letter (kind)",
    ]
