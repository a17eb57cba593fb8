"""Photograph the window at work: ``python docs/shoot.py`` makes every picture in this folder.

It opens the sample photo in the real window with the real engine, without a screen, and goes
through one removal with mouse and keys: once in the dark theme, once in the light one, both in
German, too, and once each for a screen at 200 %. ``docs/walk.md`` shows the pictures.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(ROOT))

from PIL import Image
from PySide6.QtCore import QBuffer, QEvent, QSettings
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QListView

from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from app.shipped import shipped_remover
from app.startup import dress
from app.words.language import speak
from tests.app.hands import stroke

SIZE = 1180, 760
QUALITY = 82
PATIENCE_S = 1200
COVER = "choose"
STROKES = (
    (64, [(846, 248), (800, 264), (745, 290)]),
    (104, [(730, 295), (722, 330), (728, 400), (732, 425)]),
    (84, [(716, 290), (694, 370), (668, 410)]),
    (56, [(636, 434), (690, 425), (756, 446)]),
)
OTHERS = 6
LINE = [(620, 440), (680, 450), (780, 460)]


class Photographer:
    """Drive one window and keep a picture of each moment.

    Attributes:
        window: the real window over the real engine.
    """

    def __init__(
        self, app: QApplication, theme: str, language: str, folder: Path, names: set[str]
    ) -> None:
        """Open the window in ``theme``; pictures called one of ``names`` go to ``folder``."""
        self._app, self._folder, self._names = app, folder, names
        self._look = theme if language == "en" else f"{theme}-{language}"
        self._translators = speak(app, language)
        settings = Settings()
        settings.set("theme", theme)
        self.window = MainWindow(Workspace(settings, shipped_remover()))
        self.window.resize(*SIZE)
        self.window.show()

    def wait(self, until: Callable[[], object]) -> None:
        """Let the window work until ``until()`` holds."""
        end = time.monotonic() + PATIENCE_S
        while not until():
            if time.monotonic() > end:
                raise SystemExit("The window did not get on; nothing more is photographed.")
            self._app.processEvents()
            time.sleep(0.01)
        self._app.processEvents()

    def key(self, name: str) -> None:
        """Press a shortcut, which only the active window hears."""
        self.window.activateWindow()
        self._app.processEvents()
        QTest.keySequence(self.window, QKeySequence(name))
        self._app.processEvents()

    def shoot(self, name: str) -> None:
        """Save the window as it is now."""
        self._app.processEvents()
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.ReadWrite)
        self.window.grab().save(buffer, "PNG")
        picture = Image.open(io.BytesIO(buffer.data().data())).convert("RGB")
        if name in self._names:
            target = self._folder / f"{name}-{self._look}.jpg"
            picture.save(target, quality=QUALITY, subsampling=0, optimize=True)
        if name == COVER and self._look == "dark" and self._names == set(MOMENTS):
            colours = picture.quantize(256, dither=Image.Dither.NONE)
            colours.save(DOCS / "screenshot.png", optimize=True)


def opened(hand: Photographer, photo: Path) -> None:
    """Open the photo and wait until engine and picture are there."""
    window = hand.window
    window.fills.warm_up()
    window.files.open(photo)
    hand.wait(lambda: window.workspace.document.is_open and window.workspace.remover.reason)


def brushed(hand: Photographer) -> None:
    """Paint over the bird with three strokes."""
    window = hand.window
    for size, points in STROKES:
        window.workspace.settings.set("brush_size", size)
        stroke(window.canvas, points)


def lined(hand: Photographer) -> None:
    """Draw the rock's edge on behind the bird."""
    hand.key("P")
    lines = hand.window.lines
    hand.wait(lambda: lines.settled)
    stroke(hand.window.canvas, LINE)
    hand.wait(lambda: lines.settled)


def evidence(hand: Photographer) -> None:
    """Tint the hole by what the photo still says there."""
    QApplication.sendEvent(hand.window.canvas, QEvent(QEvent.Type.Leave))
    hand.key("V")
    hand.wait(lambda: hand.window.canvas.overlay.heats("evidence"))


def inspected(hand: Photographer) -> None:
    """Show the maps of every resolution."""
    hand.key("V")
    hand.key("Shift+V")
    hand.window.inspector.setFloating(False)  # so that it is in the picture
    windows = hand.window.inspector.findChild(QComboBox)
    hand.wait(lambda: windows.count())
    hand.key("Z")


