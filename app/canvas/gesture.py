"""What a tool that is no brush does between a press on the photo and its release."""

from __future__ import annotations

from app.canvas.input import Manner
from engine.views.strokes import Sample


class Gesture:
    """Follow one press of mouse, pen or finger; ``Painting.gestures`` names one for its tool.

    What a tool has no use for it leaves as it is here.
    """

    def press(self, sample: Sample, manner: Manner) -> None:
        """Begin at ``sample``."""

    def move(self, sample: Sample) -> None:
        """Go on to ``sample``."""

    def release(self, sample: Sample) -> None:
        """End at ``sample``."""

    def cancel(self) -> None:
        """Take back what was begun."""

    def step_size(self, direction: int) -> bool:
        """Make what the tool has for a size larger (1) or smaller (-1); tell whether it has one."""
        return False
