"""Show several photos as a row of small pictures with their names."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.widgets.icons import pixmap

PICTURE = QSize(96, 64)
CELL = QSize(108, 92)
Index = QModelIndex | QPersistentModelIndex
NONE = QModelIndex()


class Mark(StrEnum):
    """Say what happened to a photo: nothing, unsaved work, saved work, or it cannot be opened."""

    NONE = ""
    CHANGED = "changed"
    SAVED = "saved"
    BROKEN = "broken"


class Photos(QAbstractListModel):
    """Hold the photos, what is known of each, and the place of the open one.

    Signals:
        missed(): a photo is in view that has no picture yet.
    """

    missed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Begin without photos."""
        super().__init__(parent)
        self.paths: list[Path] = []
        self.open = -1
        self._pictures: dict[Path, QPixmap] = {}
        self._marks: dict[Path, tuple[Mark, str]] = {}

    def take(self, paths: Sequence[Path]) -> None:
        """Show other photos; what is known of those that stay is kept."""
        self.beginResetModel()
        self.paths = list(paths)
        self._pictures = {path: self._pictures[path] for path in paths if path in self._pictures}
        self.endResetModel()

    def rowCount(self, parent: Index = NONE) -> int:
        """Return how many photos there are."""
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name of a photo, what is said of it, or its picture."""
        path = self.paths[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (str(path), self.mark(path)[1]) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (path.name, self.mark(path)[1]) if part)
        return None

    def picture(self, row: int) -> QPixmap | None:
        """Return the picture in this place; None until there is one, which is missed then."""
        found = self._pictures.get(self.paths[row])
        if self.lacks(row):
            self.missed.emit()
        return found

    def lacks(self, row: int) -> bool:
        """Tell whether a picture can still come in this place."""
        path = self.paths[row]
        return path not in self._pictures and self.mark(path)[0] is not Mark.BROKEN

    def mark(self, path: Path) -> tuple[Mark, str]:
        """Return what happened to a photo, and a sentence on it."""
        return self._marks.get(path, (Mark.NONE, ""))

    def set_picture(self, path: Path, image: QImage) -> None:
        """Show ``image`` for the photo at ``path``."""
        self._pictures[path] = QPixmap.fromImage(image)
        self._changed(path)

    def set_mark(self, path: Path, mark: Mark, said: str = "") -> None:
        """Say what happened to the photo at ``path``."""
        self._marks[path] = mark, said
        self._changed(path)

    def set_open(self, path: Path | None) -> None:
        """Know which photo is open; None for one that is not among them."""
        before = self.open
        self.open = self.paths.index(path) if path in self.paths else -1
        for row in {before, self.open} - {-1}:
            if row < len(self.paths):
                self._changed(self.paths[row])

    def _changed(self, path: Path) -> None:
        if path in self.paths:
            index = self.index(self.paths.index(path))
            self.dataChanged.emit(index, index)


class PhotoStrip(QListView):
    """Show photos to go to, by a click or with the arrow keys.

    Signals:
        wanted(int): the photo in this place is to be opened.
    """

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Build an empty strip."""
        super().__init__(parent)
        self.setObjectName("photos")
        self.setAccessibleName(self.tr("Photos"))
        self.photos = Photos(self)
        self.setModel(self.photos)
        self.setItemDelegate(_Cell(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self._fit()

    def show_open(self, path: Path | None) -> None:
        """Frame the open photo and bring it into view."""
        self.photos.set_open(path)
        index = self.photos.index(self.photos.open) if self.photos.open >= 0 else NONE
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index)

    def first_missed(self) -> Path | None:
        """Return the first photo in view that has no picture yet."""
        first = max(0, self.horizontalScrollBar().value() // CELL.width())
        last = first + self.viewport().width() // CELL.width() + 2
        rows = range(first, min(last, self.photos.rowCount())) if self.isVisible() else ()
        return next((self.photos.paths[row] for row in rows if self.photos.lacks(row)), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the photo that the arrows, Home or End lead to."""
        super().keyPressEvent(event)
        self._tell()

    def keyboardSearch(self, search: str) -> None:
        """Leave letters to the tools."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the photo under the pointer."""
        super().mouseReleaseEvent(event)
        self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move along with a wheel that only turns up and down, too."""
        bar, turn = self.horizontalScrollBar(), event.angleDelta()
        bar.setValue(bar.value() - (turn.x() or turn.y()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the scroll bar where it is needed."""
        super().resizeEvent(event)
        self._fit()

    def take(self, paths: Sequence[Path]) -> None:
        """Show other photos."""
        self.photos.take(paths)
        self._fit()

    def _fit(self) -> None:
        long = CELL.width() * self.photos.rowCount() > self.width() - 2 * self.frameWidth()
        bar = self.horizontalScrollBar().sizeHint().height() if long else 0
        self.setFixedHeight(CELL.height() + 2 * self.frameWidth() + bar)

    def _tell(self) -> None:
        row = self.currentIndex().row()
        if row >= 0 and row != self.photos.open:
            self.wanted.emit(row)


class _Cell(QStyledItemDelegate):
    """Draw one photo: its picture, its name, a frame around the open one, and its mark."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the same room for every photo."""
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the photo at ``index``."""
        strip = self.parent()
        assert isinstance(strip, PhotoStrip)
        photos, row = strip.photos, index.row()
        area, colours = QRect(option.rect), strip.palette()
        text, muted = colours.windowText().color(), colours.placeholderText().color()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRect(area.left() + 6, area.top() + 5, PICTURE.width(), PICTURE.height())
        picture = photos.picture(row)
        frame = _paint_picture(painter, room, picture, muted)
        if photos.lacks(row):
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "…")
        if row == photos.open:
            painter.setPen(QPen(colours.highlight().color(), 3))
            painter.drawRoundedRect(frame.adjusted(-2, -2, 2, 2), 4, 4)
        elif option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.setPen(QPen(text, 1))
            painter.drawRoundedRect(frame.adjusted(-2, -2, 2, 2), 4, 4)
        _paint_mark(painter, frame, photos.mark(photos.paths[row])[0], strip.devicePixelRatioF())
        line = QRect(area.left() + 3, room.bottom() + 4, CELL.width() - 6, 18)
        painter.setPen(text if row == photos.open else muted)
        name = painter.fontMetrics().elidedText(
            photos.paths[row].name, Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()


def _paint_picture(painter: QPainter, room: QRect, picture: QPixmap | None, muted: QColor) -> QRect:
    """Draw the picture in the middle of ``room``, or an empty frame; return where it is."""
    if picture is None:
        painter.setPen(QPen(muted, 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 4, 4)
        return room
    size = picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(room.topLeft(), size)
    place.moveCenter(room.center())
    painter.drawPixmap(place, picture)
    return place


_ICONS = {Mark.CHANGED: "brush", Mark.SAVED: "tick", Mark.BROKEN: "cancel"}


def _paint_mark(painter: QPainter, frame: QRect, mark: Mark, ratio: float) -> None:
    if mark is Mark.NONE:
        return
    badge = QRect(frame.right() - 20, frame.top() + 3, 18, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawEllipse(badge)
    drawn = pixmap(_ICONS[mark], 12, QColor("#ffffff"), ratio)
    painter.drawPixmap(badge.left() + 3, badge.top() + 3, drawn)
