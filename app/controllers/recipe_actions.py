"""Save what was done as a recipe, open recipes, and change an earlier removal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.file_actions import FileActions
from app.controllers.fill_actions import FillActions
from app.document.commands import change_mask, replace_image
from app.document.recipe_jobs import (
    Brought,
    ReadRecipe,
    RecipeRead,
    RecipeSaved,
    ReplayRecipe,
    SaveRecipe,
)
from app.document.workspace import Workspace
from engine.geometry import Box
from engine.record.planes import Plane
from engine.record.recipe import ENDING, Recipe, recipe_path
from engine.record.steps import PART, FilledHole, FillStep, PartOfStep, RestoreStep, Step
from engine.removal.choice import Kind
from engine.removal.replay import Done
from engine.removal.scene import PLAIN, Scene
from engine.views.strokes import Sample


class RecipeActions(QObject):
    """Serve what has to do with recipes in the File and Fill menus."""

    def __init__(
        self, workspace: Workspace, files: FileActions, fills: FillActions, window: QWidget
    ) -> None:
        """Work on ``workspace``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._window = workspace, window
        self._files, self._fills = files, fills
        self._under: Sample | None = None
        files.recipe_wanted.connect(self.open)
        workspace.files.finished.connect(self._on_file_finished)
        workspace.engine.finished.connect(self._on_engine_finished)
        workspace.engine.failed.connect(lambda _ticket, _text: self._end_replay())
        workspace.document.image_changed.connect(lambda _box: self._note_steps())
        workspace.document.opened.connect(self._note_steps)
        workspace.facts_changed.connect(self._note_end)

    def follow(self, sample: Sample | None) -> None:
        """Remember where on the photo the pointer is."""
        self._under = sample

    def ask_save(self) -> None:
        """Ask for a name and write the recipe there."""
        path = self._work.document.path
        proposal = recipe_path(path) if path else Path("pasted" + ENDING)
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save recipe"),
            str(proposal),
            self.tr("Recipes ({0})").format(f"*{ENDING}"),
        )
        if name and self._is_told():
            target = Path(name if name.endswith(ENDING) else name + ENDING)
            self._work.files.submit(SaveRecipe(self.recipe(), target))

    def _is_told(self) -> bool:
        """Tell whether every change is known; steps brought back after a crash are not."""
        if self._work.document.untold:
            self._work.failed.emit(
                self.tr(
                    "The recipe was not saved: it cannot tell the steps that were brought back "
                    "after an interruption. Save the photo instead."
                )
            )
        return not self._work.document.untold

    def recipe(self) -> Recipe:
        """Return what was done to the photo so far."""
        document = self._work.document
        box = document.mask_box()
        mask = Plane.of_bits(box, document.mask[box.slices]) if box else None
        name = document.path.name if document.path else ""
        size = document.box.width, document.box.height
        return Recipe(name, size, tuple(document.steps), mask)

    def open(self, path: Path) -> None:
        """Open a recipe and the photo beside it."""
        if self._files.may_go_on(self.tr("Save the changes before opening another photo?")):
            self._work.told.emit(self.tr("Opening {0} …").format(path.name))
            self._work.files.submit(ReadRecipe(path))

    def change(self) -> None:
        """Take the removal under the pointer back, else the last one, and fill it anew.

        The result that was accepted is among the new ones, and chosen.
        """
        holes = self._holes_to_change()
        if not holes:
            self._work.told.emit(self.tr("There is no removal here to change."))
            return
        self._reopen(holes)
        asked = {
            hole.box: hole for hole in holes if hole.kind == Kind.NETWORK and hole.latent != PLAIN
        }
        self._fills.fill(asked, grow=False)

    def _holes_to_change(self) -> list[FilledHole]:
        fills = [step for step in self._work.document.steps if isinstance(step, FillStep)]
        for step in reversed(fills):
            under = [hole for hole in step.holes if self._is_under(hole)]
            if under:
                return under[:1]
        return list(fills[-1].holes) if fills else []

    def _is_under(self, hole: FilledHole) -> bool:
        if self._under is None:
            return False
        x, y = int(self._under.x), int(self._under.y)
        spot = Box(x, y, x + 1, y + 1)
        return hole.box.holds(spot) and bool(hole.plane.bits()[spot.within(hole.box).slices][0, 0])

    def _reopen(self, holes: list[FilledHole]) -> None:
        """Bring the original back in ``holes`` and paint them, as one step of the history."""
        document, stack = self._work.document, self._work.stack
        stack.beginMacro(self.tr("Change {0}").format(", ".join(hole.code for hole in holes)))
        for hole in holes:
            bits = hole.plane.bits()
            step = RestoreStep((Plane.of_levels(hole.box, bits.astype(np.uint8) * 255),))
            now, before = document.image[hole.box.slices], document.original(hole.box)
            patch = np.where(bits[..., None], before, now)
            stack.push(replace_image(document, self._work.store, "", hole.box, patch, step))
            command = change_mask(document, "", hole.box, document.mask[hole.box.slices] | bits)
            if command is not None:
                stack.push(command)
        stack.endMacro()

    def _on_file_finished(self, ticket: int, answer: object) -> None:
        if not self._work.files.is_current(ticket):
            return
        if isinstance(answer, RecipeSaved):
            told = self.tr("The recipe was saved as {0}.").format(answer.path.name)
            self._work.told.emit(told)
        elif isinstance(answer, RecipeRead):
            self._take(answer)

    def _take(self, read: RecipeRead) -> None:
        document, recipe = self._work.document, read.recipe
        if read.opened is not None:
            self._files.take(read.opened)
        if (document.box.width, document.box.height) != recipe.size:
            place = self.tr(
                "“{0}” belongs to a photo “{1}” of {2} × {3} pixels, which is not beside it; "
                "open such a photo first, then the recipe again."
            )
            self._work.failed.emit(place.format(read.path.name, recipe.photo, *recipe.size))
            return
        scene = Scene(document.image.copy(), document.colour, clear=document.clear)
        job = ReplayRecipe(recipe, scene, document.original(document.box), self._work.remover)
        self._fills.submit(job)
        self._work.state("replaying", True)

    def _on_engine_finished(self, ticket: int, answer: object) -> None:
        if self._work.engine.is_current(ticket) and isinstance(answer, Brought):
            self._end_replay()
            self._push(answer)

    def _push(self, brought: Brought) -> None:
        """Make one step of the history of each step of the recipe."""
        document, stack = self._work.document, self._work.stack
        for done in brought.done:
            self._push_step(done)
        mask = brought.recipe.mask
        if mask is not None:
            wanted = document.mask[mask.box.slices] | mask.bits()
            command = change_mask(document, self.tr("Paint mask"), mask.box, wanted)
            if command is not None:
                stack.push(command)
        remarks = list(dict.fromkeys(remark for one in brought.done for remark in one.remarks))
        count = sum(isinstance(one.step, FillStep) for one in brought.done)
        told = self.tr("{0} removals brought back; Ctrl+E changes the one under the pointer.")
        self._work.told.emit(" ".join([told.format(count), *remarks]))

    def _push_step(self, done: Done) -> None:
        document, stack = self._work.document, self._work.stack
        step: Step | PartOfStep = done.step
        name = self.tr("Restore original")
        if isinstance(step, FillStep):
            name = self.tr("Fill {0}").format(step.codes)
        stack.beginMacro(name)
        for box, patch in done.patches:
            stack.push(replace_image(document, self._work.store, "", box, patch, step))
            step = PART
        stack.endMacro()

    def _note_steps(self) -> None:
        steps = self._work.document.steps
        self._work.state("steps", bool(steps))
        self._work.state("removals", any(isinstance(step, FillStep) for step in steps))

    def _note_end(self) -> None:
        """Let go when the replay was stopped."""
        if "replaying" in self._work.facts and "filling" not in self._work.facts:
            self._end_replay()

    def _end_replay(self) -> None:
        self._work.state("replaying", False)
