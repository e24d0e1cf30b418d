import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions import repository
from dangol.definitions.model import Definitions
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

HELLO: dict[str, Any] = {
    "id": "hello",
    "widget": {"use": "popcorn", "params": {"title": "Hello"}},
    "audience": ["eager"],
}
URL = "https://shop.example/"


@pytest.fixture
def folder(store: EmbeddedStore, tmp_path: Path, define: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with shop.yaml, which is not in force; an empty site is."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_DATA_DIR", str(tmp_path))

    async def save(definitions: Definitions) -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        await repository.save(link, definitions)
        link.close()

    asyncio.run(save(define()))
    unsaved = define(segments=[{"id": "eager", "include": {"visits": {"gte": 3}}}], campaigns=[HELLO])
    (tmp_path / "shop.yaml").write_bytes(msgspec.json.encode(unsaved))
    return tmp_path


def run(folder: Path, *command: str) -> Result:
    given = [str(folder / word) if word.endswith(".yaml") else word for word in command]
    return CliRunner().invoke(main, ["preview", "shop", *given])


def previews(store: EmbeddedStore) -> int:
    async def count() -> int:
        link = Link(store.url)
        found = await link.call("HLEN", keys.previews("shop"))
        link.close()
        return int(found)

    return asyncio.run(count())


def test_a_campaign_of_a_file_gets_a_link(folder: Path, store: EmbeddedStore) -> None:
    told = run(folder, "shop.yaml", "hello", URL)
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("https://shop.example/?dg_preview=")
    assert previews(store) == 1


def test_the_link_ends_when_told(folder: Path, store: EmbeddedStore) -> None:
    link = run(folder, "shop.yaml", "hello", URL).stdout.strip()
    assert run(folder, "--end", link).output == "ended\n"
    assert previews(store) == 0
    assert run(folder, "--end", link).exit_code == 1


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["shop.yaml", "helo", URL], "did you mean 'hello'?"),
        (["shop.yaml", "hello", "https://evil.example/"], "one of the site's origins"),
        (["shop.yaml", "hello"], "are needed"),
        (["shop.yaml", "hello", URL, "--hours", "0"], "hours"),
        (["--end", "https://shop.example/"], "the link, token or id"),
    ],
)
def test_what_can_not_be_previewed_is_refused(
    folder: Path, store: EmbeddedStore, command: list[str], told: str
) -> None:
    refused = run(folder, *command)
    assert refused.exit_code != 0
    assert told in refused.output
    assert previews(store) == 0
