"""Welcome bar: one line across the page, at its foot or with `position: top` at its head."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Struct

from dangol.plugin import Text, View, Widget
from dangol_widgets.parameters import Button, Link, about


class WelcomeBar(Widget):
    """A text and where given a button. With a link but no button the text is the link."""

    name = "welcome_bar"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "웰컴 바", "en": "Welcome bar"}
    slot = "bar"
    anchored = True
    styles = ("icons.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        text: Annotated[Text, about("문구", "Text", "한 줄에 들어가는 짧은 문구입니다.", "A short line.")]
        button: Button = ""
        link: Link = None
        tone: Annotated[
            Literal["paper", "color"],
            about(
                "바탕",
                "Ground",
                "paper는 종이색, color는 테마의 색을 바탕에 깝니다.",
                "The theme's paper, or its colour for more attention.",
            ),
        ] = "paper"
        icon: Annotated[
            Literal["", "gift", "coupon", "chat", "bag"],
            about("아이콘", "Icon", "문구 앞에 보입니다.", "It stands before the text."),
        ] = ""

        def __post_init__(self) -> None:
            if self.button and self.link is None:
                raise ValueError("button needs link: the address that it leads to")

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """The text is the label too; None where it is empty for this shopper."""
        said = view.text(params.text)
        return {"label": said} if said.strip() else None
