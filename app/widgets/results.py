"""Lay out the strip below the canvas: the results, what is said about them, Accept."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.widgets.strip import Thumb
from app.widgets.tuning import Tuning
from engine.removal.choice import Choice
from engine.removal.variety import LITTLE_CHOICE

TITLES = ("Original", "Photo-only", "Safe", "A", "B", "C", "D")


class ResultsStrip(QWidget):
    """Show a ``Choice`` and tell what the user does with it.

    Signals:
        chosen(int): result number 1..7 was clicked.
        hovered(int): the pointer is over this result; 0 when it left.
        code_copied(str): this code is on the clipboard now.
        mix_requested(int, int): one result was dropped onto another.
        left(): none of them is wanted.
    """

    chosen = Signal(int)
    hovered = Signal(int)
    code_copied = Signal(str)
    mix_requested = Signal(int, int)
    left = Signal()

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        """Build the strip with buttons for ``actions``."""
        super().__init__(parent)
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.thumbs = [Thumb(n, self.tr(title), self) for n, title in enumerate(TITLES, 1)]
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        for thumb in self.thumbs:
            self._connect(thumb)
            row.addWidget(thumb, 0, Qt.AlignmentFlag.AlignTop)
            if thumb.number == 3:
                row.addSpacing(10)
        row.addSpacing(10)
        row.addLayout(self._side(actions), 1)

    def _connect(self, thumb: Thumb) -> None:
        number = thumb.number
        thumb.clicked.connect(lambda _checked=False: self.chosen.emit(number))
        thumb.hover_changed.connect(lambda over: self.hovered.emit(number if over else 0))
        thumb.code_clicked.connect(lambda: self._copy_code(thumb))
        thumb.dropped_on.connect(lambda other: self.mix_requested.emit(other, number))

    def _side(self, actions: Mapping[str, QAction]) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(6)
        self._hole_label = QLabel(self)
        self._note = QLabel(self)
        self._note.setObjectName("muted")
        self._note.setWordWrap(True)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.addWidget(self._hole_label, 1)
        self._next_hole = _tool(actions["next_hole"], self)
        for button in (self._next_hole, *(_tool(actions[a], self) for a in _SMALL)):
            head.addWidget(button)
        side.addLayout(head)
        self.tuning = Tuning(self)
        side.addWidget(self.tuning)
        side.addWidget(self._note, 1)
        side.addLayout(self._buttons(actions))
        return side

    def _buttons(self, actions: Mapping[str, QAction]) -> QHBoxLayout:
        accept = QPushButton(self.tr("Accept"), self)
        accept.setObjectName("primary")
        accept.setMinimumSize(QSize(132, 40))
        accept.setToolTip(actions["accept"].toolTip())
        accept.clicked.connect(actions["accept"].trigger)
        leave = QPushButton(self.tr("Leave as it was"), self)
        leave.setMinimumHeight(40)
        leave.setToolTip(actions["dismiss"].toolTip())
        leave.clicked.connect(self.left)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(accept)
        self.accept_button = accept
        return row

    def show_details(self, on: bool) -> None:
        """Show codes and resolutions, or leave them to the tips."""
        for thumb in self.thumbs:
            thumb.show_details(on)

    def show_choice(self, choice: Choice, *, waiting: bool) -> None:
        """Show the active hole of ``choice``; ``waiting`` for more results or not."""
        hole = choice.hole
        wait = self.tr("This result is being made") if waiting else self.tr("No result")
        for thumb, answer in zip(self.thumbs, hole.slots, strict=True):
            chosen = answer is not None and answer is hole.chosen
            kept = answer is not None and answer in hole.kept
            thumb.show_answer(answer, chosen=chosen, kept=kept, wait=wait)
        several = len(choice.holes) > 1
        self._next_hole.setVisible(several)
        self._hole_label.setText(
            self.tr("Hole {0} of {1}").format(choice.active + 1, len(choice.holes))
            if several
            else self.tr("Choose a result")
        )
        self._note.setText(self._remark(hole.spread, waiting=waiting))

    def _remark(self, spread: float | None, *, waiting: bool) -> str:
        if waiting:
            return self.tr("More results are being made …")
        if spread is None:
            return self.tr("R makes other results.")
        if spread < LITTLE_CHOICE:
            return self.tr("The results are alike. Context or a larger mask may bring others.")
        return self.tr("A to D are the four most different of 16 results.")

    def _copy_code(self, thumb: Thumb) -> None:
        if thumb.answer is not None:
            QGuiApplication.clipboard().setText(thumb.answer.code)
            self.code_copied.emit(thumb.answer.code)


_SMALL = ("keep", "discard", "grid", "resample")


def _tool(action: QAction, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
