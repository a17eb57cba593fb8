"""Say in German what is about crashes, damaged files and failing machines."""

from typing import Final

SAFETY: Final[dict[str, str]] = {
    "&Delete recovery data…": "Wiederherstellungs&daten löschen…",
    "Delete recovery data": "Wiederherstellungsdaten löschen",
    "Delete everything that was kept to bring interrupted work back? What is open now"
    " stays protected until it is closed.": (
        "Alles löschen, womit sich unterbrochene Arbeit zurückholen ließe? Was jetzt offen ist,"
        " bleibt bis zum Schließen geschützt."
    ),
    "The recovery data is deleted.": "Die Wiederherstellungsdaten sind gelöscht.",
    "Lacuna ended unexpectedly while you worked on “{0}” (steps: {1}).": (
        "Lacuna wurde bei der Arbeit an „{0}“ unerwartet beendet (Schritte: {1})."
    ),
    "“{0}” has been changed since the work on it was interrupted; nothing was brought back.": (
        "„{0}“ wurde seit der Unterbrechung verändert; es wurde nichts zurückgeholt."
    ),
    "Your work was brought back (steps: {0}).": "Ihre Arbeit ist zurückgeholt (Schritte: {0}).",
    "The record of the interrupted work is damaged: {0} of {1} steps could be brought back."
    " It was set aside.": (
        "Die Aufzeichnung der unterbrochenen Arbeit ist beschädigt: {0} von {1} Schritten ließen"
        " sich zurückholen. Sie wurde beiseitegelegt."
    ),
    "What you do is not kept for recovery any more: the disk refused it. Save your work now"
    " and then.": (
        "Was Sie tun, wird nicht mehr zum Wiederherstellen aufgezeichnet: Der Datenträger hat es"
        " verweigert. Speichern Sie öfter."
    ),
    "Bring it back": "Zurückholen",
    "Discard": "Verwerfen",
    "Keep my steps to bring them back after a crash": (
        "Meine Schritte aufzeichnen, um sie nach einem Absturz zurückzuholen"
    ),
    "Takes effect with the next photo; kept on this computer only": (
        "Gilt ab dem nächsten Foto; bleibt auf diesem Rechner"
    ),
    "There is not enough memory for the network; close other programs.": (
        "Für das Netz reicht der Speicher nicht; schließen Sie andere Programme."
    ),
    "The graphics card failed or is full. Lacuna goes on with the processor, slower.": (
        "Die Grafikkarte ist ausgefallen oder voll. Lacuna rechnet langsamer mit dem Prozessor"
        " weiter."
    ),
    "Hardly anything of the photo is left around what is painted, so the fill only guesses its"
    " colours. Paint less, or in parts.": (
        "Rings um das Gemalte ist kaum etwas vom Foto übrig, daher rät die Füllung nur seine"
        " Farben. Malen Sie weniger, oder in Teilen."
    ),
    "{0} Meanwhile only fills made from the photo itself are offered.": (
        "{0} Einstweilen werden nur Füllungen aus dem Foto selbst angeboten."
    ),
}
