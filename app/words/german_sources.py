"""Say in German where a fill may copy from."""

from typing import Final

SOURCES: Final[dict[str, str]] = {
    "There is too little left to copy from: mark more to take from, or keep less out.": (
        "Es bleibt zu wenig zum Kopieren: Geben Sie mehr zum Entnehmen frei, oder sparen Sie weniger"
        " aus."
    ),
}
