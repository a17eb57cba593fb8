"""Say in German where a fill may copy from."""

from typing import Final

SOURCES: Final[dict[str, str]] = {
    "There is too little left to copy from: mark more to take from, or keep less out.": (
        "Es bleibt zu wenig zum Kopieren: Geben Sie mehr zum Entnehmen frei, oder sparen Sie"
        " weniger aus."
    ),
    "&Keep out": "&Aussparen",
    "Keep out": "Aussparen",
    "Paint what the fill must not copy from; right button or Alt erases": (
        "Anmalen, woraus die Füllung nicht kopieren darf; die rechte Taste oder Alt löscht"
    ),
    "Take fr&om": "E&ntnehmen",
    "Take from": "Entnehmen",
    "Paint from where alone the fill may copy; right button or Alt erases": (
        "Anmalen, woraus allein die Füllung kopieren darf; die rechte Taste oder Alt löscht"
    ),
    "&Clear marks": "&Markierungen löschen",
    "Clear marks": "Markierungen löschen",
    "Erase marks": "Markierung löschen",
    "Let fills copy from anywhere again": "Füllungen wieder von überall kopieren lassen",
    "Paint what must not be copied from; Alt erases. It counts until cleared.": (
        "Malen Sie an, was nicht kopiert werden darf; Alt löscht. Es gilt, bis es gelöscht wird."
    ),
    "Paint what alone may be copied from; Alt erases. It counts until cleared.": (
        "Malen Sie an, was allein kopiert werden darf; Alt löscht. Es gilt, bis es gelöscht wird."
    ),
    "Copied parts may be": "Kopiertes darf",
    "mirrored": "gespiegelt",
    "turned": "gedreht",
    "scaled": "skaliert sein",
    "Where the surroundings of a hole are seen so again": (
        "Wo die Umgebung eines Lochs so noch einmal zu sehen ist"
    ),
}
