"""Rich popup: a dialog in the middle of the page, for what is worth a shopper's whole attention."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Struct

from dangol.plugin import Submission, Text, Url, View, Widget
from dangol_widgets.forms import Form, submission
from dangol_widgets.parameters import Body, Button, Image, ImageAlt, Link, SecondButton, SecondLink, Title, about


class RichPopup(Widget):
    """A picture or a video, a title, a text, and one or two buttons or a form. A second button without a link closes
    the dialog; without any button the close button is the way out."""

    name = "rich_popup"
    api = 1
    version = "2"
    title: ClassVar[Text] = {"ko": "리치 팝업", "en": "Rich popup"}
    slot = "dialog"
    styles: ClassVar[Sequence[str]] = ("form.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        title: Title
        button: Button = ""
        link: Link = None
        body: Body = ""
        image: Image = None
        image_alt: ImageAlt = ""
        layout: Annotated[
            Literal["top", "side", "whole"],
            about(
                "배치",
                "Layout",
                "top은 이미지를 글 위에, side는 넓은 화면에서 글 옆에 둡니다. whole은 이미지 한 장이 전부입니다.",
                "The picture above the text (top), beside it where there is room (side), or all there is (whole).",
            ),
        ] = "top"
        second_button: SecondButton = ""
        second_link: SecondLink = None
        video: Annotated[
            Url | None,
            about(
                "동영상",
                "Video",
                "동영상 파일(mp4, webm)의 주소입니다. 눌러야 재생됩니다.",
                "The address of a video file (mp4, webm); it plays when pressed. The image is its poster.",
            ),
        ] = None
        form: Annotated[
            Form | None, about("폼", "Form", "버튼 대신 입력을 받습니다.", "Fields to fill in, in place of buttons.")
        ] = None

        def __post_init__(self) -> None:
            if self.button and self.link is None:
                raise ValueError("button needs link: the address that it leads to")
            if self.form and (self.button or self.link or self.second_button):
                raise ValueError("a form has its own button, so button, link and second_button must be left out")
            if self.layout == "whole" and not (self.image and self.image_alt and not self.video):
                raise ValueError("layout whole needs image, and image_alt for those who can't see it, and has no video")

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing besides the parameters; without a form its rules are not fetched either."""
        return {} if params.form else {"styles": ("style.css",)}

    def submit(self, params: Params, fields: Mapping[str, str]) -> Submission | None:
        """What the form says."""
        return submission(params.form, fields) if params.form else None
