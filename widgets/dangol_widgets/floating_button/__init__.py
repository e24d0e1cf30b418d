"""Floating button: a round button in the corner that adds a Kakao channel, opens a chat, calls or leads somewhere."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Struct

from dangol.plugin import Text, Url, View, Widget
from dangol_widgets.parameters import about

CHANNEL = re.compile(r"_[A-Za-z0-9]{2,30}")
PHONE = re.compile(r"\+?[0-9][0-9-]{2,19}")
ICONS = {"kakao_add": "talk", "kakao_chat": "talk", "phone": "phone", "link": "arrow", "chat": "chat"}


class Action(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the button does."""

    kind: Annotated[
        Literal["kakao_add", "kakao_chat", "phone", "chat", "link"],
        about(
            "종류",
            "Kind",
            "카카오톡 채널 추가, 카카오톡 상담, 전화, 채팅 페이지, 링크 중 하나입니다.",
            "Adds a Kakao channel, chats on it, calls a number, or opens a chat page or any other.",
        ),
    ]
    to: Annotated[
        str,
        about(
            "대상",
            "To",
            "채널 ID(_ZeUTxl), 전화번호, 또는 주소입니다.",
            "The channel's id (_ZeUTxl), the phone number, or the address.",
            min_length=1,
            max_length=2000,
        ),
    ]
    label: Annotated[Text, about("라벨", "Label", "무엇을 하는지 적습니다.", "What it does.")]

    def __post_init__(self) -> None:
        if self.kind.startswith("kakao") and not CHANNEL.fullmatch(self.to):
            raise ValueError(f"to must be the channel's id such as _ZeUTxl for {self.kind}")
        if self.kind == "phone" and not PHONE.fullmatch(self.to):
            raise ValueError("to must be a phone number such as 1588-0000 for phone")
        if self.kind in ("chat", "link"):
            try:
                msgspec.convert(self.to, Url)
            except msgspec.ValidationError as error:
                raise ValueError(f"to must be an http(s) address or a path for {self.kind}") from error

    @property
    def address(self) -> str:
        """Where a press leads."""
        if self.kind == "phone":
            return f"tel:{self.to.replace('-', '')}"
        if self.kind == "kakao_add":
            return f"https://pf.kakao.com/{self.to}/friend"
        return f"https://pf.kakao.com/{self.to}/chat" if self.kind == "kakao_chat" else self.to

    @property
    def icon(self) -> str:
        """The icon's name."""
        return ICONS[self.kind]


def _contact() -> Text:
    return {"ko": "문의하기", "en": "Contact us"}


class FloatingButton(Widget):
    """One action is the button itself; several unfold from it."""

    name = "floating_button"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "플로팅 버튼", "en": "Floating button"}
    slot = "float"
    styles = ("icons.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        actions: Annotated[
            list[Action],
            about(
                "동작",
                "Actions",
                "하나면 바로 실행하고, 여럿이면 펼쳐집니다.",
                "One acts at once, several unfold.",
                min_length=1,
                max_length=5,
            ),
        ]
        label: Annotated[
            Text,
            about(
                "라벨",
                "Label",
                "여러 동작을 여는 버튼의 이름입니다.",
                "What the button is called that unfolds several actions.",
            ),
        ] = msgspec.field(default_factory=_contact)
        text: Annotated[
            Text, about("옆 문구", "Words beside it", "버튼 옆에 보이는 짧은 말입니다.", "A few words beside the icon.")
        ] = ""

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The label."""
        [first, *others] = params.actions
        return {"label": view.text(params.label if others else first.label)}
