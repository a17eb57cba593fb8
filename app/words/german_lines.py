"""Say in German what is about lines that are carried through holes."""

from __future__ import annotations

LINES = {
    "Structure &pen": "Struktur&stift",
    "Draw a line that the fill carries on; Shift draws a curve, Alt or a click takes it away": (
        "Eine Linie ziehen, die die Füllung fortführt; Umschalt zieht eine Kurve, Alt oder ein"
        " Klick nimmt sie weg"
    ),
    "Lines &carried on": "For&tgeführte Linien",
    "Show in the mask the lines that the fill carries on; a click drops one": (
        "In der Maske die Linien zeigen, die die Füllung fortführt; ein Klick lässt eine weg"
    ),
    "Next li&ne": "&Nächste Linie",
    "Point at the next of the lines that the fill carries on": (
        "Auf die nächste der Linien zeigen, die die Füllung fortführt"
    ),
    "&Drop or bring back line": "Linie weglassen oder zurück&holen",
    "Let the fill do without the line pointed at, or with it again": (
        "Die gezeigte Linie beim Füllen weglassen oder wieder fortführen"
    ),
    "Line {0} of {1}: {2}": "Linie {0} von {1}: {2}",
    "I points at a line first.": "Zeigen Sie zuerst mit I auf eine Linie.",
    "Draw line": "Linie ziehen",
    "Erase line": "Linie löschen",
    "Drop line": "Linie weglassen",
    "Bring back line": "Linie zurückholen",
    "The fill carries the thin lines on; a click on one drops it.": (
        "Die Füllung führt die dünnen Linien fort; ein Klick auf eine lässt sie weg."
    ),
    (
        "Draw a line from edge to edge; Shift draws a curve, Alt or a click takes it away."
    ): "Linie von Kante zu Kante ziehen; Umschalt: Kurve, Alt oder Klick: weg.",
    "This line begins at no edge of the photo; the fill cannot carry it on.": (
        "Diese Linie beginnt an keiner Kante des Fotos; die Füllung kann sie nicht fortführen."
    ),
    "You drew this line; a click erases it.": (
        "Diese Linie haben Sie gezogen; ein Klick löscht sie."
    ),
    "The fill carries this line on; a click drops it.": (
        "Die Füllung führt diese Linie fort; ein Klick lässt sie weg."
    ),
    "Some variants end this line or bend it another way; a click drops it.": (
        "Manche Varianten beenden diese Linie oder führen sie anders; ein Klick lässt sie weg."
    ),
    "This line was dropped; a click brings it back.": (
        "Diese Linie wird weggelassen; ein Klick holt sie zurück."
    ),
    "A line must have from 2 to {0} points.": "Eine Linie muss 2 bis {0} Punkte haben.",
    "A point must be two numbers of at most {0}.": (
        "Ein Punkt muss aus zwei Zahlen bis höchstens {0} bestehen."
    ),
    "This is not JSON. Give a file that Lacuna wrote.": (
        "Das ist kein JSON. Geben Sie eine Datei an, die Lacuna geschrieben hat."
    ),
    "This is of another version of Lacuna. Use that one to read it.": (
        "Das stammt von einer anderen Version von Lacuna. Lesen Sie es mit dieser."
    ),
    "This is no file of {0}. It must say “kind”: “{1}”.": (
        "Das ist keine Datei mit {0}. In ihr muss “kind”: “{1}” stehen."
    ),
    "lines": "Linien",
    "Two points of a line that follow each other must differ.": (
        "Zwei Punkte einer Linie, die aufeinander folgen, müssen verschieden sein."
    ),
    "{0} cannot be read as a file of {1}.": "{0} ist nicht als Datei mit {1} zu lesen.",
    "“curved” must be true or false.": "“curved” muss true oder false sein.",
    "“{0}” must be a list of at most {1} lines.": (
        "“{0}” muss eine Liste von höchstens {1} Linien sein."
    ),
}
