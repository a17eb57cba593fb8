"""What a saved photo keeps of its source's metadata, cleaned of every embedded picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.formats import BLOCKS, Block, Container
from engine.photo.metadata import exif as exif_block
from engine.photo.metadata import irb, xmp
from engine.photo.metadata.xmp_places import Turn
from engine.photo.model import Photo
from engine.sentence import Sentence, listed

CODED_ANEW = "The picture was coded anew, so pixels outside the fill may differ a little."


@dataclass
class Meta:
    """Collect the cleaned metadata and the words that tell the user about it."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    resolution: tuple[float, float] | None = None
    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    @property
    def kept_sentence(self) -> tuple[str, ...]:
        """Return "Kept: ... ." or nothing."""
        return (Sentence("Kept: {0}.", listed(self.kept)),) if self.kept else ()


def prepare(photo: Photo, provenance: bool = False, scale: float = 1.0) -> Meta:
    """Return the photo's metadata with orientation 1 and without embedded pictures.

    With ``provenance``, XMP says that a model has put pixels into the photo. ``scale``: by how much
    the photo is made smaller, for places that are told in pixels.
    """
    meta = Meta(icc=photo.icc, iptc=photo.iptc, resolution=photo.resolution)
    turn = turn_of(photo)._replace(scale=scale)
    if photo.exif:
        _prepare_exif(meta, photo.exif, turn)
    if photo.xmp:
        meta.xmp, removed = xmp.clean(photo.xmp, turn)
        if meta.xmp is None:
            meta.dropped.append("XMP was damaged and could not be kept.")
        if removed:
            meta.dropped.append("Pictures embedded in XMP were removed.")
    if provenance:
        meta.xmp = xmp.marked(meta.xmp)
    meta.kept += [name for block, name in BLOCKS.items() if getattr(meta, block)]
    if meta.resolution:
        meta.kept.append("resolution")
    return meta


def turn_of(photo: Photo) -> Turn:
    """Return how the photo was turned, for what its metadata tells about places in it."""
    return Turn(photo.orientation, exif_block.tells_orientation(photo.exif), photo.size)


def _prepare_exif(meta: Meta, block: bytes, turn: Turn) -> None:
    cleaned = exif_block.clean(block, turn)
    if cleaned is None:
        meta.dropped.append("The EXIF data was damaged and could not be kept.")
        return
    meta.exif = cleaned.data
    if cleaned.thumbnail:
        meta.dropped.append("The embedded thumbnail was removed.")
    if cleaned.previews:
        meta.dropped.append("Embedded previews were removed.")


def forget(meta: Meta, block: Block, where: Container, what: str | None = None) -> None:
    """Drop one kind of metadata that the target container cannot hold, and say so.

    ``what`` names it in the sentence, by default as ``BLOCKS`` does.
    """
    name = BLOCKS[block]
    if getattr(meta, block):
        setattr(meta, block, None)
        if name in meta.kept:
            meta.kept.remove(name)
        what = Sentence.of(what or name)
        meta.dropped.append(Sentence("{0} cannot hold {1}; it was left out.", where, what))


def resources_for(photo_resources: bytes, iptc: bytes | None) -> tuple[bytes | None, bool]:
    """Return Photoshop resources to write, and whether a thumbnail was taken out of them."""
    if photo_resources:
        cleaned, removed = irb.clean(photo_resources)
        return cleaned or None, removed
    return (irb.with_iptc(iptc) if iptc else None), False
