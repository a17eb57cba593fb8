"""Bring the strip of photos once several are given together, and load nothing of it before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.canvas.canvas import Canvas
    from app.controllers.file_actions import FileActions
    from app.document.workspace import Workspace
    from app.photos.film import Film
    from app.photos.row import PhotoRow
    from app.widgets.frame import Frame


def show_where_several(
    workspace: Workspace, files: FileActions, row: PhotoRow, frame: Frame, canvas: Canvas
) -> None:
    """Build the strip into ``frame`` the first time that ``row`` holds several photos."""
    films: list[Film] = []

    def show() -> None:
        if not films:
            from app.photos.film import Film

            films.append(Film(workspace, files, row, frame, canvas))

    row.given_changed.connect(show)
