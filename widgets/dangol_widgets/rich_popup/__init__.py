"""Rich popup: a dialog in the middle of the page, for what is worth a shopper's whole attention."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from dangol.plugin import Text, Url, View, Widget


class RichPopup(Widget):
    """A picture, a title, a text and one or two buttons. A second button without a link closes the dialog."""

    name = "rich_popup"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "리치 팝업", "en": "Rich popup"}
    slot = "dialog"

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        title: Annotated[Text, Meta(title="제목 / Title", description="The offer in a few words.")]
        button: Annotated[Text, Meta(title="버튼 / Button", description="What happens next.")]
        link: Annotated[Url, Meta(title="링크 / Link", description="Where the button leads.")]
        body: Annotated[Text, Meta(title="본문 / Body", description="A few sentences; line breaks are kept.")] = ""
        image: Annotated[
            Url | None, Meta(title="이미지 / Image", description="A wide picture, or a tall one at the side.")
        ] = None
        image_alt: Annotated[
            Text, Meta(title="이미지 설명 / Image description", description="Empty for a picture that only decorates.")
        ] = ""
        layout: Annotated[
            Literal["top", "side"],
            Meta(title="배치 / Layout", description="The picture above the text, or beside it where there is room."),
        ] = "top"
        second_button: Annotated[Text, Meta(title="두 번째 버튼 / Second button", description="Another way out.")] = ""
        second_link: Annotated[
            Url | None, Meta(title="두 번째 링크 / Second link", description="Without it the second button closes.")
        ] = None

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing besides the parameters."""
        return {}
