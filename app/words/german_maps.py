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
    "&Context": "&Kontext",
    "Closer": "Enger",
    "Wider": "Weiter",
    "Context around the hole": "Kontext um das Loch",
    "How much of the surroundings the network looks at: closer shows it more "
    "detail, wider more of the scene. Counts for the next fill, and for R.": (
        "Wie viel der Umgebung das Netz ansieht: enger zeigt ihm mehr Einzelheiten, weiter mehr "
        "vom Motiv. Gilt für das nächste Füllen und für R."
    ),
    "Fill resolution {0}": "Füllauflösung {0}",
    "The network saw this place at the photo's full resolution.": (
        "Das Netz sah diese Stelle in der vollen Auflösung des Fotos."
    ),
    "The network saw this place at {0} of the photo's resolution. Structure finer than that is not "
    "invented; the texture comes from the photo itself. A closer context shows the network more.": (
        "Das Netz sah diese Stelle mit {0} der Auflösung des Fotos. Feinere Struktur wird nicht "
        "erfunden; die Textur kommt aus dem Foto selbst. Engerer Kontext zeigt dem Netz mehr."
    ),
}
