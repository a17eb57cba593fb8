"""Do the removals of a recipe on another photo, and save the result beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ImageError
from engine.photo import beside, colour_of, ending_for, save_photo
from engine.photo.sidecars import hand_on
from engine.reader.apart import read_photo_apart
from engine.removal.filled import check_free
from engine.removal.panorama import AROUND, goes_around
from engine.removal.replay import replay, touched
from engine.removal.scene import Scene

if TYPE_CHECKING:
    from engine.photo import Photo
    from engine.progress import Progress
    from engine.record.recipe import Recipe
    from engine.removal.remover import Remover


@dataclass(frozen=True)
class Replayed:
    """Describe one photo that was saved."""

    photo: Path
    out: Path
    changed_pixels: int
    remarks: tuple[str, ...]


def replay_on(
    path: Path,
    recipe: Recipe,
    remover: Remover,
    folder: Path | None,
    overwrite: bool,
    on_progress: Progress,
    *,
    sidecars: bool = False,
    around: bool = False,
) -> Replayed:
    """Replay ``recipe`` on the photo at ``path`` and save the result.

    ``sidecars``: copy the photo's sidecars too; else they are only told of. ``around``:
    the photo goes once around though it does not say so.

    Raises:
        EngineError: the photo cannot be read, has another size, or cannot be filled or saved.
    """
    photo = read_photo_apart(path)
    check_size(recipe, photo)
    out = out_path(photo, folder)
    check_free(out, overwrite, photo)
    colour = colour_of(photo.icc)
    own = None if colour.is_srgb else colour
    around = around or goes_around(photo)
    scene = Scene(photo.pixels.copy(), own, clear=photo.clear, around=around)
    done = list(replay(recipe.steps, scene, photo.pixels, remover, on_progress))
    mask = touched(scene.image.shape, done)
    report = save_photo(photo, scene.image, out, overwrite=overwrite, touched=mask)
    changed = int((scene.image != photo.pixels).any(axis=2).sum())
    remarks = [remark for one in done for remark in one.remarks]
    remarks += [AROUND] if around else []
    remarks += [*report.dropped, *hand_on(photo, out, copy=sidecars, overwrite=overwrite)]
    return Replayed(path, out, changed, tuple(dict.fromkeys(remarks)))


def check_size(recipe: Recipe, photo: Photo) -> None:
    """Refuse a photo that the recipe does not fit.

    Raises:
        ImageError: it has another size; the text names both.
    """
    if photo.size != recipe.size:
        found, wanted = ("{} × {}".format(*pair) for pair in (photo.size, recipe.size))
        raise ImageError(
            "“{0}” has {1} pixels, the recipe is for {2}; a recipe only fits photos of one size.",
            photo.path.name,
            found,
            wanted,
        )


def out_path(photo: Photo, folder: Path | None) -> Path:
    """Return where the result goes: NAME-replayed beside the photo or in ``folder``."""
    return beside(photo.path, "-replayed" + ending_for(photo.path, photo.container), folder)