def filled(hand: Photographer) -> None:
    """Fill, and stop at the first answer."""
    hand.key("Shift+V")
    hand.key("Ctrl+0")
    hand.key("Return")
    hand.wait(lambda: hand.window.fills.choice is not None)


def choosing(hand: Photographer) -> None:
    """Wait for all results, look at them closely and keep one."""
    hand.wait(lambda: not hand.window.fills.waiting)
    hand.key("Z")
    hand.key("5")
    hand.key("K")


def compared(hand: Photographer) -> None:
    """Show the original left of the line."""
    hand.key("Y")


def saved(hand: Photographer, folder: Path) -> None:
    """Save beside the photo."""
    hand.key("Y")
    target = str(folder / "wren-edited.jpg")
    QFileDialog.getSaveFileName = lambda *args, **more: (target, "")  # type: ignore[method-assign]
    window = hand.window
    hand.key("Ctrl+S")
    hand.wait(lambda: not window.files.unsaved and "saving" not in window.workspace.facts)


def several(hand: Photographer, photo: Path) -> None:
    """Open the photo together with some of the gallery's; marks tell what was saved."""
    more = sorted((DOCS / "gallery").glob("*-whole.jpg"))[:OTHERS]
    hand.window.row.open([photo, *more])
    hand.wait(lambda: hand.window.findChild(QListView, "photos"))
    strip = hand.window.findChild(QListView, "photos").model()
    hand.wait(lambda: not any(map(strip.lacks, range(strip.rowCount()))))


def walk(hand: Photographer, photo: Path) -> Iterator[str]:
    """Go through a removal; yield the name of each moment worth a picture."""
    opened(hand, photo)
    yield "open"
    brushed(hand)
    yield "brush"
    lined(hand)
    yield "lines"
    hand.key("B")
    evidence(hand)
    yield "evidence"
    inspected(hand)
    yield "inspector"
    filled(hand)
    yield "fill"
    choosing(hand)
    yield "choose"
    hand.key("G")
    yield "grid"
    hand.key("G")
    hand.key("D")
    yield "doubt"
    hand.key("D")
    hand.key("Return")
    hand.key("F9")
    yield "accepted"
    hand.key("F9")
    compared(hand)
    yield "split"
    saved(hand, photo.parent)
    yield "save"
    several(hand, photo)
    yield "photos"


MOMENTS = (
    "open", "brush", "lines", "evidence", "inspector", "fill", "choose", "grid", "doubt",
    "accepted", "split", "save", "photos",
)  # fmt: skip


def photograph(theme: str, language: str, names: set[str], folder: Path) -> None:
    """Take the pictures called ``names`` in one theme and language."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    with tempfile.TemporaryDirectory() as home:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        photo = Path(home, "wren.jpg")
        shutil.copy(ROOT / "assets" / "samples" / "sample.jpg", photo)
        app = QApplication(sys.argv[:1])
        dress(app)
        hand = Photographer(app, theme, language, folder, names)
        for name in walk(hand, photo):
            hand.shoot(name)
            if names <= {name}:
                break
        hand.window.fills.dismiss()
        hand.window.workspace.stack.clear()
        hand.window.close()


def main() -> None:
    """Take all pictures, each kind of screen in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--theme", choices=("dark", "light"), help="only this theme")
    parser.add_argument("--language", choices=("en", "de"), default="en", help="with --theme")
    parser.add_argument("--only", choices=MOMENTS, help="only this moment")
    parser.add_argument("--folder", type=Path, default=DOCS / "walk", help="where they go")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.theme:
        names = {args.only} if args.only else set(MOMENTS)
        photograph(args.theme, args.language, names, args.folder)
        return
    mine = [sys.executable, __file__, "--folder", str(args.folder)]
    twice = {**os.environ, "QT_SCALE_FACTOR": "2"}
    for language in ("en", "de"):
        for theme in ("dark", "light"):
            subprocess.run([*mine, "--theme", theme, "--language", language], check=True)
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--folder", folder, "--theme", "dark"]
            command += ["--language", language, "--only", "choose"]
            subprocess.run(command, check=True, env=twice)
            (taken,) = Path(folder).iterdir()
            shutil.copy(taken, args.folder / f"{taken.stem}-200.jpg")


if __name__ == "__main__":
    main()
