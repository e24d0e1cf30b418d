"""Parts of providers' JSON. Pure."""

from typing import Any, Protocol

from dangol.plugin import Text


class Leads(Protocol):
    """Whatever leads somewhere."""

    @property
    def mobile(self) -> str: ...
    @property
    def pc(self) -> str: ...
    @property
    def android(self) -> str: ...
    @property
    def ios(self) -> str: ...


def present(**fields: Any) -> dict[str, Any]:
    """The fields that say something; a provider takes an empty text for a wrong one."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}


def bare(variable: str) -> str:
    """``name`` of ``#{name}``."""
    return variable.removeprefix("#{").removesuffix("}")


def is_address(image: str) -> bool:
    """Whether it is where an image lies, and not the id under which the provider keeps it."""
    return image.startswith(("https://", "http://"))


def words(text: Text) -> str:
    """A filled template's text: it is plain, though templates as they are written may hold one for each language."""
    return text if isinstance(text, str) else next(iter(text.values()), "")
