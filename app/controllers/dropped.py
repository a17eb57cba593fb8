"""Find the files in what was dropped or copied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData, QUrl


def dropped_files(data: QMimeData | None) -> list[Path]:
    """Return the local files in ``data``."""
    urls: list[QUrl] = data.urls() if data is not None and data.hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
