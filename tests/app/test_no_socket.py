"""A whole removal in the real window with the real weights, in which nothing asks for the network.

Python's own calls are watched here; ``make test-package`` watches the system's with strace.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WATCHED = """
import os, sys
LOUD, QUIET = ("socket.", "urllib.", "http.", "ftplib.", "smtplib."), {"socket.gethostname"}
def watch(event, args):
    if event.startswith(LOUD) and event not in QUIET:
        os.write(2, f"NETWORK {event} {args}\\n".encode())
sys.addaudithook(watch)
"""
CLI = "from app.cli import main\nraise SystemExit(main(sys.argv[1:]))"


def watched(code: str, folder: Path, *words: str) -> subprocess.CompletedProcess:
    env = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    env |= {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-c", WATCHED + code, *words],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.mark.slow
def test_a_removal_opens_no_socket(tmp_path):
    done = watched(CLI, tmp_path, "selftest", "--window", "--device", "cpu")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Saved" in done.stdout
    assert "NETWORK" not in done.stderr


def test_the_watch_would_have_seen_one(tmp_path):
    code = "import socket\nsocket.socket(socket.AF_INET).close()"
    assert "NETWORK socket.__new__" in watched(code, tmp_path).stderr
