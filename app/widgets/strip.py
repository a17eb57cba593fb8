"""Show the results to choose from as a row of thumbnails."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QFont,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from app.canvas.qimage import to_qimage
from app.widgets.icons import pixmap
from app.widgets.resolution import meaning, percent
from engine.removal.choice import Answer

PICTURE = 104
SMALLEST = 60
BADGE_SIZE = 0.85
MIX = "application/x-lacuna-result"


class Thumb(QAbstractButton):
    """Show one result: its letter and key, its picture; with details its code and its resolution.

    Signals:
        hover_changed(bool): the pointer came (True) or left.
        code_clicked(): the code below the picture was clicked.
        dropped_on(int): the thumb with this number was dragged onto this one.
    """

    hover_changed = Signal(bool)
    code_clicked = Signal()
    dropped_on = Signal(int)

    def __init__(self, number: int, title: str, parent: QWidget | None = None) -> None:
        """Show result ``number`` (1..7) called ``title``; empty until ``show_answer``."""
        super().__init__(parent)
        self.number = number
        self.title = title
        self.answer: Answer | None = None
        self._picture: QPixmap | None = None
        self._kept = self._details = False
        self._press = QPoint()
        self.setCheckable(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return room for the picture, a line above it, and one below it for the code."""
        line = self.fontMetrics().height()
        return QSize(PICTURE + 12, PICTURE + line + 16 + self._details * (line + 4))

    def minimumSizeHint(self) -> QSize:
        """Return room for a small picture; a narrow window need not grow."""
        return QSize(SMALLEST + 12, self.sizeHint().height())

    def show_details(self, on: bool) -> None:
        """Show the code, and how finely the network saw the result, or leave both to the tip."""
        self._details = on
        self.updateGeometry()
        self.update()

    @property
    def _side(self) -> int:
        return min(self.width() - 12, PICTURE)

    def show_answer(self, answer: Answer | None, *, chosen: bool, kept: bool, wait: str) -> None:
        """Show ``answer``, or that one is being waited for."""
        if answer is not self.answer or answer is None:
            self.answer = answer
            self._picture = None if answer is None else _framed(answer, self.devicePixelRatioF())
        self._kept = kept
        self.setEnabled(answer is not None)
        self.setChecked(chosen)
        self.setToolTip(self._tip(wait))
        code = f", {answer.code}" if answer and answer.code else ""
        self.setAccessibleName(f"{self.title}{code}")
        self.update()

    def _tip(self, wait: str) -> str:
        if self.answer is None:
            return wait
        lines = [f"{self.title} ({self.number})"]
        if self.answer.code:
            lines.append(self.tr("Code {0}").format(self.answer.code))
            lines += [self.tr("Click the code to copy it.")] if self._details else []
            lines.append(self.tr("Drag onto another result to mix the two."))
        if self.answer.scale:
            lines.append(meaning(self.answer.scale))
        return "\n".join(lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the thumb."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        text, muted = self.palette().windowText().color(), self.palette().placeholderText().color()
        frame = self._picture_rect()
        self._paint_title(painter, text, muted)
        if self._picture is None:
            painter.setPen(QPen(muted, 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), 4, 4)
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, "…")
        else:
            painter.drawPixmap(frame, self._picture)
        if self.isChecked():
            painter.setPen(QPen(self.palette().highlight().color(), 3))
            painter.drawRoundedRect(frame.adjusted(-2, -2, 2, 2), 4, 4)
        elif self.hasFocus() or self.underMouse():
            painter.setPen(QPen(text, 1))
            painter.drawRoundedRect(frame.adjusted(-2, -2, 2, 2), 4, 4)
        if self._kept:
            self._paint_pin(painter, frame)
        if self._details and self.answer is not None:
            self._paint_details(painter, frame, muted, self.answer)
        painter.end()

    def _paint_details(
        self, painter: QPainter, frame: QRect, muted: QColor, answer: Answer
    ) -> None:
        if answer.scale:
            self._paint_badge(painter, frame, percent(answer.scale))
        painter.setPen(muted)
        metrics, room = self.fontMetrics(), self._code_rect()
        line = metrics.elidedText(answer.code, Qt.TextElideMode.ElideMiddle, room.width() - 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, line)

    def _paint_title(self, painter: QPainter, text: QColor, muted: QColor) -> None:
        """Write the title and the number; where there is no room for both, the title alone."""
        row = QRect(6, 3, self._side, self.fontMetrics().height() + 2)
        number = str(self.number)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(text if self.isEnabled() else muted)
        room = row.width() - self.fontMetrics().horizontalAdvance(number) - 4
        both = painter.fontMetrics().horizontalAdvance(self.title) <= room
        if not both:
            row = QRect(1, 3, self.width() - 2, row.height())
            painter.setFont(self.font())
        metrics = painter.fontMetrics()
        title = metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, row.width())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(self.font())
        painter.setPen(muted)
        if both:
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, number)

    def _paint_pin(self, painter: QPainter, frame: QRect) -> None:
        badge = QRect(frame.right() - 24, frame.top() + 4, 21, 21)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawEllipse(badge)
        mark = pixmap("pin", 15, QColor("#ffffff"), self.devicePixelRatioF())
        painter.drawPixmap(badge.left() + 3, badge.top() + 3, mark)

    def _paint_badge(self, painter: QPainter, frame: QRect, text: str) -> None:
        """Write how finely the network saw the fill into the lower left corner."""
        small = QFont(self.font())
        small.setPointSizeF(self.font().pointSizeF() * BADGE_SIZE)
        painter.setFont(small)
        metrics = painter.fontMetrics()
        badge = QRect(0, 0, metrics.horizontalAdvance(text) + 8, metrics.height() + 2)
        badge.moveBottomLeft(frame.bottomLeft() + QPoint(4, -4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        painter.setFont(self.font())

    def _picture_rect(self) -> QRect:
        return QRect(6, self.fontMetrics().height() + 9, self._side, self._side)

    def _code_rect(self) -> QRect:
        top = self._picture_rect().bottom() + 4
        return QRect(0, top, self.width(), self.fontMetrics().height() + 2)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell that the pointer came."""
        super().enterEvent(event)
        if self.isEnabled():
            self.hover_changed.emit(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.hover_changed.emit(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Copy the code when it is hit, else begin a click or a drag."""
        self._press = event.position().toPoint()
        coded = self._details and self.answer is not None and self.answer.code
        if coded and self._code_rect().contains(self._press):
            self.code_clicked.emit()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a network result, to mix it with another."""
        far = (event.position().toPoint() - self._press).manhattanLength()
        mixable = self.answer is not None and self.answer.code and self.number > 2
        if mixable and self.isDown() and far >= QApplication.startDragDistance():
            self.setDown(False)
            self._drag()
        else:
            super().mouseMoveEvent(event)

    def _drag(self) -> None:
        data = QMimeData()
        data.setData(MIX, str(self.number).encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        if self._picture is not None:
            drag.setPixmap(self._picture)
        drag.exec(Qt.DropAction.CopyAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept another network result."""
        if event.mimeData().hasFormat(MIX) and self.answer is not None and self.answer.code:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for a mix with the dropped result."""
        other = int(bytes(event.mimeData().data(MIX).data()))
        if other != self.number:
            event.acceptProposedAction()
            self.dropped_on.emit(other)


def _framed(answer: Answer, ratio: float) -> QPixmap:
    """Return the thumbnail filling a square, its longer side cut."""
    side = round(PICTURE * ratio)
    image = to_qimage(answer.thumb).scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (image.width() - side) // 2, (image.height() - side) // 2
    picture = QPixmap.fromImage(image.copy(left, top, side, side))
    picture.setDevicePixelRatio(ratio)
    return picture
