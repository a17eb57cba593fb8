"""`make run` and `make test` with a stand-in for .venv's Python that notes what it is asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


class Checkout:
    """A checkout that is set up already, as far as make can tell."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.log = folder / "asked"
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder / name)
        shutil.copytree(ROOT / ".ci", folder / ".ci")
        (folder / ".ci" / "system-packages").write_text("")
        (folder / ".ci" / "setup").write_text(f'echo "setup $1" >>"{self.log}"\n')
        self.answer('echo "python $*"')
        self.set_up()

    def answer(self, body: str) -> None:
        """Make .venv/bin/python a script of ``body`` whose output is noted."""
        python = self.folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.write_text(f'#!/bin/sh\n{{ {body}; }} >>"{self.log}"\n')
        python.chmod(0o755)

    def set_up(self) -> None:
        """Let the stamps be newer than everything they depend on."""
        newest = max(path.stat().st_mtime for path in self.folder.rglob("*"))
        for name in (".run", ".test"):
            stamp = self.folder / ".venv" / name
            stamp.touch()
            os.utime(stamp, (newest + 10, newest + 10))

    def make(self, *words: str, **env: str) -> subprocess.CompletedProcess:
        clean = {"PATH": os.environ["PATH"], **env}
        return subprocess.run(
            ["make", *words], cwd=self.folder, env=clean, capture_output=True, text=True, timeout=60
        )

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


@pytest.mark.parametrize("screen", [{"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_run_opens_the_sample_where_there_is_a_screen(checkout, screen):
    assert checkout.make("run", **screen).returncode == 0
    assert checkout.asked() == ["python main.py assets/samples/sample.jpg"]


def test_run_opens_the_photo_it_is_given_spaces_and_all(checkout):
    checkout.answer('echo "$# $2"')
    checkout.make("run", "PHOTO=my photo.jpg", DISPLAY=":0")
    assert checkout.asked() == ["2 my photo.jpg"]


def test_run_fills_the_sample_where_there_is_no_screen(checkout):
    assert checkout.make("run").returncode == 0
    (call,) = checkout.asked()
    assert call.startswith("python main.py fill assets/samples/sample.jpg --mask")
    assert "--out out/sample-filled.jpg" in call


def test_run_with_a_photo_but_no_screen_says_what_to_do(checkout):
    done = checkout.make("run", "PHOTO=my.jpg")
    assert done.returncode != 0
    assert 'fill "my.jpg" --mask' in done.stdout
    assert checkout.asked() == []


def test_a_failing_program_fails_make(checkout):
    checkout.answer("exit 5")
    assert checkout.make("run").returncode != 0


@pytest.mark.parametrize("pin", ["pyproject.toml", "constraints.txt"])
@pytest.mark.parametrize(("target", "extras"), [("run", ""), ("test", "[test,train]")])
def test_only_a_changed_pin_sets_up_again(checkout, pin, target, extras):
    checkout.make(target)
    later = (checkout.folder / ".venv" / ".run").stat().st_mtime + 10
    os.utime(checkout.folder / pin, (later, later))
    checkout.make(target)
    setups = [line for line in checkout.asked() if line.startswith("setup")]
    assert setups == [f"setup {extras}"]


def test_a_failed_setup_is_tried_again(checkout):
    (checkout.folder / ".venv" / ".run").unlink()
    setup = checkout.folder / ".ci" / "setup"
    setup.write_text("exit 1\n")
    assert checkout.make("run").returncode != 0
    assert not (checkout.folder / ".venv" / ".run").exists()


def test_tests_and_lint_never_want_a_screen(checkout):
    checkout.answer('echo "$QT_QPA_PLATFORM $*"')
    checkout.make("test", DISPLAY=":0")
    checkout.make("lint")
    first, *lint = checkout.asked()
    assert first == "offscreen -m pytest -q -n 2 --dist loadfile"
    assert [line.split()[1] for line in lint] == ["ruff", "ruff", "mypy"]


def test_ci_runs_the_tests_then_the_linters():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make test", "make lint"]
    assert "set -eu" in lines
