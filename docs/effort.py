"""Count what a mask costs the hand: ``python docs/effort.py PHOTOS``, the gallery's ten originals.

In the real window, with real mouse events and the photo fitted to it, each removal of
``docs/gallery/removals.json`` is marked five times: with the brush alone, with a loose loop of the
object tool, with one click of it, with up to three, each further one where most is missing, or with
Alt where most is too much, and with one click and up to three presses of [ or ], as long as it gets
better; cables by a click of the wire tool. Counted are presses and how far
the pointer goes, measured the processor's seconds, and how well the mask agrees (intersection over
union): the brush's with the gallery's mask, which it paints, the tools' with the thing's own
outline in ``docs/gallery/outlines.json``, drawn by hand.

The hand's seconds are no measurement but the keystroke-level model of Card, Moran and Newell
(1980): 1.1 s to point, 0.1 s to press or let go, 0.2 s for a key, 1.35 s to think before each
thing, and for a drawn line 0.9 s for each straight piece of it and 0.16 s for each centimetre, at
96 pixels to an inch.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from app.shipped import shipped_remover
from app.startup import dress
from tests.app.hands import NONE, stroke

SIZE = 1180, 760
POINT, PRESS, KEY, THINK, PIECE, CENTIMETRE = 1.1, 0.1, 0.2, 1.35, 0.9, 0.16
PIXELS_OF_CENTIMETRE = 96 / 2.54
LOOSE = 0.1
PATIENCE_S = 120
OUTLINES = json.loads((ROOT / "docs/gallery/outlines.json").read_text("utf-8"))
WIRES = "wires-in-sky.jpg"
WAYS = ("brush", "loop", "click", "three clicks", "click and keys")
CLICKS, KEYS, GOOD = 3, 3, 0.9


class Hand:
    """Draw on the canvas of one window, and count what it takes."""

    def __init__(self, window: MainWindow) -> None:
        """Use ``window``."""
        self.window = window
        self.presses, self.travel, self.seconds = 0, 0.0, 0.0

    def key(self, name: str) -> None:
        """Press a key of a tool."""
        self.window.activateWindow()
        QApplication.processEvents()
        QTest.keySequence(self.window, QKeySequence(name))
        self.seconds += KEY

    def draw(self, points: np.ndarray, keys: Qt.KeyboardModifier = NONE) -> None:
        """Point somewhere, press, draw through ``points`` (n, 2) of the photo, let go."""
        way = [tuple(point) for point in np.asarray(points, float).tolist()]
        stroke(self.window.canvas, way, keys=keys)
        self.seconds += KEY * (keys != NONE)
        steps = np.hypot(*np.diff(np.array(way), axis=0).T) if len(way) > 1 else np.zeros(0)
        length = float(steps.sum()) * self.window.canvas.viewport.scale
        self.presses += 1
        self.travel += length
        self.seconds += POINT + 2 * PRESS + PIECE * len(steps)
        self.seconds += CENTIMETRE * length / PIXELS_OF_CENTIMETRE

    def find(self, points: np.ndarray, keys: Qt.KeyboardModifier = NONE) -> None:
        """Draw, and wait until the window has looked for the thing."""
        self.draw(points, keys)
        _until(lambda: not self.window.workspace.selecting.busy)


def _until(holds: Callable[[], object]) -> None:
    """Let the window work until ``holds()``."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise SystemExit("The window did not get on.")
        QApplication.processEvents()
        time.sleep(0.005)
    QApplication.processEvents()


def covers(removal: dict, shape: tuple[int, int]) -> list[np.ndarray]:
    """Return each thing of a removal as the gallery paints it, (H, W) uint8."""
    out = []
    for points in removal["shapes"]:
        cover = np.zeros(shape, np.uint8)
        cv2.fillPoly(cover, [np.array(points, np.int32)], 1)
        out.append(grown(cover, removal["grow"]))
    return out


def grown(cover: np.ndarray, by: float) -> np.ndarray:
    """Return ``cover`` with everything that is no further than ``by`` pixels away."""
    away = cv2.distanceTransform(1 - cover, cv2.DIST_L2, 5)
    return (away <= by).astype(np.uint8)


