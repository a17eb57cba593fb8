"""Say in German what keeps work from being lost, and what the window says of itself."""

from typing import Final

WINDOW: Final[dict[str, str]] = {
    "Copy sidecar files (.xmp) to a new name, too": (
        "Begleitdateien (.xmp) zu einem neuen Namen mitkopieren"
    ),
    "Other programs keep ratings and keywords in them": (
        "Andere Programme halten darin Bewertungen und Stichwörter fest"
    ),
    "The mask is not filled yet and would be lost. Save it as a file first?": (
        "Die Maske ist noch nicht gefüllt und ginge verloren. Erst als Datei speichern?"
    ),
    "Close the results; photo and mask stay as they were. Redo brings them back": (
        "Die Ergebnisse schließen; Foto und Maske bleiben, wie sie waren. Wiederholen holt sie"
        " zurück"
    ),
    "The results are alike. Context or a larger mask may bring others.": (
        "Die Ergebnisse gleichen sich. Kontext oder eine größere Maske bringen vielleicht andere."
    ),
    "Paint over what should go, then press Fill": (
        "Übermalen, was verschwinden soll, dann Füllen drücken"
    ),
    "The rest of the photo is unchanged.": "Der Rest des Fotos ist unverändert.",
    "Graphics card": "Grafikkarte",
    "Processor": "Prozessor",
    "Make one result only; R makes the others": "Nur ein Ergebnis; R macht die anderen",
    "Saves most of the processor's time after the first result": (
        "Spart nach dem ersten Ergebnis die meiste Rechenzeit"
    ),
    "R makes other results.": "R macht weitere Ergebnisse.",
    "&Next photo": "Nä&chstes Foto",
    "Pre&vious photo": "&Voriges Foto",
    "Open the next of the photos given, else of the folder": (
        "Das nächste der übergebenen Fotos öffnen, sonst das nächste im Ordner"
    ),
    "Open the photo before this one": "Das Foto davor öffnen",
    "“{0}” holds no photo that can be opened.": "„{0}“ enthält kein Foto, das sich öffnen lässt.",
    "Open a photo, or several to go through one by one": (
        "Ein Foto öffnen, oder mehrere, die man nacheinander durchgeht"
    ),
    "Colour profile: {0}. It is shown converted to sRGB and kept in the file.": (
        "Farbprofil: {0}. Es wird nach sRGB umgerechnet gezeigt und bleibt in der Datei."
    ),
    "Pen pressure changes the brush size": "Stiftdruck ändert die Pinselgröße",
    "Strip of &photos": "Foto&streifen",
    "Show the photos that were opened together below this one; click one to go to it": (
        "Die zusammen geöffneten Fotos unter diesem zeigen; ein Klick führt hin"
    ),
    "Photos": "Fotos",
    "Changes are not saved.": "Änderungen sind nicht gespeichert.",
    "Saved as {0}.": "Gespeichert als {0}.",
    "{0} photos; {1} opens the next.": "{0} Fotos; {1} öffnet das nächste.",
    "This is the last photo.": "Das ist das letzte Foto.",
    "This is the first photo.": "Das ist das erste Foto.",
    "Keep what is there and make no more": "Behalten, was da ist, und nichts weiter berechnen",
    "Photo and mask are as they were; {0} brings the results back.": (
        "Foto und Maske sind, wie sie waren; {0} holt die Ergebnisse zurück."
    ),
    "De&tails of results": "&Einzelheiten der Ergebnisse",
    "Show codes, how finely the network saw each result, and what it runs on": (
        "Codes zeigen, wie fein das Netz jedes Ergebnis sah, und worauf es rechnet"
    ),
    "Code {0}": "Code {0}",
    "Left and right &edges meet": "Linker und rechter Rand treffen s&ich",
    "Fill a panorama of 360 degrees across its edges; found alone where the file says so": (
        "Ein 360-Grad-Panorama über seine Ränder füllen; von selbst, wo die Datei es sagt"
    ),
}
