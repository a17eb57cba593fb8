"""Say in German what keeps work from being lost, and what the window says of itself."""

from typing import Final

WINDOW: Final[dict[str, str]] = {
    "The mask is not filled yet and would be lost. Save it as a file first?": (
        "Die Maske ist noch nicht gefüllt und ginge verloren. Erst als Datei speichern?"
    ),
}
