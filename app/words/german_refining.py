"""Say in German how a mask is refined."""

from typing import Final

REFINING: Final[dict[str, str]] = {
    "Re&fine mask…": "&Maske verfeinern…",
    "Move the mask to the edges of the thing under it, grow or shrink it; see it first": (
        "Die Maske an die Kanten des Dings darunter legen, erweitern oder verkleinern; erst ansehen"
    ),
    "&Apply refined mask": "Verfeinerte Maske &übernehmen",
    "&Leave mask as painted": "Maske &belassen wie gemalt",
    "Enter applies the new outline, Esc leaves the mask.": (
        "Eingabe übernimmt den neuen Umriss, Esc belässt die Maske."
    ),
    "Refine mask": "Maske verfeinern",
    "The mask is refined.": "Die Maske ist verfeinert.",
    "The mask was right already.": "Die Maske war schon richtig.",
    "Snap to edges": "An Kanten legen",
    "Gro&w": "Er&weitern",
    "Grow or shrink the mask": "Maske erweitern oder verkleinern",
    "Grow the mask to the right, shrink it to the left": (
        "Nach rechts wird die Maske erweitert, nach links verkleinert"
    ),
    "Pixels by which the mask is grown": "Pixel, um die die Maske erweitert wird",
    "Apply": "Übernehmen",
    "Cancel": "Abbrechen",
}
