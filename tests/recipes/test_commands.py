import asyncio
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dangol.cli import main
from dangol.definitions import document, repository
from dangol.definitions.model import Definitions
from dangol.recipes.book import recipes
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link

CART = ["add", "shop", "cart-recovery", "--set", "cart=/cart"]


def in_store(store: EmbeddedStore, work: Any) -> Any:
    async def run() -> Any:
        link = Link(store.url)
        try:
            return await work(link)
        finally:
            link.close()

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def _shop(store: EmbeddedStore, tmp_path: Path, define: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty site is in force."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_DATA_DIR", str(tmp_path))

    async def save(link: Link) -> None:
        await link.call("FLUSHALL")
        await repository.save(link, define())

    in_store(store, save)


def run(*command: str) -> Result:
    return CliRunner().invoke(main, ["recipe", *command])


def in_force(store: EmbeddedStore) -> Definitions:
    version_and_definitions = in_store(store, lambda link: repository.read(link, "shop"))
    return version_and_definitions[1]  # type: ignore[no-any-return]


def test_the_list_names_every_recipe() -> None:
    told = run("list").output
    assert all(each.id in told and each.title["ko"] in told for each in recipes().values())


def test_a_recipe_tells_what_it_does_and_what_it_needs() -> None:
    told = run("show", "bundle-upsell").output
    assert all(word in told for word in ("세트 상품 권유", "Offers the set", "--set saving="))


def test_with_its_settings_a_recipe_is_written_out_as_yaml() -> None:
    told = run("show", "cart-recovery", "--set", "cart=/cart").output
    assert "link: /cart" in told
    assert "$(" not in told


def test_a_recipe_is_put_in_force_with_its_changes_told(store: EmbeddedStore) -> None:
    told = run(*CART)
    assert told.exit_code == 0, told.output
    assert "+ campaign cart-recovery" in told.output
    assert "+ segment cart-recovery-left" in told.output
    assert [each.id for each in in_force(store).campaigns] == ["cart-recovery"]


def test_it_may_be_added_switched_off_and_twice(store: EmbeddedStore) -> None:
    run(*CART)
    run(*CART, "--as", "second", "--off")
    assert [(each.id, each.active) for each in in_force(store).campaigns] == [
        ("cart-recovery", True),
        ("second", False),
    ]


def test_what_the_site_has_is_not_overwritten_unasked(store: EmbeddedStore) -> None:
    run(*CART)
    refused = run(*CART, "--set", "hours=5")
    assert (refused.exit_code, "new to the site" in refused.output) == (1, True)
    replaced = run(*CART, "--set", "hours=5", "--replace")
    assert "~ segment cart-recovery-left (include)" in replaced.output


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["add", "shop", "cart-recovery"], "settings.cart"),
        (["add", "shop", "cart-recover"], "did you mean 'cart-recovery'?"),
        (["add", "nowhere", "cart-recovery", "--set", "cart=/x"], "a site with definitions in force"),
        ([*CART, "--as", "No Id"], "campaigns[0].id"),
        ([*CART, "--dry-run"], "not applied (dry run)"),
    ],
)
def test_what_is_refused_or_rehearsed_changes_nothing(store: EmbeddedStore, command: list[str], told: str) -> None:
    assert told in run(*command).output
    assert in_force(store).campaigns == []


def test_the_whole_document_can_be_had_as_a_file_for_apply(store: EmbeddedStore, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    assert run(*CART, "-o", str(file)).exit_code == 0
    assert in_force(store).campaigns == []
    assert [each.id for each in document.load_yaml(file.read_text()).campaigns] == ["cart-recovery"]
    assert CliRunner().invoke(main, ["apply", str(file)]).exit_code == 0
    assert [each.id for each in in_force(store).campaigns] == ["cart-recovery"]
