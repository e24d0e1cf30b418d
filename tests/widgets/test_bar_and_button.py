"""Welcome bar and floating button: their forms and what they refuse."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.testing import profile, render
from dangol_widgets.floating_button import FloatingButton
from dangol_widgets.welcome_bar import WelcomeBar

ADD = {"kind": "kakao_add", "to": "_ZeUTxl", "label": {"ko": "채널 추가", "en": "Add us"}}
CALL = {"kind": "phone", "to": "1588-0000", "label": "Call"}
HELP = {"kind": "link", "to": "/help", "label": "Help"}


def test_a_bar_has_a_button_or_is_a_link() -> None:
    button = render(WelcomeBar(), {"text": "Hi", "button": "Go", "link": "/a", "icon": "gift", "tone": "color"})
    assert button is not None
    assert '<section class="bar color">' in button.html
    assert '<a class="dg-button go" href="/a" data-dg="click">Go</a>' in button.html
    whole = render(WelcomeBar(), {"text": "Hi {name|there}", "link": "/a"}, profile=profile(member="Kim"))
    assert whole is not None
    assert '<a class="whole" href="/a" data-dg="click">Hi Kim</a>' in whole.html


def test_a_bar_without_words_is_not_shown() -> None:
    assert render(WelcomeBar(), {"text": "{name}"}) is None


@pytest.mark.parametrize(
    ("action", "address"),
    [
        (ADD, "https://pf.kakao.com/_ZeUTxl/friend"),
        ({**ADD, "kind": "kakao_chat"}, "https://pf.kakao.com/_ZeUTxl/chat"),
        (CALL, "tel:15880000"),
        (HELP, "/help"),
        ({"kind": "chat", "to": "https://chat.example/x", "label": "Chat"}, "https://chat.example/x"),
    ],
)
def test_one_action_is_the_button_itself(action: dict[str, Any], address: str) -> None:
    shown = render(FloatingButton(), {"actions": [action]})
    assert shown is not None
    assert f'href="{address}" data-dg="click"' in shown.html
    assert ('target="_blank" rel="noopener"' in shown.html) == address.startswith("https:")
    assert f'aria-label="{shown.label}"' in shown.html


def test_words_beside_the_icon_are_the_buttons_name() -> None:
    shown = render(
        FloatingButton(), {"actions": [ADD], "text": {"ko": "채널 추가하고 쿠폰 받기", "en": "Add"}}, language="ko"
    )
    assert shown is not None
    assert "채널 추가하고 쿠폰 받기" in shown.text
    assert "aria-label" not in shown.html


def test_several_actions_unfold() -> None:
    shown = render(FloatingButton(), {"actions": [ADD, CALL, HELP]}, language="ko")
    assert shown is not None
    assert shown.label == "문의하기"
    assert shown.html.count("<li>") == 3
    assert '<summary class="round" aria-label="문의하기">' in shown.html


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ({**ADD, "to": "https://pf.kakao.com/_ZeUTxl"}, "the channel's id"),
        ({**CALL, "to": "call me"}, "a phone number"),
        ({**HELP, "to": "javascript:alert(1)"}, "an http"),
        ({**HELP, "to": "//evil.example"}, "an http"),
        ({**HELP, "kind": "fax"}, "kind"),
    ],
)
def test_an_action_that_leads_nowhere_is_refused(action: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        render(FloatingButton(), {"actions": [action]})


@pytest.mark.parametrize("wrong", [{"text": "x", "button": "Go"}, {"text": "x", "tone": "loud"}, {}])
def test_a_bar_refuses_what_it_does_not_take(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="params"):
        render(WelcomeBar(), wrong)
