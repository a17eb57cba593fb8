"""What may be opened: the formats, the sizes, and the sentences for everything else."""

from __future__ import annotations

from typing import Literal

from PIL import Image

from engine.sentence import Sentence, SentenceError

Container = Literal["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "BMP", "HEIC", "RAW"]

MAX_PIXELS = 300_000_000
"""Photos with more pixels are refused before a single one is decoded."""

TOO_MANY = Sentence("more than the {0} megapixels this program opens", MAX_PIXELS // 1_000_000)

MAX_FILE = 4 << 30
"""Files of more bytes are refused before they are read."""

WRITABLE: dict[str, Container] = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
    ".avif": "AVIF",
    ".bmp": "BMP",
}
"""The container each file ending is written as."""

MOST_PIXELS_ACROSS: dict[Container, int] = {"JPEG": 65_500, "WEBP": 16_383, "AVIF": 32_768}
"""The longest side each container can hold, where that is less than photos have."""

_RAW = (
    "3fr ari arw cap cr2 cr3 crw dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf pef raf"
    " raw rw2 rwl sr2 srf srw x3f"
)
RAW_ENDINGS = frozenset(f".{ending}" for ending in _RAW.split(" "))
HEIC_ENDINGS = frozenset({".heic", ".heif", ".hif"})

OPEN_ENDINGS = frozenset(WRITABLE) | RAW_ENDINGS | HEIC_ENDINGS
"""Every ending a file dialogue should offer."""

EXTRAS: dict[Container, tuple[str, str]] = {"HEIC": ("pi_heif", "heic"), "RAW": ("rawpy", "raw")}
"""The module and the optional extra that opens each container we cannot open alone."""

# Pillow warns above 89 megapixels and refuses above twice its limit; our own limit comes first.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class Refusal(SentenceError):
    """Carry the reason why a file is not opened: the end of a sentence, without the file's name."""


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is empty or larger than the limit.

    Raises:
        Refusal: ``width`` x ``height`` is no picture or exceeds ``MAX_PIXELS``.
    """
    if width < 1 or height < 1:
        raise Refusal("it holds no picture (its size is zero)")
    if width * height > MAX_PIXELS:
        raise Refusal(
            "it claims {0} × {1} pixels, {2}; scale it down first", width, height, TOO_MANY
        )
