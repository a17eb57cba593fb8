"""Make this gallery: ``python docs/gallery/make.py PHOTOS``, a folder with the ten originals.

Every removal of ``removals.json`` is filled by ``lacuna fill``: by the network with the photo's
texture (code SAFE), and from the photo alone. All are shown, whatever came out. With a second
folder, such as ``docs/scenes``, its removals are made instead, and the page beside them.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from app.cli.command_line import main as lacuna

WIDE = 560
WAYS = {"network": [], "photo-only": ["--photo-only"]}


def main(photos: Path, here: Path) -> None:
    """Fill all removals of ``here`` and write their pictures and README.md there."""
    rows = []
    for removal in json.loads((here / "removals.json").read_text(encoding="utf-8")):
        name = Path(removal["photo"]).stem
        image = cv2.imread(str(photos / removal["photo"]))
        mask = np.zeros(image.shape[:2], np.uint8)
        for shape in removal["shapes"]:
            cv2.fillPoly(mask, [np.array(shape, np.int32)], 255)
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, [2 * removal["grow"] + 1] * 2)
        mask = cv2.dilate(mask, brush)
        with tempfile.TemporaryDirectory() as folder:
            fills, told = {}, {}
            for way, more in WAYS.items():
                out = Path(folder) / f"{way}.png"
                told[way] = _fill(photos / removal["photo"], mask, Path(folder), out, more)
                fills[way] = cv2.imread(str(out))
        _show(here / name, image, mask, fills)
        rows.append((removal, name, image.shape, told))
        print(name, told["network"]["milliseconds"], told["photo-only"]["milliseconds"], flush=True)
    _page(here, rows)


def _fill(photo: Path, mask: np.ndarray, folder: Path, out: Path, more: list[str]) -> dict:
    cv2.imwrite(str(folder / "mask.png"), mask)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        arguments = [str(photo), "--mask", str(folder / "mask.png"), "--out", str(out)]
        code = lacuna(["fill", *arguments, "--json", *more])
    if code:
        raise SystemExit(code)
    return json.loads(said.getvalue())


def _show(path: Path, image: np.ndarray, mask: np.ndarray, fills: dict) -> None:
    """Write the whole hole small and its middle at 100 %: before, network, photo-only."""
    views = [image, *fills.values()]
    around, middle = _frames(mask)
    for kind, (top, bottom, left, right), scale in (("whole", around, None), ("full", middle, 1)):
        if scale is None and right - left <= WIDE:
            continue  # the part at 100 % shows all of it
        crops = [view[top:bottom, left:right] for view in views]
        if scale is None:
            size = (WIDE, max(1, round(WIDE * (bottom - top) / (right - left))))
            crops = [cv2.resize(crop, size, interpolation=cv2.INTER_AREA) for crop in crops]
        gap = np.full((crops[0].shape[0], 8, 3), 255, np.uint8)
        sheet = np.hstack([crops[0], gap, crops[1], gap, crops[2]])
        cv2.imwrite(f"{path}-{kind}.jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, 74])


def _frames(mask: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the part around the first hole, and WIDE pixels around its deepest place."""
    _, labels = cv2.connectedComponents(mask)
    rows, cols = np.nonzero(labels == 1)
    side = int(1.6 * max(np.ptp(rows), np.ptp(cols), WIDE / 2))
    centre = (int(rows.min() + rows.max()) // 2, int(cols.min() + cols.max()) // 2)
    depth = cv2.distanceTransform((labels == 1).astype(np.uint8), cv2.DIST_L2, 5)
    deepest = np.unravel_index(depth.argmax(), depth.shape)
    return _frame(mask, centre, side), _frame(mask, deepest, WIDE)


def _frame(mask: np.ndarray, centre: tuple, side: int) -> tuple[int, ...]:
    h, w = mask.shape
    top = min(max(int(centre[0]) - side // 2, 0), max(h - side, 0))
    left = min(max(int(centre[1]) - side // 2, 0), max(w - side, 0))
    return top, min(top + side, h), left, min(left + side, w)


def _page(here: Path, rows: list) -> None:
    text = (here / "words.md").read_text(encoding="utf-8")
    for removal, name, (height, width, _), told in rows:
        seconds = {way: said["milliseconds"] / 1000 for way, said in told.items()}
        path = here / f"{name}-whole.jpg"
        whole = f"![The whole hole]({path.name})\n\n" if path.exists() else ""
        text += (
            f"\n## {name.replace('-', ' ').capitalize()}: {removal['what']}\n\n"
            f"{width} x {height}, {told['network']['invented_share']:.2%} of the photo invented; "
            f"network {seconds['network']:.1f} s, photo-only {seconds['photo-only']:.1f} s.\n\n"
            f"{whole}![At 100 %]({name}-full.jpg)\n"
        )
    (here / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else HERE)
