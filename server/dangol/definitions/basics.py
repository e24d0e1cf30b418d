"""The small types that definitions are made of."""

from typing import Annotated, Literal

from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z", description="a-z, 0-9, _ and -, at most 40")]
Label = Annotated[str, Meta(max_length=200)]
Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")
Text = Label | dict[Language, Label]
Prose = Annotated[str, Meta(max_length=4000)]
LongText = Prose | dict[Language, Prose]
Address = Annotated[str, Meta(max_length=1000)]
"""Where a link leads: http(s), a path on the shop, or an app's own scheme, with variables."""
