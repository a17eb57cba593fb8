"""Offer above the photo, quietly, to bring interrupted work back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.notice import Bar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.recovery.recovery import Recovery


class RecoveryBar(Bar):
    """Show what ``Recovery`` offers, with two buttons; hidden while there is nothing."""

    def __init__(self, recovery: Recovery, parent: QWidget) -> None:
        """Build the bar and follow ``recovery``."""
        super().__init__(parent)
        self.accept = self.add_button(self.tr("Bring it back"), recovery.bring_back)
        self.discard = self.add_button(self.tr("Discard"), recovery.discard)
        self.hide()
        recovery.offered.connect(self.show_text)
