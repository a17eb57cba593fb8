"""Show how a batch goes, photo by photo, and stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.batch.job import Begun, Ended, ReplayOnPhotos
from app.document.worker import Worker
from app.words.saying import all_said, said

WHOLE = 1000


class BatchDialog(QDialog):
    """Run one batch in a thread of its own; closing stops it, and what is written stays."""

    def __init__(self, job: ReplayOnPhotos, parent: QWidget) -> None:
        """Begin with ``job`` at once."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Remove from other photos"))
        self.resize(640, 420)
        self._worker = Worker("batch", self)
        self._table = self._rows([path.name for path in job.photos])
        self._bar = QProgressBar(self)
        self._bar.setRange(0, WHOLE)
        self._told = QLabel(self.tr("The photos themselves are left as they are."), self)
        self._told.setWordWrap(True)
        self._buttons = QDialogButtonBox(self)
        self._stop = self._buttons.addButton(
            self.tr("&Stop"), QDialogButtonBox.ButtonRole.RejectRole
        )
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        for part in (self._table, self._bar, self._told, self._buttons):
            column.addWidget(part)
        ends = self._on_end, self._on_failed
        self._worker.submit(job, *ends, self._on_part, self._on_progress)

    def done(self, result: int) -> None:
        """Stop the thread before the dialog closes."""
        self._worker.close()
        super().done(result)

    def _rows(self, names: list[str]) -> QTableWidget:
        table = QTableWidget(len(names), 2, self)
        table.setHorizontalHeaderLabels([self.tr("Photo"), self.tr("Result")])
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setWordWrap(True)
        for row, name in enumerate(names):
            table.setItem(row, 0, QTableWidgetItem(name))
            table.setItem(row, 1, QTableWidgetItem(self.tr("Waiting")))
        table.resizeColumnToContents(0)
        return table

    def _on_part(self, part: Begun | Ended) -> None:
        if isinstance(part, Begun):
            text = self.tr("Working …")
        elif part.out is None:
            text = all_said(part.said)
        else:
            text = f"{part.out.name}. {all_said(part.said)}".strip()
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        self._table.setItem(part.number, 1, item)
        self._table.scrollToItem(item)
        self._table.resizeRowToContents(part.number)

    def _on_progress(self, share: float) -> None:
        self._bar.setValue(round(share * WHOLE))

    def _on_end(self, written: int) -> None:
        self._bar.setValue(WHOLE)
        told = self.tr("{0} of {1} photos were written.")
        self._finish(told.format(written, self._table.rowCount()))

    def _on_failed(self, text: str) -> None:
        self._finish(said(text))

    def _finish(self, text: str) -> None:
        self._told.setText(text)
        self._stop.setText(self.tr("&Close"))
