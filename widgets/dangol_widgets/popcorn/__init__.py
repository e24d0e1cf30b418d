"""Popcorn: a small message that pops up in a corner of the page and is in nobody's way."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from dangol.plugin import Text, Url, View, Widget


class Popcorn(Widget):
    """A title, and where given a body, a picture and a button. With a link but no button the whole card is the link."""

    name = "popcorn"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "팝콘", "en": "Popcorn"}
    slot = "corner"

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        title: Annotated[Text, Meta(title="제목 / Title", description="The message in a few words.")]
        body: Annotated[Text, Meta(title="본문 / Body", description="One or two sentences more.")] = ""
        image: Annotated[Url | None, Meta(title="이미지 / Image", description="A square or wide picture.")] = None
        image_alt: Annotated[
            Text, Meta(title="이미지 설명 / Image description", description="Empty for a picture that only decorates.")
        ] = ""
        image_as: Annotated[
            Literal["thumb", "banner"],
            Meta(
                title="이미지 위치 / Image place",
                description="A small picture beside the text, or a wide one above it.",
            ),
        ] = "thumb"
        button: Annotated[Text, Meta(title="버튼 / Button", description="What happens next; needs a link.")] = ""
        link: Annotated[Url | None, Meta(title="링크 / Link", description="Where a click leads.")] = None

        def __post_init__(self) -> None:
            if self.button and self.link is None:
                raise ValueError("button needs link: the address that it leads to")

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing besides the parameters."""
        return {}
