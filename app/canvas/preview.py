"""Lay the chosen results over the photo on the canvas, exactly as they will be saved."""

from __future__ import annotations

from app.canvas.canvas import Canvas
from app.document.document import Document
from engine.removal.choice import Answer, Choice
from engine.views.pyramid import Layer


class Preview:
    """Turn a choice into layers.

    Attributes:
        hovered: shown in place of the chosen result of the active hole, without being chosen.
    """

    def __init__(self, document: Document, canvas: Canvas) -> None:
        """Show on ``canvas`` what lies over ``document``."""
        self._document, self._canvas = document, canvas
        self._layers: dict[Answer, Layer] = {}
        self.hovered: Answer | None = None

    def show(self, choice: Choice | None) -> None:
        """Show ``choice``; None shows the document as it is and forgets the layers."""
        if choice is None:
            self._layers, self.hovered = {}, None
        self._canvas.set_layers(self.layers(choice))
        several = choice is not None and len(choice.holes) > 1
        self._canvas.overlay.set_frame(choice.hole.box if choice and several else None)

    def layers(self, choice: Choice | None, active: Answer | None = None) -> list[Layer]:
        """Return every hole's chosen result as layers; ``active`` takes the active hole's place."""
        if choice is None:
            return []
        out = []
        for hole in choice.holes:
            answer = hole.chosen
            if hole is choice.hole:
                answer = active or self.hovered or hole.chosen
            if answer is not None and answer is not hole.original:
                out.append(self._layer_of(answer))
        return out

    def _layer_of(self, answer: Answer) -> Layer:
        layer = self._layers.get(answer)
        if layer is None:
            layer = self._document.layer(answer.box, answer.patch)
            self._layers[answer] = layer
        return layer
