"""Which addresses a document leads to, and `dangol apply --check-links`."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dangol.cli import main
from dangol.definitions.links import addresses
from dangol.host.registry import Registry
from dangol.store.embedded import EmbeddedStore

POPUP = {"use": "popcorn", "params": {"title": "/no-link", "button": "Go", "link": "/tea", "image": "/tea.png"}}


def test_the_links_of_campaigns_and_variants_are_found_by_their_type(define: Any, registry: Registry) -> None:
    variants = [{"id": "a"}, {"id": "b", "params": {"link": "https://tea.example/b"}}]
    campaigns = [{"id": "one", "widget": POPUP, "variants": variants}, {"id": "two", "widget": POPUP}]
    found = addresses(define(campaigns=campaigns), registry)
    assert found.keys() == {"/tea", "/tea.png", "https://tea.example/b"}
    assert found["https://tea.example/b"] == ["campaigns[0].variants.b.params.link"]
    assert "campaigns[1].widget.params.link" in found["/tea"]


def test_the_links_of_templates_are_found_but_for_those_with_variables(define: Any, registry: Registry) -> None:
    words = "보기 https://a.example/x, https://a.example/#{no} 또는 #{link}"
    button = {"kind": "AL", "name": "앱", "mobile": "/tea", "android": "shop://tea"}
    text = {"id": "t", "kind": "text", "text": words, "ad": False}
    brand = {"id": "b", "kind": "brand", "bubble": "TEXT", "text": "x", "buttons": [button]}
    senders = [{"id": "main", "use": "log"}]
    campaign = {"id": "c", "message": {"use": "main"}}
    found = addresses(define(campaigns=[campaign], senders=senders, templates=[text, brand]), registry)
    assert found == {"https://a.example/x": ["templates[0].text"], "/tea": ["templates[1].buttons[0].mobile"]}


def test_nothing_is_applied_while_a_link_is_broken(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(
        "site: {id: linked, key: pk_linked_shop, name: Shop, origins: ['http://127.0.0.1:1']}\n"
        "campaigns: [{id: tea, widget: {use: popcorn, params: {title: Tea, button: Go, link: /tea}}}]\n"
    )
    monkeypatch.setenv("DANGOL_REDIS_URL", store.url)
    monkeypatch.setenv("DANGOL_SECRET", "s" * 32)
    done = CliRunner().invoke(main, ["apply", "--check-links", str(file)])
    assert done.exit_code == 1
    assert "/tea: 127.0.0.1 is not reached over the internet  (campaigns[0].widget.params.link)" in done.output
    assert "a link is broken; nothing was changed" in done.output
    assert CliRunner().invoke(main, ["export", "linked"]).exit_code == 1
