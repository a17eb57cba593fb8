"""Real kill -9 of real programs: while working, while saving, while reading."""

import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.record.interrupted import interrupted
from tests.faults.dying import state
from tests.faults.share import figure, times

FOLDER = Path(__file__).parent
STEPS = 40
pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")


def start(script, *words):
    command = [sys.executable, str(FOLDER / script), *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


@pytest.fixture
def big_photo(tmp_path):
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 256, (400, 600, 3), np.uint8))
    return path


def whole_run(photo, folder):
    """Return the state after every step of a run that nobody kills."""
    folder.mkdir()
    with start("dying.py", photo, folder, STEPS) as child:
        lines = [line.split() for line in child.stdout]
    assert child.returncode == 0
    return [sha for _, sha in lines]


def let_run(child, seconds):
    """Let a process work on for as long, or until it has ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)


def killed_run(photo, folder, chance):
    """Run, kill at a random moment, and return the number of the last step that was told."""
    last, wanted = -1, chance.randrange(STEPS - 2)
    with start("dying.py", photo, folder, STEPS) as child:
        for line in child.stdout:
            last = int(line.split()[0])
            if last >= wanted:
                break
        let_run(child, chance.random() * 0.03)
        child.send_signal(signal.SIGKILL)
        for line in child.stdout:
            words = line.split()
            last = int(words[0]) if len(words) == 2 and len(words[1]) == 64 else last
    return last


def test_a_killed_window_loses_at_most_one_step(big_photo, tmp_path, empty_window, qtbot):
    chance = random.Random(4)
    states = whole_run(big_photo, tmp_path / "whole")
    window, lost = empty_window, []
    kills = times(3, 100)
    for n in range(kills):
        folder = tmp_path / f"killed-{n}"
        folder.mkdir()
        last = killed_run(big_photo, folder, chance)
        window.recovery.start(folder)
        assert window.frame.recovery_bar.isVisible()
        with qtbot.waitSignal(window.workspace.told, timeout=60_000,
                              check_params_cb=lambda text: "brought back" in text):  # fmt: skip
            window.frame.recovery_bar.accept.click()
        found = [i for i, sha in enumerate(states) if sha == state(window)]
        lost.append(min(max(last - i, 0) for i in found) if found else STEPS)
        window.workspace.stack.clear()
        window.session.close()
        assert interrupted(folder) == []
    worst = max(lost)
    figure("kill -9 while working: sessions recovered", f"{kills} of {kills}", "all of 100")
    figure("kill -9 while working: most steps lost", worst, "at most 1")
    assert worst <= 1


def test_a_session_is_offered_only_once_its_program_has_died(big_photo, tmp_path):
    folder = tmp_path / "alive"
    folder.mkdir()
    with start("dying.py", big_photo, folder, 10_000) as child:
        for _ in range(5):
            child.stdout.readline()
        assert interrupted(folder) == []
        assert len(list(folder.glob("*.journal"))) == 1
        child.send_signal(signal.SIGKILL)
    (session,) = interrupted(folder)
    assert session.steps >= 4
    session.delete()
    assert list(folder.glob("*.journal*")) == []


SAVER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from engine.photo import read_photo, save_photo
photo = read_photo(sys.argv[1])
target = Path(sys.argv[2])
n = 0
while True:
    pixels = photo.pixels.copy()
    pixels[:20] = n % 251
    save_photo(photo, pixels, target, overwrite=True)
    print(n, flush=True)
    n += 1
"""


@pytest.mark.parametrize("kind", ["png", "jpg", "tif"])
def test_a_killed_save_leaves_a_whole_file_and_no_litter(big_photo, tmp_path, kind):
    from engine.photo import read_photo, save_photo

    folder = tmp_path / "out"
    folder.mkdir()
    target = folder / f"result.{kind}"
    photo = read_photo(big_photo)
    save_photo(photo, photo.pixels, target)
    before = big_photo.read_bytes(), big_photo.stat().st_mtime_ns
    script = SAVER.format(root=str(FOLDER.parents[1]))
    chance = random.Random(kind)
    kills = times(4, 167)
    for _ in range(kills):
        command = [sys.executable, "-c", script, str(big_photo), str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            child.stdout.readline()
            let_run(child, chance.random() * 0.2)
            child.send_signal(signal.SIGKILL)
        assert read_photo(target).pixels.shape == photo.pixels.shape
    save_photo(photo, photo.pixels, target, overwrite=True)
    assert [path.name for path in folder.iterdir()] == [target.name]
    assert (big_photo.read_bytes(), big_photo.stat().st_mtime_ns) == before
    figure(f"kill -9 while saving {kind}: damaged files", f"0 of {kills}", "0 of 500 in all")