def zigzag(cover: np.ndarray) -> tuple[np.ndarray, int]:
    """Return a way (n, 2) that paints ``cover`` by turns across its shorter side, and the brush."""
    depth = cv2.distanceTransform(np.pad(cover, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    radius = max(float(depth.max()) * 0.5, 6.0)
    rows, cols = np.nonzero(depth >= radius * 0.9)
    middle = np.array([cols.mean(), rows.mean()])
    places = np.stack([cols, rows], 1) - middle
    axes = np.linalg.svd(places[:: max(len(places) // 5000, 1)], full_matrices=False)[2]
    along, across = places @ axes[0], places @ axes[1]
    turns = max(int(np.ptp(along) / (1.5 * radius)), 1) + 1
    way = []
    for number, at in enumerate(np.linspace(along.min(), along.max(), turns)):
        here = across[np.abs(along - at) <= radius * 0.3]
        if len(here):
            ends = (here.min(), here.max()) if number % 2 else (here.max(), here.min())
            way += [middle + at * axes[0] + end * axes[1] for end in ends]
    return np.array(way), round(2 * radius)


def loop(cover: np.ndarray) -> np.ndarray:
    """Return a loop (n, 2) a little outside of ``cover``, in as few straight pieces as a hand's."""
    size = float(cover.sum()) ** 0.5
    wide = grown(cover, max(LOOSE * size / 2, 2))
    outlines, _ = cv2.findContours(wide, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    way = cv2.approxPolyDP(max(outlines, key=cv2.contourArea), 0.04 * size, True)[:, 0]
    return np.concatenate([way, way[:1]])


def deepest(cover: np.ndarray) -> np.ndarray:
    """Return the place (1, 2) furthest inside."""
    depth = cv2.distanceTransform(np.pad(cover, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return np.array([[column, row]])


def mark(hand: Hand, way: str, cover: np.ndarray, *, wire: bool) -> None:
    """Mark one thing in one way."""
    hand.seconds += THINK
    if way == "brush":
        points, size = zigzag(cover)
        hand.key("B")
        hand.window.workspace.settings.set("brush_size", size)
        hand.seconds += THINK + 4 * KEY  # to see that the size does not fit, and to step it
        hand.draw(points)
        return
    wire = wire and way != "loop"
    hand.key("F" if wire else "W")
    hand.find(loop(cover) if way == "loop" else deepest(cover))
    if way == "three clicks" and not wire:
        for _ in range(CLICKS - 1):
            correct(hand, cover)
    if way == "click and keys" and not wire:
        step(hand, cover)


def correct(hand: Hand, cover: np.ndarray) -> None:
    """Click once more where most is missing near the thing, or is too much."""
    near = grown(cover, float(cover.sum()) ** 0.5)
    mask = (hand.window.workspace.document.mask > 0) & (near > 0)
    missing, over = (cover > 0) & ~mask, mask & (cover == 0)
    if agreement(mask, cover > 0) >= GOOD:
        return
    more = missing.sum() >= over.sum()
    hand.seconds += THINK
    hand.find(
        deepest((missing if more else over).astype(np.uint8)),
        NONE if more else Qt.KeyboardModifier.AltModifier,
    )


def step(hand: Hand, cover: np.ndarray) -> None:
    """Take smaller or larger guesses as long as that is better; go back from one that is not."""
    mask = hand.window.workspace.document.mask
    names = ("[", "]") if mask.sum() > cover.sum() else ("]", "[")
    agrees = agreement(mask > 0, cover > 0)
    for _ in range(KEYS):
        hand.seconds += THINK
        hand.key(names[0])
        _until(lambda: not hand.window.workspace.selecting.busy)
        before, agrees = agrees, agreement(mask > 0, cover > 0)
        if agrees < before:
            hand.key(names[1])
            _until(lambda: not hand.window.workspace.selecting.busy)
            break


def agreement(mask: np.ndarray, wanted: np.ndarray) -> float:
    """Return the intersection over the union of two masks."""
    return float((mask & wanted).sum() / max((mask | wanted).sum(), 1))


def row_of(window: MainWindow, removal: dict, photos: Path, shares: dict) -> str:
    """Return a removal's row of the table, and add to the ``shares`` of each way."""
    document, photo = window.workspace.document, photos / removal["photo"]
    window.files.open(photo)
    _until(lambda: document.path == photo and window.actions_by_id["object"].isEnabled())
    window.canvas.fit()
    painted = covers(removal, document.image.shape[:2])
    outlined = removal | {"shapes": OUTLINES.get(removal["photo"], removal["shapes"]), "grow": 0}
    tight = covers(outlined, document.image.shape[:2])
    cells = [f"{Path(removal['photo']).stem}: {removal['what']}"]
    for way in WAYS:
        hand, started = Hand(window), time.process_time()
        things = painted if way == "brush" else tight
        for thing in things:
            mark(hand, way, thing, wire=removal["photo"] == WIRES)
        machine = time.process_time() - started
        mask = document.mask > 0
        agrees = agreement(mask, np.logical_or.reduce([thing > 0 for thing in things]))
        shares.setdefault(way, []).append(agrees)
        cells.append(
            f"{hand.presses} / {hand.travel:.0f} / {hand.seconds:.0f} + {machine:.1f}"
            f" / {agrees:.2f}"
        )
        window.workspace.stack.clear()
        window.masks.clear()
        window.workspace.stack.clear()
    return "| " + " | ".join(cells) + " |"


def main(photos: Path) -> None:
    """Print the table of ``docs/walk.md``."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    with tempfile.TemporaryDirectory() as home:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        os.environ["XDG_DATA_HOME"] = home
        app = QApplication(sys.argv[:1])
        dress(app)
        window = MainWindow(Workspace(Settings(), shipped_remover()))
        window.resize(*SIZE)
        window.show()
        print(f"| presses / travel / hand + machine / agreement | {' | '.join(WAYS)} |")
        print("| --- |" + " --- |" * len(WAYS))
        names, shares = sys.argv[2:], {}
        for removal in json.loads((ROOT / "docs/gallery/removals.json").read_text("utf-8")):
            if names and removal["photo"] not in names:
                continue
            print(row_of(window, removal, photos, shares), flush=True)
        print({way: round(float(np.mean(found)), 2) for way, found in shares.items()})
        window.workspace.stack.clear()
        window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
