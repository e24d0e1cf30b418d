import json
import zipfile
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def told(environment: Any) -> dict[str, Any]:
    """What `probe.py` prints, with the statuses by name."""
    answer = json.loads(environment.run(str(Path(__file__).with_name("probe.py"))))
    answer["statuses"] = {status["name"]: status for status in answer["statuses"]}
    return dict(answer)


def test_the_wheel_of_a_widget_holds_its_template_and_style(wheels: list[Path]) -> None:
    (hello,) = [wheel for wheel in wheels if wheel.name.startswith("hello_plugins-1.2")]
    names = zipfile.ZipFile(hello).namelist()
    assert {"hello_plugins/hello/template.html", "hello_plugins/hello/style.css"} <= set(names)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("hello", "widget"), ("cart_pieces", "condition"), ("newest", "recommender"), ("notebook", "channel")],
)
def test_a_third_partys_plugins_are_found(told: dict[str, Any], name: str, kind: str) -> None:
    status = told["statuses"][name]
    assert (status["kind"], status["distribution"], status["version"]) == (kind, "hello-plugins", "1.2")
    assert (status["state"], status["detail"]) == ("ok", "")


def test_a_third_partys_widget_is_rendered(told: dict[str, Any]) -> None:
    section = json.loads(told["shown"]["hello"])
    assert section[:2] == ["section", {"class": "hello"}]
    assert section[2] == ["p", {}, "Good day"]
    assert told["statuses"]["hello"]["calls"] == {"ok": 1}


def test_a_widget_fresh_from_the_scaffold_is_rendered(told: dict[str, Any]) -> None:
    assert told["statuses"]["fresh_widget"]["distribution"] == "fresh-widget"
    assert ["p", {"class": "text"}, "Good day"] in json.loads(told["shown"]["fresh_widget"])


@pytest.mark.parametrize(
    ("name", "state", "detail"),
    [
        ("broken_missing", "missing", "No module named 'broken_plugins.nowhere'"),
        ("broken_import", "import", "No module named 'a_library_that_is_not_installed'"),
        ("broken_exit", "import", "SystemExit: no licence found"),
        ("broken_api", "api", "written for api 99; this dangol has api 1"),
        ("broken_name", "api", "its class says name = 'another_name'; the entry point says 'broken_name'"),
        ("broken_kind", "api", "must derive from exactly one of"),
        ("broken_method", "api", "async def send(self, params: Any, request: "),
        ("broken_signature", "api", "context is async def context(params: Any)"),
        ("broken_params", "api", "must be a class derived from msgspec.Struct"),
        ("broken_making", "import", "FileNotFoundError: licence.key"),
        ("broken_raising", "raised", "context: ZeroDivisionError: a fault in the plugin"),
        ("broken_slow", "slow", "context: took longer than its budget of 250 ms"),
        ("broken_result", "result", "context: returned list, expected a mapping or None"),
        ("broken_html", "result", "<script>"),
        ("broken_files", "import", "template.html"),
    ],
)
def test_each_broken_plugin_is_told_apart(told: dict[str, Any], name: str, state: str, detail: str) -> None:
    status = told["statuses"][name]
    assert (status["distribution"], status["version"], status["state"]) == ("broken-plugins", "0.9", state)
    assert detail in status["detail"]


def test_every_broken_plugin_has_its_line_above(told: dict[str, Any]) -> None:
    """Whoever adds one to the distribution says what dangol makes of it."""
    (mark,) = test_each_broken_plugin_is_told_apart.pytestmark
    broken = {name for name, status in told["statuses"].items() if status["distribution"] == "broken-plugins"}
    assert broken == {name for name, _, _ in mark.args[1]}


def test_the_operators_list_shows_them_all(told: dict[str, Any]) -> None:
    status, listed = told["ends"]["list"]
    lines = {line.split()[0]: line.split()[1:5] for line in listed.splitlines()}
    assert status == 0
    assert lines["hello"] == ["widget", "hello-plugins", "1.2", "ok"]
    assert lines["broken_raising"] == ["widget", "broken-plugins", "0.9", "ok"]
    assert lines["broken_files"] == ["widget", "broken-plugins", "0.9", "import"]
    assert lines["broken_api"][:3] == ["broken-plugins", "0.9", "api"]


def test_check_fails_on_a_broken_plugin(told: dict[str, Any]) -> None:
    good, bad = told["ends"]["check hello"], told["ends"]["check hello broken_api"]
    assert (good[0], bad[0]) == (0, 1)
    assert "this dangol has api 1" in bad[1]
