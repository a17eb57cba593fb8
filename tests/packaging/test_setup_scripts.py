"""The set-up scripts, run against a made-up machine: a PATH of our own with fake commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no sh")

ALL_LIBRARIES = [
    "libglib-2.0.so.0",
    "libGL.so.1",
    "libEGL.so.1",
    "libxkbcommon.so.0",
    "libfontconfig.so.1",
    "libdbus-1.so.3",
    "libxcb-cursor.so.0",
    "libxkbcommon-x11.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-shape.so.0",
]


class Machine:
    """A machine whose PATH holds only what a test puts there."""

    def __init__(self, home: Path):
        self.home = home
        self.bin = home / "bin"
        self.bin.mkdir()
        self.log = home / "log"
        for name in ("sh", "dirname", "env", "cat"):
            (self.bin / name).symlink_to(shutil.which(name))
        self.fake("uname", "echo Linux")
        self.fake("id", "echo 0")
        self.libraries(ALL_LIBRARIES)

    def fake(self, name: str, body: str) -> None:
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.log}"\n{body}\n')
        path.chmod(0o755)

    def libraries(self, names) -> None:
        listing = self.home / "libraries"
        listing.write_text("".join(f"\t{name} (libc6,x86-64) => /lib/{name}\n" for name in names))
        self.fake("ldconfig", f'cat "{listing}"')

    def run(self, script: Path, *args: str, **env: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.bin / "sh", script, *args],
            env={"PATH": str(self.bin), **env},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def calls(self, name: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(name)]


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


PACKAGES = ROOT / ".ci" / "system-packages"


@pytest.mark.parametrize("purpose", ["offscreen", "window"])
def test_nothing_is_installed_where_nothing_is_missing(machine, purpose):
    machine.fake("apt-get", "exit 1")
    assert machine.run(PACKAGES, purpose).returncode == 0
    assert machine.calls("apt-get") == []


def test_root_gets_exactly_the_missing_packages(machine):
    machine.libraries(set(ALL_LIBRARIES) - {"libEGL.so.1", "libxcb-cursor.so.0"})
    machine.fake("apt-get", "exit 0")
    assert machine.run(PACKAGES, "offscreen").returncode == 0
    assert machine.calls("apt-get")[-1].endswith("--no-install-recommends libegl1")


def test_a_longer_library_name_does_not_hide_a_missing_one(machine):
    machine.libraries((set(ALL_LIBRARIES) - {"libGL.so.1"}) | {"libGL.so.10"})
    machine.fake("apt-get", "exit 0")
    machine.run(PACKAGES, "window")
    assert machine.calls("apt-get")[-1].endswith(" libgl1")


def test_an_ordinary_user_is_told_the_command(machine):
    machine.libraries([])
    machine.fake("id", "echo 1000")
    machine.fake("sudo", "exit 1")
    machine.fake("apt-get", "exit 1")
    done = machine.run(PACKAGES, "window")
    assert done.returncode == 1
    assert "sudo apt-get install libglib2.0-0 libgl1 libegl1" in done.stderr
    assert "libxcb-cursor0" in done.stderr


def test_a_failing_installation_ends_in_the_command(machine):
    machine.libraries([])
    machine.fake("apt-get", "exit 100")
    done = machine.run(PACKAGES, "offscreen")
    assert done.returncode == 1
    assert "sudo apt-get install libglib2.0-0" in done.stderr


def test_a_linux_without_apt_is_told_what_is_missing(machine):
    machine.libraries([])
    done = machine.run(PACKAGES, "offscreen")
    assert done.returncode == 1
    assert "libxkbcommon0" in done.stderr


def test_other_systems_are_left_alone(machine):
    machine.libraries([])
    machine.fake("uname", "echo Darwin")
    assert machine.run(PACKAGES, "window").returncode == 0


@pytest.fixture
def checkout(tmp_path):
    """A folder with the set-up scripts and no .venv."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    return folder


def test_setup_says_so_where_no_python_is_new_enough(machine, checkout):
    machine.fake("python3", "exit 1")
    done = machine.run(checkout / ".ci" / "setup", "")
    assert done.returncode != 0
    assert "Lacuna needs Python 3.11 or newer" in done.stderr
    assert not (checkout / ".venv").exists()


def test_setup_takes_the_python_it_is_given(machine, checkout):
    machine.fake("chosen", f'case "$*" in "-m venv"*) exit 9;; esac; exec "{sys.executable}" "$@"')
    machine.run(checkout / ".ci" / "setup", "", PYTHON="chosen")
    assert any("-m venv" in call for call in machine.calls("chosen"))


def test_setup_asks_for_the_venv_package_debian_leaves_out(machine, checkout):
    machine.fake(
        "python3",
        f'case "$*" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"',
    )
    machine.fake("id", "echo 1000")
    machine.fake("apt-get", "exit 1")
    done = machine.run(checkout / ".ci" / "setup", "")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert done.returncode != 0
    assert f"sudo apt-get install python{version}-venv" in done.stderr
