"""The sample distributions, built into wheels and installed into an environment of their own."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import dangol
import dangol_plugins
import dangol_widgets
from dangol.host.scaffold import create

HERE = Path(__file__).parent
DISTRIBUTIONS = ("hello_plugins", "broken_plugins")


class Environment:
    """A virtual environment with dangol, its libraries and the sample distributions."""

    def __init__(self, folder: Path) -> None:
        self.python = folder / "bin" / "python"

    def run(self, *arguments: str) -> str:
        """The output of ``python arguments...``."""
        done = subprocess.run([self.python, *arguments], capture_output=True, text=True, cwd=self.python.parent)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def roots() -> set[str]:
    """The folders that the three packages of dangol are imported from."""
    return {str(Path(str(package.__file__)).parents[1]) for package in (dangol, dangol_widgets, dangol_plugins)}


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample distributions and one that was written just now by the scaffold, built."""
    target = tmp_path_factory.mktemp("wheels")
    fresh = create("widget", "fresh-widget", tmp_path_factory.mktemp("sources"))
    sources = [fresh, *(HERE / name for name in DISTRIBUTIONS)]
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", target, *sources)
    return sorted(target.glob("*.whl"))


@pytest.fixture(scope="session")
def environment(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Fresh but for the libraries, which it borrows from the environment of the tests: seconds instead of minutes."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    environment = Environment(folder)
    borrowed = "\n".join([sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *sorted(roots())])
    own = Path(environment.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (own / "borrowed.pth").write_text(borrowed + "\n")
    pip("--python", environment.python, "install", "--no-deps", "--no-index", *wheels)
    return environment
