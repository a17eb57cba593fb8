"""Tell what a picture masks: white on black, labels, colours on black, paint on a clear layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from engine.arrays import AnyArray, Floats, Longs, Mask
from engine.errors import ImageError
from engine.formats import FORMATS
from engine.photo.model import Photo
from engine.sentence import Sentence

_LUMA = np.array((0.299, 0.587, 0.114), np.float32)
_ROWS = 512
_LABELS = 16
"""Pictures of labels have at most so many different grey values."""
_BRIGHT = 0.75
"""White that a lossy format has blurred is brighter than this share."""
_COLOURS = 256
"""A picture of more colours, at 4 bits each, is no mask."""

LABELS = Sentence("The mask holds labels: every value but 0 was taken.")
DEEP = Sentence("The mask holds 8-bit values in 16 bits, and was read so.")
PAINT = Sentence("The mask is paint on a clear layer: what is painted was taken, in any colour.")
COLOURS = Sentence("The mask is coloured: everything in it that is not black was taken.")
DIM = "The mask is nowhere brighter than {0} of {1}: half of that was taken."


@dataclass(frozen=True, eq=False)
class Understood:
    """Hold what a picture masks.

    Attributes:
        mask: (H, W) bool, True = fill.
        remarks: how it was read, where that is not simply white on black.
        found: what is in it, the end of a sentence; for whoever finds the mask empty.
    """

    mask: Mask
    remarks: tuple[Sentence, ...]
    found: Sentence


def understand(photo: Photo) -> Understood:
    """Return what ``photo`` masks.

    White on black is read at half the brightness, clear places counting as black. Values that
    never reach half are labels where there are few, and 16 bits that never leave 0..255 are read
    as 8. Colours on black are taken whole, and so is paint of any colour on a clear layer. Where a
    lossy format has blurred greys or colours, half of their own brightness counts.

    Raises:
        ImageError: it cannot be told what is meant.
    """
    return _Reading(photo).result()


class _Reading:
    """Look at a picture block by block, first at its values, then at what they mask."""

    def __init__(self, photo: Photo) -> None:
        self._photo = photo
        self._most = int(np.iinfo(photo.pixels.dtype).max)
        peak = int(photo.pixels.max())
        self._exact = FORMATS[photo.container].exact
        self._peak = peak
        deep = photo.depth == 16 and 1 < peak <= 255
        self._full = 255 if deep else self._most
        self._remarks = [DEEP] if deep else []
        self._count()

    def _blocks(self) -> Iterator[tuple[slice, AnyArray, Floats, Mask | None]]:
        """Yield rows, their pixels, luma, and where they are opaque (None: everywhere)."""
        photo = self._photo
        for top in range(0, len(photo.pixels), _ROWS):
            rows = slice(top, top + _ROWS)
            pixels = photo.pixels[rows]
            alpha = None if photo.alpha is None else photo.alpha[rows] >= self._most / 2
            yield rows, pixels, pixels.astype(np.float32) @ _LUMA, alpha

    def _count(self) -> None:
        """Count the grey values and the colours of all that is opaque."""
        self._greys = np.zeros(self._most + 2, np.int64)
        cube = np.zeros(4096, bool)
        self._dark = self._white = self._coloured = self._opaque = 0
        shift = 12 if self._full > 255 else 4
        for _, pixels, luma, alpha in self._blocks():
            if alpha is not None:
                pixels, luma = pixels[alpha], luma[alpha]
            self._opaque += luma.size
            values = np.rint(luma).astype(np.int64).ravel()
            self._greys += np.bincount(values, minlength=self._most + 2)
            if self._photo.grey:
                continue
            high, low = pixels.max(axis=-1), pixels.min(axis=-1)
            coloured = high - low > self._full // 8
            self._coloured += int(coloured.sum())
            self._dark += int((high < self._full // 8).sum())
            self._white += int((low >= self._full // 2).sum())
            tint = (pixels[coloured] >> shift).astype(np.int64)
            cube[tint @ np.array([256, 16, 1])] = True
        self._colours = int(cube.sum())

    def result(self) -> Understood:
        values = np.flatnonzero(self._greys)
        if self._opaque == 0:
            return Understood(np.zeros(self._photo.pixels.shape[:2], bool), (), self._faint())
        if self._colours > _COLOURS:
            raise _unclear(self._photo, "is a picture of many colours and no mask")
        if self._opaque < self._photo.pixels[..., 0].size and self._of_one_tone(values):
            return self._paint(values)
        if self._coloured:
            return self._colours_on_black(values)
        return self._light(values)

    def _faint(self) -> Sentence:
        """Return what is in a picture that is nowhere half opaque."""
        most = 0 if self._photo.alpha is None else int(self._photo.alpha.max())
        if most == 0:
            return Sentence("it is clear everywhere")
        text = "its paint covers at most {0} of {1}, and half is the least that counts"
        return Sentence(text, most, self._most)

    def _of_one_tone(self, values: Longs) -> bool:
        """Tell whether the opaque part is not itself white on black."""
        half = self._half
        return bool(self._coloured) or not (values[0] < half <= values[-1])

    @property
    def _half(self) -> float:
        return self._full / 2 - 0.01

    def _paint(self, values: Longs) -> Understood:
        assert self._photo.alpha is not None
        white = not self._coloured and values[0] >= self._half
        remarks = self._remarks if white else [PAINT]
        return Understood(self._photo.alpha >= self._most / 2, tuple(remarks), self._found(values))

    def _colours_on_black(self, values: Longs) -> Understood:
        if self._dark == 0 or self._white > self._dark:
            raise _unclear(self._photo, "has colours, but not on black")
        mask = np.empty(self._photo.pixels.shape[:2], bool)
        least = self._full // 8 if self._exact else max(self._full // 8, self._peak // 2)
        for rows, pixels, _, alpha in self._blocks():
            mask[rows] = pixels.max(axis=-1) >= least
            if alpha is not None:
                mask[rows] &= alpha
        return Understood(mask, (*self._remarks, COLOURS), self._found(values))

    def _light(self, values: Longs) -> Understood:
        """Read white on black, or labels where nothing is bright."""
        few = self._exact and len(values) <= _LABELS
        one = self._exact and values[-1] == 1
        labels = one or (few and values[0] == 0 < values[-1] < self._half)
        least = 0.5 if labels else self._half
        remarks = [*self._remarks, LABELS] if labels else list(self._remarks)
        if not self._exact and self._half <= values[-1] < _BRIGHT * self._full:
            least = values[-1] / 2
            remarks.append(Sentence(DIM, int(values[-1]), self._full))
        mask = np.empty(self._photo.pixels.shape[:2], bool)
        for rows, _, luma, _ in self._blocks():
            if self._photo.alpha is not None:
                luma *= self._photo.alpha[rows] / np.float32(self._most)
            mask[rows] = luma >= least
        if few and not labels:
            remarks += self._left_out(values)
        return Understood(mask, tuple(remarks), self._found(values))

    def _left_out(self, values: Longs) -> list[Sentence]:
        """Return a remark if whole areas, not only edges, are dark grey and so are not filled."""
        grey = [int(value) for value in values if 0 < value < self._half]
        left = [str(value) for value in grey if self._has_area(value)]
        text = "Parts of the mask are dark grey ({0}; half is {1}) and were not filled."
        return [Sentence(text, ", ".join(left), round(self._half))] if left else []

    def _has_area(self, value: int) -> bool:
        """Tell whether 3 x 3 pixels have this grey value."""
        own = self._photo.pixels[..., 0] == value
        return bool(cv2.erode(own.view(np.uint8), np.ones((3, 3), np.uint8), borderValue=0).any())

    def _found(self, values: Longs) -> Sentence:
        low, high = int(values[0]), int(values[-1])
        least = -(-self._full // 2)
        if low == high:
            text = "its only value is {0} of {1}, and {2} is the least that counts"
            return Sentence(text, low, self._full, least)
        text = "its values are {0} to {1} of {2}, and {3} is the least that counts"
        return Sentence(text, low, high, self._full, least)


def _unclear(photo: Photo, what: str) -> ImageError:
    return ImageError(
        "The mask “{0}” {1}; paint what should go white, and the rest black.",
        photo.path.name,
        Sentence(what),
    )
