"""Show below the photo what happens, how far it is, and facts about the photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSizePolicy, QStatusBar, QWidget

from app.widgets.resolution import meaning, percent

if TYPE_CHECKING:
    from PySide6.QtGui import QAction


MARGIN = 6
GAP = 8
"""Pixels between what the bar shows, at most."""


class Message(QLabel):
    """Show one line, cut with an ellipsis where there is no room; the tooltip has all of it."""

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def wanted(self) -> int:
        """Return the width at which nothing of the text is cut."""
        return self.fontMetrics().horizontalAdvance(self.text()) + 2 * MARGIN

    def minimumSizeHint(self) -> QSize:
        """Return no width, so that a long message never widens the window."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        room = self.contentsRect().adjusted(MARGIN, 0, -MARGIN, 0)
        line = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, line)
        painter.end()


class StatusBar(QStatusBar):
    """Show messages, the progress with a way to stop, and facts about the photo."""

    def __init__(self, stop: QAction, parent: QWidget) -> None:
        """Build the bar; ``stop`` ends what the progress shows."""
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._message = Message(self)
        self.addWidget(self._message, 1)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(150)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the filling"))
        self._stop = QPushButton(self.tr("Stop"), self)
        self._stop.setToolTip(stop.toolTip())
        self._stop.clicked.connect(stop.trigger)
        self.addPermanentWidget(self._bar)
        self.addPermanentWidget(self._stop)
        self.cursor_label, self.fill_label, self.size_label, self.zoom_label, self.device_label = (
            labels := [QLabel(self) for _ in range(5)]
        )
        self.cursor_label.setMinimumWidth(96)
        for label in labels:
            self.addPermanentWidget(label)
        self._lasting = self._bar, self._stop, *labels
        self._details = False
        self.show_details(False)
        self.show_progress(None)

    def show_details(self, on: bool) -> None:
        """Show what the engine runs on and how finely it saw a fill, or neither."""
        self._details = on
        self.device_label.setVisible(on)
        self.fill_label.setVisible(on and bool(self.fill_label.text()))

    def tell(self, text: str) -> None:
        """Show ``text`` until the next message."""
        self._message.setText(text)
        self._message.setToolTip(text)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the message what room there is now."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Let facts on the photo go while a message would be cut beside them."""
        facts = self.size_label, self.cursor_label
        taken = [w.sizeHint().width() for w in self._lasting if w in facts or not w.isHidden()]
        room = self.width() - sum(taken) - GAP * len(taken)
        fits = self._message.wanted <= room
        for label in facts:
            label.setVisible(fits)

    def show_device(self, reason: str) -> None:
        """Show what the engine runs on; the tooltip has the engine's own words."""
        card = reason.startswith("CUDA")
        self.device_label.setText(self.tr("Graphics card") if card else self.tr("Processor"))
        self.device_label.setToolTip(reason)

    def show_fill(self, scale: float) -> None:
        """Show how finely the network saw the chosen fill, (0, 1]; 0 hides it."""
        text = self.tr("Fill resolution {0}").format(percent(scale))
        self.fill_label.setText(text if scale > 0 else "")
        self.fill_label.setVisible(self._details and scale > 0)
        self.fill_label.setToolTip(meaning(scale) if scale > 0 else "")

    def show_progress(self, fraction: float | None) -> None:
        """Show ``fraction`` in [0, 1] of the running job; None hides the bar."""
        self._bar.setVisible(fraction is not None)
        self._stop.setVisible(fraction is not None)
        self._bar.setValue(round((fraction or 0) * 1000))
