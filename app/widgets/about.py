"""Say what the program is made of, and under which licences."""

from __future__ import annotations

from PySide6.QtCore import qVersion

from app import APP_NAME
from assets import SNAPSHOT, SNAPSHOT_SHA256
from engine import __version__

PARTS = {
    "torch": "BSD-3-Clause",
    "numba": "BSD-2-Clause",
    "llvmlite": "BSD-2-Clause",
    "numpy": "BSD-3-Clause",
    "opencv-python-headless": "Apache-2.0",
    "opencv-python": "Apache-2.0",
    "pillow": "MIT-CMU",
    "safetensors": "Apache-2.0",
    "PySide6-Essentials": "LGPL-3.0",
}
METHOD = (
    "Håkon Hukkelås, Frank Lindseth, Rudolf Mester: "
    "Image Inpainting with Learnable Feature Imputation, GCPR 2020"
)


def versions() -> dict[str, str]:
    """Return the installed release of each part that is there."""
    from importlib import metadata

    found = {}
    for name in PARTS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def about_html(text: str, device: str) -> str:
    """Return the page.

    Args:
        text: with places for name, release, method, device, weights, their hash, and Qt's release.
        device: what fills run on.
    """
    rows = "".join(
        f"<tr><td>{name}&nbsp;&nbsp;</td><td>{release}&nbsp;&nbsp;</td><td>{PARTS[name]}</td></tr>"
        for name, release in versions().items()
    )
    digest = "<br>".join((SNAPSHOT_SHA256[:32], SNAPSHOT_SHA256[32:]))
    facts = APP_NAME, __version__, METHOD, device, SNAPSHOT.name, digest, qVersion()
    return f"{text.format(*facts)}<table>{rows}</table>"
