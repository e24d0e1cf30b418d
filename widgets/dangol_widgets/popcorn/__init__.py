"""Popcorn: a small message that pops up in a corner of the page and is in nobody's way."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Struct

from dangol.plugin import Submission, Text, View, Widget
from dangol_widgets.forms import Form, submission
from dangol_widgets.parameters import Body, Button, Image, ImageAlt, Link, SecondButton, SecondLink, Title, about


class Popcorn(Widget):
    """A title, and where given a body, a picture, buttons or a form. With a link but no button the whole card is the
    link."""

    name = "popcorn"
    api = 1
    version = "2"
    title: ClassVar[Text] = {"ko": "팝콘", "en": "Popcorn"}
    slot = "corner"
    anchored = True
    styles: ClassVar[Sequence[str]] = ("form.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        title: Title
        body: Body = ""
        image: Image = None
        image_alt: ImageAlt = ""
        image_as: Annotated[
            Literal["thumb", "banner"],
            about(
                "이미지 위치",
                "Image place",
                "thumb는 글 옆에 작게, banner는 글 위에 넓게 보입니다.",
                "thumb: small beside the text; banner: wide above it.",
            ),
        ] = "thumb"
        button: Button = ""
        link: Link = None
        second_button: SecondButton = ""
        second_link: SecondLink = None
        form: Annotated[
            Form | None, about("폼", "Form", "버튼 대신 입력을 받습니다.", "Fields to fill in, in place of buttons.")
        ] = None

        def __post_init__(self) -> None:
            if self.button and self.link is None:
                raise ValueError("button needs link: the address that it leads to")
            if self.form and (self.button or self.link or self.second_button):
                raise ValueError("a form has its own button, so button, link and second_button must be left out")

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing besides the parameters; without a form its rules are not fetched either."""
        return {} if params.form else {"styles": ("style.css",)}

    def submit(self, params: Params, fields: Mapping[str, str]) -> Submission | None:
        """What the form says."""
        return submission(params.form, fields) if params.form else None
