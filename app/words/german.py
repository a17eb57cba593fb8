"""Say everything the window says in German."""

from typing import Final

from app.words.german_engine import ENGINE
from app.words.german_hands import HANDS
from app.words.german_lines import LINES
from app.words.german_maps import MAPS
from app.words.german_photo import PHOTO
from app.words.german_reading import READING
from app.words.german_recipes import RECIPES
from app.words.german_refining import REFINING
from app.words.german_safety import SAFETY
from app.words.german_saving import SAVING
from app.words.german_selecting import SELECTING
from app.words.german_sources import SOURCES
from app.words.german_window import WINDOW
from app.words.numbers import CODE

CATALOG: Final[dict[str, str]] = {
    **ENGINE,
    **HANDS,
    **LINES,
    **MAPS,
    **PHOTO,
    **READING,
    **RECIPES,
    **REFINING,
    **SAFETY,
    **SELECTING,
    **SOURCES,
    **WINDOW,
    **SAVING,
    CODE: "de",
    "Photo": "Foto",
    "Enter code": "Code eingeben",
    "Code of the result, such as 7F3A-02:": "Code des Ergebnisses, etwa 7F3A-02:",
    "{0} is on the clipboard.": "{0} liegt in der Zwischenablage.",
    "A new stroke accepts the chosen result": "Ein neuer Strich übernimmt das gewählte Ergebnis",
    "Keyboard shortcuts": "Tastenkürzel",
    "Settings": "Einstellungen",
    "Mask &colour": "Masken&farbe",
    "Mask &opacity": "&Deckkraft der Maske",
    " % of its width": " % ihrer Breite",
    "&Grow the mask before filling by": "Maske vor dem Füllen &erweitern um",
    "Like the system": "Wie das System",
    "Dark": "Dunkel",
    "Light": "Hell",
    "&Theme": "&Erscheinung",
    "&Language": "&Sprache",
    "Takes effect at the next start": "Gilt ab dem nächsten Start",
    "Automatic": "Automatisch",
    "Processor (CPU)": "Prozessor (CPU)",
    "Graphics card (CUDA)": "Grafikkarte (CUDA)",
    "Compute &on": "&Rechnen auf",
    "T&hreads": "&Threads",
    "Mask colour": "Maskenfarbe",
    "Fill when the stroke ends": "Füllen, sobald der Strich endet",
    "Note in saved files that a model invented a part of them": (
        "In gespeicherten Dateien vermerken, dass ein Modell einen Teil erfunden hat"
    ),
    "Writes the IPTC digital source type into XMP": "Schreibt die IPTC-Quellenart in XMP",
    "Drop a photo here, or open one with Ctrl+O": "Foto hierher ziehen oder mit Strg+O öffnen",
    "pasted photo": "eingefügtes Foto",
    "{0} × {1}  ·  {2} MP  ·  {3} bit": "{0} × {1}  ·  {2} MP  ·  {3} Bit",
    "Replace file": "Datei ersetzen",
    "Save the changes before opening another photo?": "Änderungen vor dem Öffnen speichern?",
    "Open photo": "Foto öffnen",
    "Save photo as": "Foto speichern unter",
    "Copying …": "Kopieren …",
    "Unsaved changes": "Ungespeicherte Änderungen",
    "Save the changes before closing?": "Änderungen vor dem Schließen speichern?",
    "“{0}” is the original photo. Replace it? It cannot be brought back.": (
        "„{0}“ ist das Original. Ersetzen? Es kann nicht zurückgeholt werden."
    ),
    "“{0}” exists already. Replace it?": "„{0}“ gibt es schon. Ersetzen?",
    "Photos ({0});;All files (*)": "Fotos ({0});;Alle Dateien (*)",
    "Photos ({0})": "Fotos ({0})",
    "There is no picture on the clipboard.": "In der Zwischenablage liegt kein Bild.",
    "Save the changes before pasting another photo?": "Änderungen vor dem Einfügen speichern?",
    "Saving {0} …": "{0} wird gespeichert …",
    "The photo is on the clipboard.": "Das Foto liegt in der Zwischenablage.",
    "Opening {0} …": "{0} wird geöffnet …",
    "Pasting …": "Einfügen …",
    "Saved {0}. {1}": "{0} gespeichert. {1}",
    "There is nothing to save.": "Es gibt nichts zu speichern.",
    "“{0}” holds {1}: please save a copy.": "„{0}“ enthält {1}: bitte eine Kopie speichern.",
    "Filling …": "Füllen …",
    "Filling was stopped.": "Das Füllen wurde angehalten.",
    "Paint over what should go first.": "Zuerst übermalen, was verschwinden soll.",
    "Fill {0}": "Füllen {0}",
    "Fill {0} places": "{0} Stellen füllen",
    "The fill is in the photo; Undo takes it back.": "Die Füllung ist im Foto; Rückgängig nimmt"
    " sie zurück.",
    "Taken back: {0}.": "Zurückgenommen: {0}.",
    "Done again: {0}.": "Wiederholt: {0}.",
    "Photo as opened": "Foto wie geöffnet",
    "History": "Verlauf",
    "<h3>{0} {1}</h3><p>Removes things from photographs, on this computer only. "
    "No photo leaves it.</p><p>Licence: MIT. Method: {2}.</p><p>Device: {3}</p>"
    "<p>Weights: {4}, SHA-256<br>{5}</p><p>Built on Qt {6} and</p>": (
        "<h3>{0} {1}</h3><p>Entfernt Dinge aus Fotos, nur auf diesem Rechner. "
        "Kein Foto verlässt ihn.</p><p>Lizenz: MIT. Verfahren: {2}.</p><p>Gerät: {3}</p>"
        "<p>Gewichte: {4}, SHA-256<br>{5}</p><p>Gebaut auf Qt {6} und</p>"
    ),
    "Diagnostics are on the clipboard.": "Die Diagnose liegt in der Zwischenablage.",
    "not loaded yet": "noch nicht geladen",
    "About {0}": "Über {0}",
    "Colour scale from 0 to 1": "Farbskala von 0 bis 1",
    "Gamma inspector": "Gamma-Betrachter",
    "Window": "Fenster",
    "Export PNG…": "PNG exportieren…",
    "Small: taken from the decoder's deep features. Large: from the photo around. "
    "Both depend on the mask alone.": (
        "Klein: aus den tiefen Merkmalen des Decoders. Groß: aus dem Foto ringsum. "
        "Beides hängt nur von der Maske ab."
    ),
    "Export maps": "Karten exportieren",
    "Paint a mask to see its maps.": "Eine Maske malen, um ihre Karten zu sehen.",
    "certainty": "Gewissheit",
    "Window {0}: {1} px": "Fenster {0}: {1} px",
    "Evidence: green where small things are known, red where only large ones are.": (
        "Anhalt: grün, wo Kleines bekannt ist, rot, wo nur Großes es ist."
    ),
    "The results hardly differ anywhere.": "Die Ergebnisse unterscheiden sich fast nirgends.",
    "Doubtful spot {0} of {1}": "Zweifelhafte Stelle {0} von {1}",
    "Invert mask": "Maske umkehren",
    "Grow mask": "Maske erweitern",
    "Shrink mask": "Maske verkleinern",
    "Import mask": "Maske einlesen",
    "Export mask": "Maske ausgeben",
    "Clear mask": "Maske leeren",
    "Paint mask": "Maske malen",
    "Erase mask": "Maske radieren",
    "Lasso": "Lasso",
    "Rectangle": "Rechteck",
    "Restore original": "Original zurückholen",
    "Masks ({0})": "Masken ({0})",
    "PNG or TIFF ({0})": "PNG oder TIFF ({0})",
    "The mask was saved as {0}.": "Die Maske wurde als {0} gespeichert.",
    "Copy diagnostics": "Diagnose kopieren",
    "Close": "Schließen",
    "Original": "Original",
    "Photo-only": "Nur Foto",
    "Safe": "Sicher",
    "A": "A",
    "B": "B",
    "C": "C",
    "D": "D",
    "Now": "Jetzt",
    "Tools": "Werkzeuge",
    "Options": "Optionen",
    "&Size": "&Größe",
    " px": " px",
    "Brush size in pixels": "Pinselgröße in Pixeln",
    "&Hardness": "&Härte",
    "Hardness of the restore brush": "Härte des Rückholpinsels",
    "Progress of the filling": "Fortschritt des Füllens",
    "Stop": "Anhalten",
    "Brush size in photo pixels ([ and ], Alt+wheel)": (
        "Pinselgröße in Fotopixeln ([ und ], Alt+Rad)"
    ),
    "A to D are the four most different of 16 results.": (
        "A bis D sind die vier verschiedensten von 16 Ergebnissen."
    ),
    "Accept": "Übernehmen",
    "Leave as it was": "So lassen",
    "This result is being made": "Dieses Ergebnis entsteht gerade",
    "No result": "Kein Ergebnis",
    "More results are being made …": "Weitere Ergebnisse entstehen …",
    "Choose a result": "Ergebnis wählen",
    "Hole {0} of {1}": "Loch {0} von {1}",
    "Click the code to copy it.": "Ein Klick auf den Code kopiert ihn.",
    "Drag onto another result to mix the two.": "Auf ein anderes ziehen, um beide zu mischen.",
    "Boldness": "Kühnheit",
    "How far the results stray from the safe one; 100 % is as drawn": (
        "Wie weit die Ergebnisse vom sicheren abweichen; 100 % ist wie gezogen"
    ),
    "Mix": "Mischung",
    "From one result to the other": "Von einem Ergebnis zum anderen",
    "&Open…": "Ö&ffnen…",
    "Open a photo": "Ein Foto öffnen",
    "&Save": "&Speichern",
    "Save the photo; the first time under a new name beside the original": (
        "Das Foto speichern; beim ersten Mal unter neuem Namen neben dem Original"
    ),
    "Save &as…": "Speichern &unter…",
    "&Quit": "&Beenden",
    "&Undo": "&Rückgängig",
    "&Redo": "&Wiederholen",
    "&Copy photo": "Foto &kopieren",
    "&Paste photo": "Foto &einfügen",
    "Se&ttings…": "Ei&nstellungen…",
    "&Brush": "&Pinsel",
    "Paint over what should go; right button or Alt erases, Shift+click draws a line": (
        "Übermalen, was verschwinden soll; rechte Taste oder Alt radiert, "
        "Umschalt+Klick zieht eine Linie"
    ),
    "&Eraser": "&Radierer",
    "Take paint away; right button or Alt paints": ("Farbe wegnehmen; rechte Taste oder Alt malt"),
    "&Lasso": "&Lasso",
    "Draw a loop around what should go; its inside is filled": (
        "Umfahren, was verschwinden soll; das Innere wird gefüllt"
    ),
    "Rec&tangle": "Rech&teck",
    "Drag a rectangle over what should go": "Ein Rechteck über das ziehen, was verschwinden soll",
    "Re&store brush": "Rü&ckholpinsel",
    "Paint the original photo back": "Das ursprüngliche Foto zurückmalen",
    "&Hand": "&Hand",
    "Move the photo; with any tool hold Space or drag with the middle button": (
        "Das Foto verschieben; mit jedem Werkzeug per Leertaste oder mittlerer Maustaste"
    ),
    "S&wap brush and eraser": "Pinsel und Radierer ta&uschen",
    "S&maller brush": "&Kleinerer Pinsel",
    "La&rger brush": "&Größerer Pinsel",
    "So&fter restore brush": "&Weicherer Rückholpinsel",
    "Har&der restore brush": "Härterer Rückh&olpinsel",
    "&Clear mask": "Maske &leeren",
    "&Invert mask": "Maske &umkehren",
    "&Grow mask": "Maske &erweitern",
    "S&hrink mask": "Maske &verkleinern",
    "I&mport mask…": "Maske e&inlesen…",
    "&Export mask…": "Maske &ausgeben…",
    "&Show mask": "Maske &zeigen",
    "&Fill": "&Füllen",
    "Fill the painted places and offer results to choose from": (
        "Die bemalten Stellen füllen und Ergebnisse zur Wahl stellen"
    ),
    "&Stop filling": "Füllen &anhalten",
    "&Accept result": "Ergebnis &übernehmen",
    "Put the chosen result into the photo": "Das gewählte Ergebnis ins Foto setzen",
    "&Leave as it was": "&So lassen",
    "&Resample": "&Neu ziehen",
    "Draw new results in place of all that are not kept": (
        "Neue Ergebnisse anstelle aller nicht behaltenen ziehen"
    ),
    "&Keep result": "Ergebnis &behalten",
    "Keep the chosen result when resampling": "Das gewählte Ergebnis beim Neuziehen behalten",
    "&Discard result": "Ergebnis &verwerfen",
    "Take the chosen result out of the row": "Das gewählte Ergebnis aus der Reihe nehmen",
    "&Previous result": "V&origes Ergebnis",
    "&Next result": "Nächstes &Ergebnis",
    "Next &hole": "Nächstes &Loch",
    "Choose for the next hole": "Für das nächste Loch wählen",
    "Enter &code…": "&Code eingeben…",
    "Bring a result back by its code": "Ein Ergebnis über seinen Code zurückholen",
    "&Grid of results": "Ergebnisse im &Raster",
    "Show the four results side by side with one zoom": (
        "Die vier Ergebnisse nebeneinander mit gemeinsamem Zoom zeigen"
    ),
    **{f"Choose result {n}": f"Ergebnis {n} wählen" for n in range(1, 8)},
    "Zoom &in": "Ver&größern",
    "Zoom &out": "Ver&kleinern",
    "&Fit to window": "Ein&passen",
    "Show the whole photo": "Das ganze Foto zeigen",
    "&100 %": "&100 %",
    "One photo pixel for every screen pixel": "Ein Fotopixel für jeden Bildschirmpixel",
    "Zoom to the &hole": "Auf das &Loch zoomen",
    "Hold to see the ori&ginal": "&Original zeigen, solange gehalten",
    "Hold the key or the button to see the photo as it was opened": (
        "Taste oder Knopf halten, um das Foto wie geöffnet zu sehen"
    ),
    "&Split view": "Geteilte &Ansicht",
    "Original left of a line you can drag": "Original links einer verschiebbaren Linie",
    "F&licker": "&Wechselbild",
    "Switch between the original and now, twice a second": (
        "Zweimal je Sekunde zwischen Original und jetzt wechseln"
    ),
    "&Evidence": "An&halt",
    "Tint the mask by the finest scale at which the photo still speaks there": (
        "Die Maske danach färben, in welcher feinsten Stufe das Foto dort noch mitredet"
    ),
    "&Disagreement": "&Uneinigkeit",
    "Tint the hole by how much the 16 results differ there": (
        "Das Loch danach färben, wie sehr sich die 16 Ergebnisse dort unterscheiden"
    ),
    "&Next doubtful spot": "&Nächste zweifelhafte Stelle",
    "Show at 100 % where the results differ most": (
        "Bei 100 % zeigen, wo sich die Ergebnisse am meisten unterscheiden"
    ),
    "Ga&mma inspector": "Gamma-&Betrachter",
    "Show gamma and certainty at every resolution for the hole": (
        "Gamma und Gewissheit des Lochs in jeder Auflösung zeigen"
    ),
    "Histor&y": "&Verlauf",
    "List every step; click one to go back to it": (
        "Jeden Schritt auflisten; ein Klick führt zu ihm zurück"
    ),
    "&Keyboard shortcuts": "&Tastenkürzel",
    "Copy &diagnostics": "&Diagnose kopieren",
    "&About Lacuna": "Ü&ber Lacuna",
    "&File": "&Datei",
    "Open &recent": "&Zuletzt geöffnet",
    "&Edit": "&Bearbeiten",
    "&Tools": "&Werkzeuge",
    "&Mask": "&Maske",
    "Fi&ll": "&Füllen",
    "&View": "&Ansicht",
    "&Help": "&Hilfe",
}
