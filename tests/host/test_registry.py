import textwrap
from collections.abc import Mapping
from importlib.metadata import EntryPoint, distributions
from pathlib import Path
from typing import Any

import pytest

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import GROUP, Registry, Status
from dangol.plugin import Condition, Profile, Request, View, Widget

GOOD = """
    class Hello(Widget):
        name = "hello"
        api = 1
        slot = "corner"
        async def context(self, params, view):
            return {}
"""


class Site:
    """A folder on the import path, with modules and the metadata of installed distributions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def module(self, name: str, code: str) -> None:
        head = "from dangol.plugin import *\nimport msgspec\n"
        (self.folder / f"{name}.py").write_text(head + textwrap.dedent(code), encoding="utf-8")

    def install(self, distribution: str, **points: str) -> None:
        info = self.folder / f"{distribution.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{lines}")

    def points(self) -> list[EntryPoint]:
        found = distributions(path=[str(self.folder)])
        return [point for each in found for point in each.entry_points if point.group == GROUP]

    def load(self) -> Registry:
        return Registry.load(self.points())

    def status_of(self, code: str, value: str = "") -> Status:
        module = f"plugin_{self.folder.name.replace('-', '_')}"
        self.module(module, code)
        self.install("hello-dist", hello=value or f"{module}:Hello")
        (status,) = self.load().statuses()
        return status


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.syspath_prepend(tmp_path)
    return Site(tmp_path)


def test_a_good_plugin_is_found_and_made(site: Site) -> None:
    assert site.status_of(GOOD) == Status("hello", "widget", "hello-dist", "1.2")
    assert site.load().widget("hello").name == "hello"


def broken(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("code", "state", "detail"),
    [
        ("import no_such_module_at_all", "import", "no_such_module_at_all"),
        ("None.nothing", "import", "AttributeError"),
        ("raise SystemExit(1)", "import", "SystemExit"),
        ("Hallo = 1", "missing", "there is no"),
        ("Hello = 1", "api", "1 is not a class"),
        (broken('"corner"', '"corner"\n        api = 99'), "api", "written for api 99; this dangol has api 1"),
        (broken('"hello"', '"hallo"'), "api", "says name = 'hallo'; the entry point says 'hello'"),
        (broken('"corner"', '"attic"'), "api", "slot = 'attic'"),
        (broken('slot = "corner"', ""), "api", "slot = None"),
        (broken("(Widget)", "(Widget, Channel)"), "api", "exactly one of: widget, recommender"),
        (broken("(Widget)", "(Plugin)"), "api", "exactly one of: widget, recommender"),
        (broken('"corner"', '"corner"\n        Params = dict'), "api", "msgspec.Struct"),
        (broken("context", "contents"), "api", "async def context(self, params: Any, view: "),
        (broken("async def", "def"), "api", "context is def context(params, view); expected async def context"),
        (broken("params, view", "params"), "api", "context is async def context(params); expected async def"),
        (broken("params, view", "params, view, more"), "api", "context(params, view, more); expected"),
        (broken("api = 1", "api = property(lambda self: 1 / 0)"), "api", "written for api <property"),
        (broken("api = 1", "version = '1'"), "api", "written for api None"),
        (
            broken("(Widget)", "(Widget, metaclass=type('M', (type(Widget),), {'api': property(lambda c: 1 / 0)}))"),
            "api",
            "checking it: ZeroDivisionError",
        ),
        (broken("async def", "def __init__(self): 1 / 0\n        async def"), "import", "making it: ZeroDivisionError"),
    ],
)
def test_each_way_to_fail_is_told_apart(site: Site, code: str, state: str, detail: str) -> None:
    status = site.status_of(code)
    assert (status.name, status.state) == ("hello", state)
    assert detail in status.detail


@pytest.mark.parametrize(
    "said", ["keep = 257", "keep = 0", "half_life = -1", "totals = {'': 1.0}", "totals = {'a': 'b'}"]
)
def test_a_recommender_says_how_it_counts_within_bounds(site: Site, said: str) -> None:
    code = broken('slot = "corner"', said).replace("(Widget)", "(Recommender)").replace("context", "recommend")
    status = site.status_of(code)
    assert (status.state, status.detail.partition(":")[0].startswith("its class says ")) == ("api", True)
    assert said.partition(" ")[0] in status.detail


def test_a_module_that_is_not_there_is_missing(site: Site) -> None:
    assert site.status_of(GOOD, "not_there.at_all:Hello").state == "missing"


def test_params_that_have_no_schema_are_refused(site: Site) -> None:
    code = GOOD + "\n        class Params(msgspec.Struct):\n            back: complex\n"
    status = site.status_of(code)
    assert status.state == "api"
    assert "Params can't be turned into a JSON Schema" in status.detail


def test_one_broken_plugin_leaves_the_others(site: Site) -> None:
    site.module("good_one", GOOD)
    site.install("good", hello="good_one:Hello")
    site.install("bad", bad="bad_one:Bad")
    registry = site.load()
    assert [(each.name, each.state) for each in registry.statuses()] == [("bad", "missing"), ("hello", "ok")]
    assert [each.name for each in registry.widgets()] == ["hello"]


def test_a_third_partys_plugin_goes_before_the_built_in_and_this_is_told(site: Site) -> None:
    site.module("builtin_hello", GOOD)
    site.module("better_hello", GOOD)
    site.install("dangol", hello="builtin_hello:Hello")
    site.install("zz-better", hello="better_hello:Hello")
    registry = site.load()
    assert type(registry.widget("hello")).__module__ == "better_hello"
    (status,) = registry.statuses()
    assert (status.distribution, status.detail) == ("zz-better", "used instead of the one of dangol 1.2")


def test_asking_for_a_plugin_that_is_not_installed_lists_what_is(site: Site) -> None:
    site.status_of(GOOD)
    with pytest.raises(PluginFailure, match="no widget of this name is installed; there are: hello") as failure:
        site.load().widget("helo")
    assert failure.value.kind == "missing"
    with pytest.raises(PluginFailure, match="no channel of this name is installed; there are: none"):
        site.load().channel("hello")


def test_asking_for_a_plugin_that_failed_tells_why(site: Site) -> None:
    site.status_of("raise RuntimeError('no licence')")
    with pytest.raises(PluginFailure, match="no licence") as failure:
        site.load().widget("hello")
    assert failure.value.kind == "import"


class Counted(Widget):
    name = "counted"
    api = 1
    slot = "bar"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        return {}


def test_the_status_tells_how_calls_went() -> None:
    registry, guard = Registry.of([Counted()]), Guard()
    widget = registry.widget("counted")
    guard.run(widget, "context", dict, expect=dict)
    with pytest.raises(PluginFailure):
        guard.run(widget, "context", list, expect=dict)
    (status,) = registry.statuses(guard)
    assert (status.state, status.detail) == ("result", "context: returned list, expected dict")
    assert status.calls == {"ok": 1, "result": 1}


def test_a_condition_that_takes_a_built_in_ones_name_is_refused() -> None:
    class Visits(Condition):
        name = "visits"
        api = 1
        kind = "number"

        def fact(self, profile: Profile, request: Request) -> float | None:
            return 1

    with pytest.raises(PluginFailure, match="two conditions are called 'visits'"):
        Registry.of([Visits()])


def test_instances_that_break_the_contract_are_refused() -> None:
    class Old(Counted):
        api = 0

    with pytest.raises(PluginFailure, match="written for api 0"):
        Registry.of([Old()])
