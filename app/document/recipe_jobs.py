"""Read, write and replay recipes beside the window: everything here runs in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.document.jobs import Opened, prepared
from engine.record.recipe import Recipe, read_recipe, write_recipe
from engine.removal.jobs import Ready
from engine.removal.replay import Done, replay
from engine.removal.scene import Scene

if TYPE_CHECKING:
    from app.document.worker import Report
    from engine.arrays import Pixels
    from engine.removal.remover import Remover


@dataclass(frozen=True, eq=False)
class RecipeRead:
    """Hold a recipe and the photo it was made for; None if that is not beside it."""

    path: Path
    recipe: Recipe
    opened: Opened | None


@dataclass(frozen=True)
class ReadRecipe:
    """Read a recipe from ``path``, and the photo beside it."""

    path: Path

    def __call__(self, report: Report) -> RecipeRead:
        """Raise PhotoReadError if the recipe or its photo cannot be read."""
        from engine.reader.apart import read_photo_apart

        recipe = read_recipe(self.path)
        report.check()
        photo = self.path.with_name(recipe.photo)
        if not recipe.photo or not photo.is_file():
            return RecipeRead(self.path, recipe, None)
        return RecipeRead(self.path, recipe, prepared(read_photo_apart(photo, report.check), photo))


@dataclass(frozen=True, eq=False)
class SaveRecipe:
    """Write a recipe to ``path``, in place of an older one."""

    recipe: Recipe
    path: Path

    def __call__(self, report: Report) -> Path:
        """Write the file at once or not at all; raises PhotoWriteError."""
        write_recipe(self.recipe, self.path, overwrite=True)
        return self.path


@dataclass(frozen=True, eq=False)
class Brought:
    """Hold what every step of a recipe changes, in order."""

    recipe: Recipe
    done: list[Done]


@dataclass(frozen=True, eq=False)
class ReplayRecipe:
    """Compute what a recipe changes; ``scene`` holds a copy of the photo of its own."""

    recipe: Recipe
    scene: Scene
    original: Pixels
    remover: Remover

    def __call__(self, report: Report) -> Brought:
        """Deliver Ready, return what changes; raise EngineError if a hole cannot be filled."""
        self.remover.get()
        report.deliver(Ready(self.remover.reason))
        done = replay(self.recipe.steps, self.scene, self.original, self.remover, report.progress)
        return Brought(self.recipe, list(done))
