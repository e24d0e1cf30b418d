import inspect
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dangol.plugin
import dangol.testing
from dangol import tallying
from dangol.host import breaker, guard
from dangol.host.contract import KINDS
from dangol.host.registry import GROUP
from dangol.recommend import learning, offering
from dangol.render import nodes, renderer
from dangol.store import tallies
from dangol.web import hooks
from dangol.worker import learners
from dangol.worker.outcomes import Policy

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"
GUIDE = (DOCS / "plugins.md").read_text(encoding="utf-8")
CODE = " ".join(re.findall(r"`[^`]+`", re.sub(r"```.*?```", "", GUIDE, flags=re.DOTALL)))
SHOWN = re.findall(r"^\[`(examples/\S+)`\]\(\1\):\n\n```\w+\n(.*?)```$", GUIDE, re.DOTALL | re.MULTILINE)
SUFFIXES = {".py", ".html", ".css"}
METHODS = [(kind, name) for kind in KINDS.values() for name in sorted(getattr(kind, "__abstractmethods__", ()))]


@pytest.mark.parametrize(("path", "code"), SHOWN, ids=[path for path, _ in SHOWN])
def test_the_guide_shows_the_very_file(path: str, code: str) -> None:
    assert code == (DOCS / path).read_text(encoding="utf-8"), f"copy docs/{path} into docs/plugins.md"


def test_every_example_is_shown_or_is_a_test() -> None:
    files = {f"examples/{path.relative_to(EXAMPLES)}" for path in EXAMPLES.rglob("*") if path.suffix in SUFFIXES}
    assert files - {path for path, _ in SHOWN} == {"examples/test_others.py"}


def test_the_examples_own_tests_pass(tmp_path: Path) -> None:
    roots = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-c", os.devnull, "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", tmp_path, EXAMPLES],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": roots, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", dangol.plugin.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"`{name}\b", CODE), f"docs/plugins.md does not tell of dangol.plugin.{name}"


@pytest.mark.parametrize("name", dangol.testing.__all__)
def test_every_name_of_the_test_kit_is_documented(name: str) -> None:
    assert re.search(rf"`{name}\b", CODE), f"docs/plugins.md does not tell of dangol.testing.{name}"


@pytest.mark.parametrize(("kind", "name"), METHODS, ids=[f"{kind.__name__}.{name}" for kind, name in METHODS])
def test_the_guide_shows_each_method_as_it_is_written(kind: type, name: str) -> None:
    source = inspect.getsource(getattr(kind, name))
    line = next(line.strip() for line in source.splitlines() if "def " in line)
    assert f"```python\n{line}\n```" in GUIDE


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kinds_attributes_are_documented(kind: type) -> None:
    for attribute in {**dangol.plugin.Plugin.__annotations__, **kind.__annotations__}:
        assert f"`{attribute}" in CODE, f"docs/plugins.md does not tell of {kind.__name__}.{attribute}"


def test_the_entry_point_is_that_of_the_example() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    points = tomllib.loads(block)["project"]["entry-points"][GROUP]
    assert points == {"free_shipping_note": "free_shipping_note:FreeShippingNote"}
    assert "class FreeShippingNote(Widget)" in (EXAMPLES / "free_shipping_note" / "__init__.py").read_text()


def test_every_element_that_a_template_may_use_is_listed() -> None:
    (line,) = re.findall(r"^- elements: (.*)$", GUIDE, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", line)) == nodes.ELEMENTS


@pytest.mark.parametrize(
    "told",
    [
        f"`Widget.context` and its template together | {renderer.BUDGET * 1000:.0f} ms |",
        f"`Recommender.recommend` | {offering.BUDGET * 1000:.0f} ms |",
        f"`Recommender.learn`, per entry | {learners.LEARN_BUDGET:g} s |",
        f"`Tally.learn`, per entry | {learners.LEARN_BUDGET:g} s |",
        f"`Tally.count` | {tallying.BUDGET * 1000:.0f} ms |",
        f"`Widget.submit` | {guard.RUN_BUDGET * 1000:.0f} ms |",
        f"within seven days, {tallies.MOST:,} at most",
        f"`Channel.send_many` and `Channel.look_up`, per call | {Policy().budget:g} s |",
        f"`Channel.told` | {hooks.BUDGET * 1000:.0f} ms |",
        f"`Condition.fact` | {guard.RUN_BUDGET * 1000:.0f} ms |",
        f"`Sink.consume`, per batch | {learners.SINK_BUDGET:g} s |",
        f"at most {learning.MOST:,} counts with {learning.MOST:,} members in all",
        f"failed {breaker.LIMIT} times in a row and is left out for {breaker.PAUSE:.0f} seconds",
        f"up to {breaker.LONGEST:.0f} seconds",
    ],
)
def test_budgets_and_limits_are_those_of_the_code(told: str) -> None:
    assert told in GUIDE


def test_every_kind_of_failure_is_explained() -> None:
    doc = dangol.errors.PluginFailure.__doc__ or ""
    kinds = re.findall(r"\w+", doc.split("tells how:")[1])
    assert kinds
    for kind in kinds:
        assert f"| `{kind}` |" in GUIDE
