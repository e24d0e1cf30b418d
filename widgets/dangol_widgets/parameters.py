"""How the built-in widgets describe their parameters: Korean first, then English."""

from typing import Annotated, Any

from msgspec import Meta

from dangol.plugin import Text, Url


def about(ko: str, en: str, ko_says: str, en_says: str, **limits: Any) -> Meta:
    """The title ``Korean / English`` and a description of two lines, one for each language, beside the limits."""
    return Meta(title=f"{ko} / {en}", description=f"{ko_says}\n{en_says}", **limits)


Title = Annotated[Text, about("제목", "Title", "전할 말을 몇 단어로 적습니다.", "The message in a few words.")]
Body = Annotated[
    Text,
    about("본문", "Body", "한두 문장을 더합니다. 줄바꿈이 유지됩니다.", "A few sentences more; line breaks are kept."),
]
Image = Annotated[Url | None, about("이미지", "Image", "이미지 주소입니다.", "The address of a picture.")]
ImageAlt = Annotated[
    Text,
    about(
        "이미지 설명",
        "Image description",
        "화면을 읽어 주는 도구가 읽습니다. 꾸미기 위한 이미지라면 비워 둡니다.",
        "Read out by screen readers. Empty for a picture that only decorates.",
    ),
]
Button = Annotated[
    Text,
    about(
        "버튼", "Button", "누르면 무슨 일이 생기는지 적습니다. 링크가 필요합니다.", "What happens next; needs a link."
    ),
]
Link = Annotated[Url | None, about("링크", "Link", "누르면 열리는 주소입니다.", "The address that a click leads to.")]
SecondButton = Annotated[
    Text,
    about(
        "두 번째 버튼",
        "Second button",
        "다른 길을 보여 줍니다. 링크가 없으면 닫습니다.",
        "Another way out; it closes without a link.",
    ),
]
SecondLink = Annotated[
    Url | None,
    about(
        "두 번째 링크", "Second link", "두 번째 버튼이 여는 주소입니다.", "The address that the second button leads to."
    ),
]
