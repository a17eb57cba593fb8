"""Say how finely the network saw a fill: network pixels per photo pixel, as a share."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

SENTENCES = (
    "The network saw this place at {0} of the photo's resolution. Structure finer than that is not "
    "invented; the texture comes from the photo itself. A closer context shows the network more.",
    "The network saw this place at the photo's full resolution.",
)
"""What is said here, for the translations."""


def percent(scale: float) -> str:
    """Return ``scale`` in (0, 1] as a percentage, at least 1 %."""
    return f"{max(round(scale * 100), 1)} %"


def meaning(scale: float) -> str:
    """Return in words what ``scale`` in (0, 1] means."""
    text = QCoreApplication.translate("resolution", SENTENCES[scale >= 1])
    return text.format(percent(scale))
