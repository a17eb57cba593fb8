"""Say in German what mouse, pen and fingers do."""

from typing import Final

HANDS: Final[dict[str, str]] = {
    "Mouse, pen, fingers": "Maus, Stift, Finger",
    "Two fingers": "Zwei Finger",
    "Zoom and move the photo": "Foto zoomen und verschieben",
    "Wheel": "Rad",
    "Zoom at the pointer": "Zoom am Zeiger",
    "Alt + wheel, Ctrl + Shift + wheel": "Alt + Rad, Strg + Umschalt + Rad",
    "Brush size": "Pinselgröße",
    "Ctrl + Alt + drag, Alt + right drag": "Strg + Alt + Ziehen, Alt + rechts ziehen",
    "Brush size, by how far you drag": "Pinselgröße, so weit Sie ziehen",
    "Space + drag, middle drag": "Leertaste + Ziehen, Ziehen mit mittlerer Taste",
    "Move the photo": "Foto verschieben",
    "Right button, Alt + drag": "Rechte Taste, Alt + Ziehen",
    "The opposite: brush erases, eraser paints": "Umgekehrt: Pinsel radiert, Radierer malt",
    "Shift + click": "Umschalt + Klick",
    "Straight line from the last stroke": "Gerade Linie vom letzten Strich aus",
    "Click on a line": "Klick auf eine Linie",
    "Drop it, or bring it back": "Weglassen oder zurückholen",
    "Pen: Shift, Alt": "Stift: Umschalt, Alt",
    "Draw a curve, erase lines": "Kurve ziehen, Linien löschen",
    "Drag a result onto another": "Ein Ergebnis auf ein anderes ziehen",
    "Mix the two": "Beide mischen",
}
