"""Measure the memory of a session: ``python tests/bench/bench_session.py [--deep]``.

The real window with the real weights opens a photo of 37 megapixels (the sample, scaled up; with
``--deep`` as a TIFF of 16 bits), paints, fills with every variant and accepts, twice, zooms and
saves. Of each moment it prints the most memory that the window's process and the one that decodes
held, and what they hold at its end, libraries included, in MB of 10^6 bytes. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

import cv2
import numpy as np

from app.settings import Settings
from app.startup import begin, furnish, start_qt
from engine.reader.apart import warm
from tests.app.hands import stroke, wheel

ROOT = Path(__file__).parents[2]
SIZE = 7024, 5268
PLACES = (0.3, 0.5), (0.6, 0.6)
PATIENCE_S = 1200
STILL_S = 3.0
INTERVAL_S = 0.005
NOTCHES = 8


class Watch:
    """Look at two processes again and again, and keep the most they held.

    Pages of the photo that lie in shared memory count once, whoever has mapped them.
    """

    def __init__(self, process: int, shared: float) -> None:
        """Watch ``process`` and those it starts; ``shared``: MB of the photo's pixels."""
        self._process, self._shared = process, shared
        self.now = self.most = (0.0, 0.0)
        self.opened = False
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            with contextlib.suppress(OSError, KeyError):
                tasks = Path("/proc", str(self._process), "task", str(self._process), "children")
                own, shown = self._held(self._process)
                self.opened |= shown > 1
                others = sum(self._held(int(child))[0] for child in tasks.read_text().split())
                self.now = own + self.opened * self._shared, others
                self.most = max(self.most, self.now, key=sum)
            time.sleep(INTERVAL_S)

    def _held(self, process: int) -> tuple[float, float]:
        """Return MB of a process's own pages and libraries, and of shared memory it has mapped."""
        lines = Path("/proc", str(process), "status").read_text(encoding="ascii").splitlines()
        told = {line.split()[0]: int(line.split()[1]) * 1024 / 1e6 for line in lines
                if line.startswith("Rss")}  # fmt: skip
        return told["RssAnon:"] + told["RssFile:"], told["RssShmem:"]

    def tell(self, moment: str) -> None:
        """Print the most since the last moment, and what is held now."""
        print(f"{moment:<16}{self.most[0]:>8.0f}{self.most[1]:>8.0f}{sum(self.most):>8.0f}"
              f"{sum(self.now):>10.0f}", flush=True)  # fmt: skip
        self.most = self.now


def tell(moment: str) -> None:
    """Say to the process that watches which moment has come."""
    print(moment, flush=True)


def made(folder: Path, *, deep: bool) -> Path:
    """Return a photo of ``SIZE`` with noise of its own."""
    sample = cv2.imread(str(ROOT / "assets" / "samples" / "sample.jpg"))
    large = cv2.resize(sample, SIZE, interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(0).integers(0, 7, large.shape, np.uint8)
    large = cv2.add(large, noise)
    path = folder / ("photo.tif" if deep else "photo.jpg")
    cv2.imwrite(str(path), large.astype(np.uint16) * 257 if deep else large)
    return path


def session(photo: Path) -> None:
    """Work on ``photo`` in the window."""
    warm()
    app = start_qt()
    window = furnish(Settings(), "cpu")
    work, canvas = window.workspace, window.canvas

    def until(holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end, window.frame.notice.text
            app.processEvents()
            time.sleep(0.005)

    def rest() -> None:
        end = time.monotonic() + STILL_S
        until(lambda: time.monotonic() > end)

    window.show()
    begin(window, photo)
    until(lambda: work.document.is_open and work.remover.reason)
    rest()
    tell("opened")
    for x, y in PLACES:
        work.settings.set("brush_size", 200)
        left, top = x * work.document.box.width, y * work.document.box.height
        stroke(canvas, [(left, top), (left + 300, top + 40), (left + 500, top + 300)])
        rest()
        tell("painted")
        window.actions_by_id["fill"].trigger()
        until(lambda: window.fills.choice is not None)
        tell("first result")
        until(lambda: not window.fills.waiting)
        tell("all results")
        window.actions_by_id["accept"].trigger()
        rest()
        tell("accepted")
    for _ in range(NOTCHES):
        wheel(canvas, (left, top))
        app.processEvents()
    tell("zoomed")
    saved: list[object] = []
    window.files.saved.connect(saved.append)
    window.files.save_to(photo.with_name(f"out{photo.suffix}"), overwrite=True)
    until(lambda: saved)
    tell("saved")
    work.stack.setClean()
    window.close()


def main() -> None:
    """Make the photo, then go through the session in a process that has done nothing else."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photo", nargs="?", type=Path, help="a photo of yours")
    parser.add_argument("--deep", action="store_true", help="16 bits instead of 8")
    args = parser.parse_args()
    if args.photo:
        session(args.photo)
        return
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, **dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), home)}
        photo = made(Path(home), deep=args.deep)
        print(f"{'MB at most':<16}{'window':>8}{'reader':>8}{'both':>8}{'at rest':>10}")
        command = [sys.executable, __file__, str(photo)]
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as child:
            watch = Watch(child.pid, SIZE[0] * SIZE[1] * (6 if args.deep else 3) / 1e6)
            assert child.stdout is not None
            for line in child.stdout:
                watch.tell(line.strip())
        raise SystemExit(child.returncode)


if __name__ == "__main__":
    main()
