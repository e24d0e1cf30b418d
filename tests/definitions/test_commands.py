import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dangol.definitions.commands import apply, export
from dangol.host.registry import Registry
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol_plugins.log import Log
from dangol_widgets.popcorn import Popcorn

DOCUMENT = """\
site:
  id: shop
  key: public-key
  name: 단골 상점
  origins:
    - https://shop.example
campaigns:
  - id: hello
    widget:
      use: popcorn
      params:
        title: 안녕하세요
    on:
      - page_view
      - view_item
"""


@pytest.fixture(autouse=True)
def _empty_store(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands use the test's store, and the plugins of the tree whether or not it was installed."""
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setattr(Registry, "load", lambda: Registry.of([Popcorn(), Log()]))

    async def empty() -> None:
        link = Link(store.url)
        await link.call("FLUSHALL")
        link.close()

    asyncio.run(empty())


def run_apply(folder: Path, *texts: str, dry_run: bool = False) -> Result:
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"site{number}.yaml")
        files[-1].write_text(text)
    return CliRunner().invoke(apply, [*map(str, files), *(["--dry-run"] if dry_run else [])])


def run_export(*arguments: str) -> Result:
    return CliRunner().invoke(export, arguments)


def test_what_was_applied_is_exported(tmp_path: Path) -> None:
    result = run_apply(tmp_path, DOCUMENT)
    assert result.output == "shop: + site shop\nshop: + campaign hello\nshop: applied as version 1\n"
    assert run_export("shop").output == DOCUMENT


def test_links_of_messages_that_are_not_tracked_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = DOCUMENT + "templates:\n- {kind: text, id: a, ad: false, text: 'see https://shop.example/a'}\n"
    assert "DANGOL_PUBLIC_URL" in run_apply(tmp_path, document, dry_run=True).output
    monkeypatch.setenv("DANGOL_PUBLIC_URL", "https://go.example")
    assert "DANGOL_PUBLIC_URL" not in run_apply(tmp_path, document, dry_run=True).output


def test_applying_the_same_again_changes_nothing(tmp_path: Path) -> None:
    run_apply(tmp_path, DOCUMENT)
    assert run_apply(tmp_path, DOCUMENT).output == "shop: no changes\n"


def test_a_dry_run_shows_the_changes_and_stores_nothing(tmp_path: Path) -> None:
    run_apply(tmp_path, DOCUMENT)
    result = run_apply(tmp_path, DOCUMENT + "    delay: 3\n", dry_run=True)
    assert result.output == "shop: ~ campaign hello (delay)\nshop: not applied (dry run)\n"
    assert run_export("shop").output == DOCUMENT


def test_every_problem_of_every_file_is_told_and_nothing_is_applied(tmp_path: Path) -> None:
    other = DOCUMENT.replace("id: shop", "id: other").replace("public-key", "other-key")
    result = run_apply(tmp_path, DOCUMENT, other.replace("popcorn", "popcron") + "    delay: -1\n", "site: ]")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert [line.removeprefix(f"{tmp_path}/").split(": ")[:2] for line in lines] == [
        ["site1.yaml", "campaigns[0].delay"],
        ["site1.yaml", "campaigns[0].widget.use"],
        ["site2.yaml", "line 1"],
    ]
    assert run_export("shop").exit_code == 1


def test_two_files_for_one_site_are_refused(tmp_path: Path) -> None:
    result = run_apply(tmp_path, DOCUMENT, DOCUMENT)
    assert result.exit_code == 1
    assert "site1.yaml: site.id: 'shop' is not a site that only one of the files has" in result.stderr


def test_a_key_of_another_site_is_refused_before_anything_is_stored(tmp_path: Path) -> None:
    result = run_apply(tmp_path, DOCUMENT, DOCUMENT.replace("id: shop", "id: other"))
    assert result.exit_code == 1
    assert "site.key: 'public-key' is not a key of other alone; shop has it too" in result.output
    assert run_export("shop").exit_code == 1


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_bytes(b"site: \xff\xfe")
    result = CliRunner().invoke(apply, [str(tmp_path / "site.yaml")])
    assert result.exit_code == 1
    assert "site.yaml: byte 6: b'\\xff\\xfe' is not text in UTF-8" in result.stderr


def test_the_standard_input_is_a_file_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(apply, ["-"], input=DOCUMENT)
    assert result.output.endswith("applied as version 1\n")
    assert run_export("shop", "--output", str(tmp_path / "out.yaml")).output == ""
    assert (tmp_path / "out.yaml").read_text() == DOCUMENT


def test_an_unknown_site_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    assert "; this store has none (see DANGOL_REDIS_URL and DANGOL_DATA_DIR)" in run_export("shpo").output
    run_apply(tmp_path, DOCUMENT)
    result = run_export("shpo", "--output", str(tmp_path / "out.yaml"))
    assert result.exit_code == 1
    assert "SITE: 'shpo' is not a site with definitions; there are: shop" in result.output
    assert not (tmp_path / "out.yaml").exists()


def test_a_store_that_is_away_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGOL_REDIS_URL", f"unix://{tmp_path}/nothing.sock")
    result = run_apply(tmp_path, DOCUMENT)
    assert result.exit_code == 1
    assert "nothing.sock can't be reached" in result.output


def test_without_a_store_of_its_own_the_embedded_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DANGOL_REDIS_URL")
    monkeypatch.setenv("DANGOL_DATA_DIR", str(tmp_path / "data"))
    assert run_apply(tmp_path, DOCUMENT).exit_code == 0
    assert run_export("shop").output == DOCUMENT
    assert EmbeddedStore.running(tmp_path / "data") == ""


def test_an_earlier_version_is_exported_by_its_number(tmp_path: Path) -> None:
    told = [run_apply(tmp_path, text).output for text in (DOCUMENT, DOCUMENT.replace("안녕하세요", "반가워요"))]
    first, second = (output.split()[-1] for output in told)
    assert "안녕하세요" in run_export("shop", "--version", first).output
    assert "반가워요" in run_export("shop", "--version", second).output
    unknown = run_export("shop", "--version", "0")
    assert unknown.exit_code == 1
    assert f"site 'shop' has no version 0; it has {second}, {first}" in unknown.output


TEMPLATES = """\
senders:
  - id: main
    use: log
    prices:
      alimtalk: 8.0
templates:
  - kind: alimtalk
    id: ordered
    code: A1
    text: '#{이름}님, 고맙습니다'
    buttons:
      - kind: WL
        name: 보기
        mobile: https://shop.example/orders
    review: approved
"""


def test_templates_are_exported_as_they_were_applied_and_a_changed_one_is_a_draft(tmp_path: Path) -> None:
    assert run_apply(tmp_path, DOCUMENT + TEMPLATES).exit_code == 0
    assert run_export("shop").stdout == DOCUMENT + TEMPLATES
    changed = run_apply(tmp_path, (DOCUMENT + TEMPLATES).replace("고맙습니다", "감사합니다"))
    assert "shop: ~ template ordered (text, review)" in changed.stdout
    assert "shop: ! template ordered is a draft again: its words are not those approved" in changed.stdout
    assert "review:" not in run_export("shop").stdout
