"""What lines are drawn over: a widget that shows a photo at some zoom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QColor

    from engine.views.pyramid import Layer
    from engine.views.renderer import Renderer
    from engine.views.viewport import Viewport


class Surface(QWidget):
    """Tell what an overlay asks of the canvas below it.

    Attributes:
        tint_visible: whether the mask is shown.
    """

    tint_visible: bool

    @property
    def viewport(self) -> Viewport:
        """Return what of the photo is seen."""
        raise NotImplementedError

    @property
    def background(self) -> QColor:
        """Return what surrounds the photo."""
        raise NotImplementedError

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return the logical widget position of the photo position (x, y)."""
        raise NotImplementedError

    def draw_with(self, layers: Sequence[Layer]) -> Renderer:
        """Return a renderer that has drawn this view with other ``layers``."""
        raise NotImplementedError
