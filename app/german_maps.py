"""Say what the maps mean in German."""

from typing import Final

MAPS: Final[dict[str, str]] = {
    "fine detail reaches in": "feine Einzelheiten reichen hinein",
    "only coarse hints": "nur grobe Hinweise",
    "the results agree": "die Ergebnisse sind einig",
    "they differ much": "sie unterscheiden sich sehr",
    "N shows where the 16 results differ most.": (
        "N zeigt, wo sich die 16 Ergebnisse am meisten unterscheiden."
    ),
    "{0} px": "{0} px",
}
