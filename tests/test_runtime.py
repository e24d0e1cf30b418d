"""What a server makes of definitions that were checked where other plugins are installed."""

from typing import Any

import pytest

from dangol.definitions.document import check
from dangol.host.registry import Registry
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE

SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}


def test_a_strip_is_shown_without_a_recommender_that_this_server_lacks_and_the_log_tells(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    strip: dict[str, Any] = {"use": "recommendation_strip", "params": {"recommenders": ["elsewhere", "popular"]}}
    definitions = check({"site": SITE, "campaigns": [{"id": "one", "widget": strip}]})
    runtime = SiteRuntime.build(definitions, 1, b"s" * 32, registry, CATALOGUE)
    assert runtime.widget("one", "")[1].recommenders == ["elsewhere", "popular"]
    assert "campaign one is shown without a recommender: widget.params.recommenders[0]: 'elsewhere'" in caplog.text
