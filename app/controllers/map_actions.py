"""Show what is known about the holes: how far the photo reaches, and where the results differ."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.canvas.canvas import Canvas
from app.canvas.legend import Legend
from app.controllers.fill_actions import FillActions
from app.document.workspace import Workspace
from app.words.saying import said
from engine.removal.map_jobs import EvidenceFound, FindEvidence
from engine.views.heat import REACH_COLOURS, Heat, doubt_picture, doubtful_spots

LIVE_MS = 60
DOUBT_COLOURS = ((240, 210, 40), (240, 140, 40), (240, 70, 40), (240, 0, 40))
COARSE = 1024


class MapActions(QObject):
    """Serve the maps of the View menu.

    Signals:
        evidence_found(object): an EvidenceFound for the mask as it is; None without a mask.
        map_ended(str): the map with this action was switched off from here.
    """

    evidence_found = Signal(object)
    map_ended = Signal(str)

    def __init__(self, workspace: Workspace, canvas: Canvas, fills: FillActions) -> None:
        """Show maps on ``canvas``."""
        super().__init__(canvas)
        self._work, self._canvas, self._fills = workspace, canvas, fills
        self._evidence = self._doubt = self._inspected = False
        self._visited = -1
        canvas.overlay.legends = {
            "evidence": Legend(
                self.tr("fine detail reaches in"), REACH_COLOURS, self.tr("only coarse hints")
            ),
            "doubt": Legend(
                self.tr("the results agree"), DOUBT_COLOURS, self.tr("they differ much")
            ),
        }
        self._live = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._live.timeout.connect(self._ask)
        workspace.document.mask_changed.connect(lambda _box: self._on_mask_changed())
        workspace.document.opened.connect(self._on_mask_changed)
        workspace.settings.changed.connect(self._on_setting_changed)
        fills.choice_changed.connect(self._on_choice_changed)

    def toggle_evidence(self, on: bool) -> None:
        """Tint the holes by the finest scale at which the photo still speaks there."""
        self._evidence = on
        if on:
            self._work.told.emit(
                self.tr(
                    "Evidence: green where small things are known, red where only large ones are."
                )
            )
        self._show_or_ask()

    def inspect(self, on: bool) -> None:
        """Keep computing the maps for the inspector, too."""
        self._inspected = on
        self._show_or_ask()

    def toggle_doubt(self, on: bool) -> None:
        """Tint the holes by how much the results differ there."""
        self._doubt = on
        if on:
            self._work.told.emit(self.tr("N shows where the 16 results differ most."))
        self._show_doubt()

    def next_doubtful(self) -> None:
        """Show the next spot where the results differ much, at 100 %."""
        choice = self._fills.choice
        spots = [
            spot
            for hole in (choice.holes if choice else [])
            if hole.doubt is not None
            for spot in doubtful_spots(hole.doubt, hole.box)
        ]
        spots.sort(key=lambda spot: -spot.strength)
        if not spots:
            self._work.told.emit(self.tr("The results hardly differ anywhere."))
            return
        self._visited = (self._visited + 1) % len(spots)
        spot = spots[self._visited]
        self._canvas.centre_at(spot.x, spot.y, 1.0)
        place = self.tr("Doubtful spot {0} of {1}").format(self._visited + 1, len(spots))
        self._work.told.emit(place)

    @property
    def _wanted(self) -> bool:
        return self._evidence or self._inspected

    def _on_mask_changed(self) -> None:
        if self._wanted and not self._live.isActive():
            self._live.start()

    def _on_setting_changed(self, key: str) -> None:
        if key == "context" and self._wanted:
            self._ask()

    def _show_or_ask(self) -> None:
        self._canvas.overlay.set_heats("evidence", [])
        if self._wanted:
            self._ask()

    def _ask(self) -> None:
        document = self._work.document
        if not document.hole_pixels:
            self._canvas.overlay.set_heats("evidence", [])
            self.evidence_found.emit(None)
            return
        if not self._work.remover.reason:
            self._live.start()
            return
        level = next(
            (n for n, kept in enumerate(document.mask_levels.levels) if max(kept.shape) <= COARSE),
            document.mask_levels.depth,
        )
        mask = np.array(document.mask_levels.levels[level], np.uint8)
        context = self._work.settings.context
        job = FindEvidence(self._work.remover, mask, 1 << level, context)
        self._work.maps.submit(job, self._on_found, self._work.fail)

    def _on_found(self, found: EvidenceFound) -> None:
        if self._evidence:
            self._canvas.overlay.set_heats("evidence", found.heats)
            self._work.told.emit(said(found.sentence))
        self.evidence_found.emit(found)

    def _on_choice_changed(self) -> None:
        if self._fills.choice is None:
            self._visited = -1
            if self._doubt:
                self.map_ended.emit("doubt")
        self._canvas.overlay.hide_heats("evidence", hidden=self._fills.choice is not None)
        self._show_doubt()

    def _show_doubt(self) -> None:
        choice = self._fills.choice if self._doubt else None
        heats = [
            Heat(hole.box, doubt_picture(hole.doubt))
            for hole in (choice.holes if choice else [])
            if hole.doubt is not None
        ]
        self._canvas.overlay.set_heats("doubt", heats)
