"""One fill as a file: put into the photo, in the photo's colours, saved, described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.arrays import Mask, Pixels
from engine.errors import PhotoWriteError
from engine.files import reason_of
from engine.formats import ENDINGS_SAID, written_as
from engine.removal.codes import code_of

if TYPE_CHECKING:
    from engine.photo import Photo, SaveReport
    from engine.result import Result


@dataclass(frozen=True)
class Saving:
    """Say how results are saved.

    ``overwrite``: an existing file may be replaced. ``provenance``: note in XMP that a model has
    invented pixels, if there are any. ``sidecars``: copy the photo's sidecars, too.
    """

    overwrite: bool
    provenance: bool
    sidecars: bool


@dataclass(frozen=True)
class Filled:
    """Describe one file that was written.

    ``changed_pixels`` have another value than before, ``invented_pixels`` lie in the mask.
    ``invented_share`` is their share of the photo, 0..1. ``scale`` is how many pixels of the
    network there were for one of the photo. ``remarks`` are what was not kept, and how the mask was
    read.
    """

    seed: int
    report: SaveReport
    changed_pixels: int
    invented_pixels: int
    invented_share: float
    scale: float
    remarks: tuple[str, ...]

    @property
    def out(self) -> Path:
        """Return where the file is."""
        return self.report.path

    @property
    def line(self) -> str:
        """Return in one line what was kept of the photo's file, and what was not."""
        return " ".join((*self.report.kept, *self.remarks))

    @property
    def facts(self) -> str:
        """Return the code and how much was changed, for people."""
        return (
            f"{code_of(self.seed)}, {self.changed_pixels:,} pixels changed,"
            f" {self.invented_share:.2%} of the photo invented"
        )

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` says about this file."""
        return {
            "seed": code_of(self.seed),
            "changed_pixels": self.changed_pixels,
            "invented_pixels": self.invented_pixels,
            "invented_share": round(self.invented_share, 6),
            "scale": round(self.scale, 4),
            "out": str(self.out),
            "report": self.line,
        }


def for_network(photo: Photo) -> Pixels:
    """Return the photo (H, W, 3) as a fill looks at it, in sRGB.

    The photo's own pixels come back where nothing has to change.
    """
    from engine.photo import colour_of

    return colour_of(photo.icc).to_srgb(photo.pixels)


def save_filled(
    photo: Photo,
    mask: Mask,
    result: Result,
    out: Path,
    saving: Saving,
    remarks: Sequence[str] = (),
) -> Filled:
    """Put one result into the photo, in the photo's colours, save that, and describe it.

    Args:
        photo: the photo that was filled.
        mask: (H, W) bool, True where it was filled.
        result: the fill, in sRGB. Nothing here holds on to it while the file is written and read
            back, which takes most memory of all.
        out: where to save.
        saving: what was asked for.
        remarks: sentences to give back beside what was not kept.

    Raises:
        PhotoWriteError: nothing was written; the text says why.
    """
    from engine.photo import colour_of, save_photo
    from engine.photo.sidecars import hand_on

    colour, part = colour_of(photo.icc), result.box.slices
    pixels = photo.pixels.copy()
    pixels[part][mask[part]] = colour.from_srgb(result.patch)[mask[part]]
    seed, scale = result.seed, result.scale
    del result
    changed = int((pixels[part] != photo.pixels[part]).any(axis=2).sum())
    invented = int(mask.sum())
    report = save_photo(
        photo,
        pixels,
        out,
        overwrite=saving.overwrite,
        touched=mask,
        provenance=saving.provenance and invented > 0,
    )
    remarks = (*remarks, *report.dropped, *([colour.notice] if colour.notice else []))
    remarks += hand_on(photo, out, copy=saving.sidecars, overwrite=saving.overwrite)
    share = invented / mask.size
    return Filled(seed, report, changed, invented, share, scale, remarks)


def check_free(out: Path, overwrite: bool, photo: Photo | None = None) -> None:
    """Refuse before the long work what saving would refuse after it.

    Raises:
        PhotoWriteError: a file is in the way, its folder is not there, its kind is unknown or, if
            ``photo`` is given, cannot hold it.
    """
    try:
        there = out.exists()
    except OSError as error:
        raise PhotoWriteError("{0} cannot be saved: {1}.", out, reason_of(error)) from error
    if there and not overwrite:
        raise PhotoWriteError(
            "{0} exists already; give another --out, or --overwrite to replace it.", out
        )
    if not out.parent.is_dir():
        raise PhotoWriteError("{0} cannot be saved: there is no folder {1}.", out, out.parent)
    if written_as(out) is None:
        raise PhotoWriteError("{0} cannot be saved: its ending is none of {1}.", out, ENDINGS_SAID)
    if photo is not None:
        from engine.photo import check_fits

        check_fits(photo, out)
