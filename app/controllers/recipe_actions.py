"""Save what was done as a recipe, open recipes, and change an earlier removal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.accepting import called
from app.controllers.file_actions import FileActions
from app.controllers.fill_actions import FillActions
from app.controllers.mask_actions import MaskActions
from app.document.commands import ChangeLines, change_sources, cover_mask, replace_image
from app.document.recipe_jobs import (
    Brought,
    ReadRecipe,
    RecipeRead,
    ReplayRecipe,
    SaveRecipe,
)
from app.document.workspace import Fact, Workspace
from app.words.saying import all_said
from engine.arrays import Mask
from engine.geometry import Box
from engine.record.planes import Plane
from engine.record.recipe import ENDING, Recipe, recipe_path
from engine.record.steps import PART, FilledHole, FillStep, PartOfStep, Step, reach
from engine.removal.choice import Kind
from engine.removal.replay import Done
from engine.removal.scene import PLAIN, Scene
from engine.structure.given import of_holes
from engine.views.strokes import Sample


class RecipeActions(QObject):
    """Serve what has to do with recipes in the File and Fill menus.

    Attributes:
        bringing: the recipe whose photo is being opened, None otherwise.
    """

    def __init__(
        self,
        workspace: Workspace,
        files: FileActions,
        fills: FillActions,
        masks: MaskActions,
        window: QWidget,
    ) -> None:
        """Work on ``workspace``; dialogs belong to ``window``."""
        super().__init__(window)
        self._work, self._window = workspace, window
        self._files, self._fills, self._masks = files, fills, masks
        self._under: Sample | None = None
        self.bringing: Path | None = None
        files.recipe_wanted.connect(self.open)
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
        if name and self.is_told():
            self._files.settle()
            target = Path(name if name.endswith(ENDING) else name + ENDING)
            job = SaveRecipe(self.recipe(), target)
            self._work.writer.submit(job, self._on_saved, self._work.fail)

    def is_told(self) -> bool:
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
        whole = Recipe(name, size, tuple(document.steps), mask)
        return replace(whole, lines=document.lines, sources=document.sources)

    def open(self, path: Path) -> None:
        """Open a recipe and the photo beside it."""
        question = self.tr("Save the changes before opening another photo?")
        if self._files.may_go_on(question, lambda: self.open(path)):
            self._work.told.emit(self.tr("Opening {0} …").format(path.name))
            self._work.files.submit(ReadRecipe(path), self._take, self._work.fail)

    def change(self) -> None:
        """Paint the removal under the pointer again, else the last one, and fill it anew.

        It stays in the photo until another result is accepted. What later steps did on top of it
        is left alone. The result that was accepted is among the new ones, and chosen.
        """
        number, holes = self._holes_to_change()
        reopened = list(self._reopened(number, holes))
        if not reopened:
            self._work.told.emit(self.tr("There is no removal here to change."))
            return
        codes = ", ".join(hole.code for hole, _ in reopened)
        self._paint(self.tr("Change {0}").format(codes), reopened, number)
        asked = {
            hole.box: hole
            for hole, _ in reopened
            if hole.kind == Kind.NETWORK and hole.latent != PLAIN
        }
        self._fills.fill(asked, grow=False)

    def paint_again(self) -> None:
        """Paint the removal under the pointer again, else the last one, to touch it up."""
        number, holes = self._holes_to_change()
        self._paint(self.tr("Paint mask"), [(hole, hole.bits) for hole in holes], number)

    def _reopened(self, number: int, holes: list[FilledHole]) -> Iterator[tuple[FilledHole, Mask]]:
        """Yield holes of a step, each with what of it (box.height, box.width) is on top."""
        for hole in holes:
            bits = hole.bits.copy()
            for later in self._work.document.steps[number + 1 :]:
                for box, over in reach(later):
                    shared = box.clip(hole.box)
                    if not shared.empty:
                        bits[shared.within(hole.box).slices] &= ~over[shared.within(box).slices]
            if bits.any():
                yield hole, bits

    def _holes_to_change(self) -> tuple[int, list[FilledHole]]:
        """Return which step it was, and its holes."""
        steps = list(enumerate(self._work.document.steps))
        fills = [(number, step) for number, step in steps if isinstance(step, FillStep)]
        for number, step in reversed(fills):
            under = [hole for hole in step.holes if self._is_under(hole)]
            if under:
                return number, under[:1]
        return (fills[-1][0], list(fills[-1][1].holes)) if fills else (0, [])

    def _is_under(self, hole: FilledHole) -> bool:
        if self._under is None:
            return False
        spot = Box.hull(self._under.x, self._under.y)
        return hole.box.holds(spot) and bool(hole.bits[spot.within(hole.box).slices][0, 0])

    def _paint(self, text: str, holes: list[tuple[FilledHole, Mask]], number: int) -> None:
        """Paint holes of a step and draw their lines, as one step of the history."""
        document, stack = self._work.document, self._work.stack
        stack.beginMacro(text)
        for hole, bits in holes:
            command = cover_mask(document, "", hole.box, bits)
            if command is not None:
                stack.push(command)
        step = document.steps[number]
        assert isinstance(step, FillStep)
        lines = of_holes(step.lines, [(hole.box, bits) for hole, bits in holes])
        both = document.lines.with_more(lines)
        if both != document.lines:
            stack.push(ChangeLines(document, "", both))
        for command in change_sources(document, "", step.sources):
            stack.push(command)
        stack.endMacro()

    def _on_saved(self, path: Path) -> None:
        self._masks.note_kept()
        self._work.told.emit(self.tr("The recipe was saved as {0}.").format(path.name))

    def _take(self, read: RecipeRead) -> None:
        document, recipe = self._work.document, read.recipe
        if read.opened is not None:
            self.bringing = read.path
            self._files.take(read.opened)
            self.bringing = None
        if (document.box.width, document.box.height) != recipe.size:
            place = self.tr(
                "“{0}” belongs to a photo “{1}” of {2} × {3} pixels, which is not beside it; "
                "open such a photo first, then the recipe again."
            )
            self._work.failed.emit(place.format(read.path.name, recipe.photo, *recipe.size))
            return
        about = document.image.copy(), document.colour
        scene = Scene(*about, clear=document.clear, around=document.around)
        job = ReplayRecipe(recipe, scene, document.original(document.box), self._work.remover)
        self._fills.submit(job, self._push)
        self._work.state(Fact.REPLAYING, True)

    def _push(self, brought: Brought) -> None:
        """Make one step of the history of each step of the recipe."""
        document, stack = self._work.document, self._work.stack
        for done in brought.done:
            self._push_step(done)
        mask = brought.recipe.mask
        if mask is not None:
            command = cover_mask(document, self.tr("Paint mask"), mask.box, mask.bits())
            if command is not None:
                stack.push(command)
        if brought.recipe.lines != document.lines:
            stack.push(ChangeLines(document, self.tr("Draw line"), brought.recipe.lines))
        for command in change_sources(document, self.tr("Keep out"), brought.recipe.sources):
            stack.push(command)
        remarks = list(dict.fromkeys(remark for one in brought.done for remark in one.remarks))
        count = sum(isinstance(one.step, FillStep) for one in brought.done)
        told = self.tr("{0} removals brought back; Ctrl+E changes the one under the pointer.")
        self._work.told.emit(" ".join([told.format(count), all_said(remarks)]).rstrip())

    def _push_step(self, done: Done) -> None:
        document, stack = self._work.document, self._work.stack
        step: Step | PartOfStep = done.step
        name = self.tr("Restore original")
        if isinstance(step, FillStep):
            name = called(stack, step.codes)
        stack.beginMacro(name)
        for box, patch in done.patches:
            stack.push(replace_image(document, self._work.store, "", box, patch, step))
            step = PART
        stack.endMacro()

    def _note_steps(self) -> None:
        steps = self._work.document.steps
        self._work.state(Fact.STEPS, bool(steps))
        self._work.state(Fact.REMOVALS, any(isinstance(step, FillStep) for step in steps))

    def _note_end(self) -> None:
        """Let go when the replay was stopped."""
        if Fact.FILLING not in self._work.facts:
            self._work.state(Fact.REPLAYING, False)
