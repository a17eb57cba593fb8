"""Put spots into the mask and take them out, each time as one step of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.document.commands import change_mask
from engine.geometry import union_all
from engine.selecting.spots import Spot, box_of, painted

if TYPE_CHECKING:
    from PySide6.QtGui import QUndoCommand, QUndoStack

    from app.document.document import Document


class SpotSteps:
    """Know which spots are in the mask, and which of the last steps are of spots alone."""

    def __init__(self, document: Document, stack: QUndoStack) -> None:
        """Change the mask of ``document`` through ``stack``."""
        self._document, self._stack = document, stack
        self._own: list[QUndoCommand] = []

    def forget(self) -> None:
        """Leave what was done so far as it is."""
        self._own = []

    def is_on(self, spot: Spot) -> bool:
        """Tell whether a spot is in the mask: its middle is."""
        mask = self._document.mask
        row, column = int(spot.y), int(spot.x)
        return bool(0 <= row < mask.shape[0] and 0 <= column < mask.shape[1] and mask[row, column])

    def change(self, text: str, away: Sequence[Spot], there: Sequence[Spot]) -> None:
        """Take some spots out of the mask and put others in."""
        document = self._document
        if not away and not there:
            return
        box = union_all(box_of(spot, document.box) for spot in (*away, *there))
        after = (document.mask[box.slices] & ~painted(away, box)) | painted(there, box)
        command = change_mask(document, text, box, after)
        if command is not None:
            self._own.append(command)
            self._stack.push(command)

    def drop(self, spots: Sequence[Spot], among: Sequence[Spot], text: str) -> None:
        """Take ``spots`` out of the mask, and nothing of the others ``among`` them that are on."""
        bounds = self._document.box
        near = [box_of(spot, bounds) for spot in spots]
        dropped = set(spots)
        kept = [
            spot
            for spot in among
            if spot not in dropped
            and self.is_on(spot)
            and any(box_of(spot, bounds).meets(box) for box in near)
        ]
        self.change(text, spots, kept)

    def take_back(self) -> None:
        """Undo the last steps as far as they are of spots alone, so that one takes their place."""
        stack = self._stack
        while self._own and stack.index() and stack.command(stack.index() - 1) is self._own[-1]:
            self._own.pop()
            stack.undo()
