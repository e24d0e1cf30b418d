"""Form: questions in the page itself, such as a newsletter's at its foot."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Struct

from dangol.plugin import Submission, Text, View, Widget
from dangol_widgets.forms import Form as Fields
from dangol_widgets.forms import submission
from dangol_widgets.parameters import Body, Title, about


class Form(Widget):
    """A title, a text and fields."""

    name = "form"
    api = 1
    version = "1"
    title: ClassVar[Text] = {"ko": "폼", "en": "Form"}
    slot = "inline"
    styles: ClassVar[Sequence[str]] = ("form.css", "style.css")

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        """What the marketer says."""

        title: Title
        form: Annotated[Fields, about("폼", "Form", "입력받을 항목들입니다.", "The fields to fill in.")]
        body: Body = ""

    async def context(self, params: Params, view: View) -> Mapping[str, Any] | None:
        """Nothing besides the parameters."""
        return {}

    def submit(self, params: Params, fields: Mapping[str, str]) -> Submission | None:
        """What the form says."""
        return submission(params.form, fields)
