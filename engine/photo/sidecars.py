"""Files beside a photo that other programs keep its ratings, keywords and edits in."""

from __future__ import annotations

from pathlib import Path

from engine.errors import PhotoWriteError
from engine.files import replace_file
from engine.formats import is_raw
from engine.photo.metadata import xmp
from engine.photo.metadata.keep import turn_of
from engine.photo.metadata.xmp_places import Turn
from engine.photo.model import Photo
from engine.sentence import Sentence

_LARGEST = 64 << 20
"""Bytes; what is larger is no sidecar."""


def sidecars_of(photo: Path, out: Path) -> list[tuple[Path, Path]]:
    """Return each sidecar of ``photo``, ``x.jpg.xmp`` or ``x.xmp``, and its name beside ``out``.

    There are none to hand on where ``out`` is the photo itself, the photo is gone, or it is RAW:
    what a sidecar says of developing must not be done to a developed picture again.
    """
    if is_raw(photo.suffix.lower()) or not photo.exists():
        return []
    if out.exists() and out.samefile(photo):
        return []
    names = (photo.with_name(photo.name + ".xmp"), out.with_name(out.name + ".xmp"))
    stems = photo.with_suffix(".xmp"), out.with_suffix(".xmp")
    return [(old, new) for old, new in (names, stems) if _is_small_file(old) and old != new]


def _is_small_file(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= _LARGEST
    except OSError:
        return False


def copy_sidecar(old: Path, new: Path, turn: Turn, overwrite: bool = False) -> None:
    """Write the sidecar ``old`` as ``new``, cleaned; ``turn`` is how the photo was turned.

    Pictures in it still show what is gone, so they are left out; saved photos are upright, so
    orientation becomes 1.

    Raises:
        PhotoWriteError: it could not be read or written; nothing was changed.
    """
    try:
        data, _ = xmp.clean(old.read_bytes(), turn)
    except OSError as error:
        raise PhotoWriteError("“{0}” cannot be read: {1}.", old.name, error.strerror) from error
    if data is None:
        raise PhotoWriteError("“{0}” is no XMP; it was not copied.", old.name)
    packet = data
    replace_file(new, lambda temporary: temporary.write_bytes(packet), overwrite=overwrite)


LEFT = "“{0}” beside the photo was not copied; --sidecars does."
LEFT_BY_WINDOW = "“{0}” beside the photo was not copied, as the settings wish."


def hand_on(
    photo: Photo, out: Path, *, copy: bool, overwrite: bool = False, left: str = LEFT
) -> tuple[Sentence, ...]:
    """Copy the sidecars of ``photo`` beside the saved ``out``, or say that there are some.

    ``left`` is what is said of a sidecar that is not to be copied.

    Returns:
        A sentence for each sidecar: copied, not copied and why, or only there.
    """
    said = []
    for old, new in sidecars_of(photo.path, out):
        if not copy:
            said.append(Sentence(left, old.name))
            continue
        try:
            copy_sidecar(old, new, turn_of(photo), overwrite)
        except PhotoWriteError as error:
            said.append(error.sentence)
        else:
            said.append(Sentence("“{0}” was copied to “{1}”.", old.name, new.name))
    return tuple(said)
