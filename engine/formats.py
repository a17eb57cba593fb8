"""Name every photo format there is: dialogs, sniffing, saving, help and ``docs/formats.md``.

It loads no codec, so that whoever only offers names starts quickly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Container = Literal["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "BMP", "HEIC", "RAW"]
Block = Literal["icc", "exif", "xmp", "iptc"]
"""What a file holds beside its picture, by the name of the photo's attribute."""

ALL: frozenset[Block] = frozenset({"icc", "exif", "xmp", "iptc"})

BLOCKS: dict[Block, str] = {"icc": "colour profile", "exif": "EXIF", "xmp": "XMP", "iptc": "IPTC"}
"""What people call each of them."""

_RAW = (
    "3fr ari arw cap cr2 cr3 crw dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf pef raf"
    " raw rw2 rwl sr2 srf srw x3f"
)


@dataclass(frozen=True)
class Format:
    """Describe one format: how it is told, and what a file written in it keeps.

    Attributes:
        title: its name in ``docs/formats.md``.
        endings: of its files, in lower case with their dots; the first one is proposed.
        begins: a pattern of a file's first bytes; none for those told by ``brands``.
        brands: those of an ISO base media file.
        becomes: the format proposed for saving; its own where it can be written.
        exact: every pixel reads back as it was written; None: if the photo's file was so, too.
        depth: the most bits per channel.
        transparency: whether transparency is kept.
        blocks: what is kept beside the picture.
        longest: the most pixels a side; None where photos are never so long.
        module: the package that opens it, if it is not always there.
        extra: the optional extra of this program that brings ``module``.
        masks: whether masks are written so.
    """

    title: str
    endings: tuple[str, ...]
    begins: bytes
    becomes: Container
    brands: tuple[bytes, ...] = ()
    exact: bool | None = True
    depth: Literal[8, 16] = 8
    transparency: bool = True
    blocks: frozenset[Block] = ALL
    longest: int | None = None
    module: str = ""
    extra: str = ""
    masks: bool = False


FORMATS: dict[Container, Format] = {
    "JPEG": Format(
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        rb"\xff\xd8\xff",
        "JPEG",
        exact=False,
        transparency=False,
        longest=65_500,
    ),
    "PNG": Format("PNG", (".png",), rb"\x89PNG\r\n\x1a\n", "PNG", depth=16, masks=True),
    "RAW": Format(
        "Camera raw",
        tuple(f".{ending}" for ending in _RAW.split()),
        rb"FUJIFILMCCD-RAW|FOVb|\0MRM|IIU\0|IIRO|IIRS|MMOR|(II|MM).{6}CR",
        "TIFF",
        brands=(b"crx ",),
        depth=16,
        transparency=False,
        blocks=frozenset({"exif"}),
        module="rawpy",
        extra="raw",
    ),
    "TIFF": Format("TIFF", (".tif", ".tiff"), rb"II|MM", "TIFF", depth=16, masks=True),
    "WEBP": Format(
        "WebP",
        (".webp",),
        rb"RIFF.{4}WEBP",
        "WEBP",
        exact=None,
        blocks=ALL - {"iptc"},
        longest=16_383,
    ),
    "AVIF": Format(
        "AVIF",
        (".avif",),
        rb"",
        "AVIF",
        brands=(b"avif", b"avis"),
        exact=False,
        blocks=ALL - {"iptc"},
        longest=32_768,
    ),
    "BMP": Format("BMP", (".bmp",), rb"BM", "BMP", blocks=frozenset({"icc"})),
    "HEIC": Format(
        "HEIC",
        (".heic", ".heif", ".hif"),
        rb"",
        "PNG",
        brands=(b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"),
        depth=16,
        blocks=ALL - {"iptc"},
        module="pi_heif",
        extra="heic",
    ),
}
"""RAW stands before TIFF, whose first bytes many raw files have."""


def _by_ending(kinds: list[Container]) -> dict[str, Container]:
    return {ending: kind for kind in kinds for ending in FORMATS[kind].endings}


WRITABLE = _by_ending([kind for kind, row in FORMATS.items() if row.becomes == kind])
"""The container each file ending is written as."""

OPEN_ENDINGS = frozenset(_by_ending(list(FORMATS)))
"""Every ending a file dialogue should offer."""


def written_as(path: Path) -> Container | None:
    """Return the container a file of this name is written as, None if no photo can be."""
    return WRITABLE.get(path.suffix.lower())


def is_raw(ending: str) -> bool:
    """Tell whether an ending (lower case) is one of camera raw files."""
    return ending in FORMATS["RAW"].endings


def patterns(endings: Iterable[str]) -> str:
    """Return endings as file dialogues want them, such as "*.jpg *.jpeg"."""
    return " ".join(f"*{ending}" for ending in endings)


MASK_ENDINGS = tuple(_by_ending([kind for kind, row in FORMATS.items() if row.masks]))
"""Those masks are written with."""

ENDINGS_SAID = ", ".join(WRITABLE)
"""Every ending that can be saved, for a sentence."""
