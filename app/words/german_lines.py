"""Say in German what is about lines that are carried through holes."""

from __future__ import annotations

LINES = {
    "A line must have from 2 to {0} points.": "Eine Linie muss 2 bis {0} Punkte haben.",
    "A point must be two numbers of at most {0}.": (
        "Ein Punkt muss aus zwei Zahlen bis höchstens {0} bestehen."
    ),
    "The lines are not JSON. Give a file that Lacuna wrote.": (
        "Die Linien sind kein JSON. Geben Sie eine Datei an, die Lacuna geschrieben hat."
    ),
    "The lines are of another version of Lacuna. Use that one to read them.": (
        "Die Linien stammen von einer anderen Version von Lacuna. Lesen Sie sie mit dieser."
    ),
    "This is no file of lines. It must say “kind”: “lacuna lines”.": (
        "Das ist keine Datei mit Linien. In ihr muss “kind”: “lacuna lines” stehen."
    ),
    "Two points of a line that follow each other must differ.": (
        "Zwei Punkte einer Linie, die aufeinander folgen, müssen verschieden sein."
    ),
    "{0} cannot be read as a file of lines.": "{0} ist nicht als Datei mit Linien zu lesen.",
    "“curved” must be true or false.": "“curved” muss true oder false sein.",
    "“{0}” must be a list of at most {1} lines.": (
        "“{0}” muss eine Liste von höchstens {1} Linien sein."
    ),
}
