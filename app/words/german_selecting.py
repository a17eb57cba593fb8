"""Say in German what the tools say that find what to paint."""

from typing import Final

SELECTING: Final[dict[str, str]] = {
    "&Select": "Aus&wahl",
    "S&pots": "&Flecken",
    "Find dust and blemishes; a click drops or adds one, a loop with Alt drops many": (
        "Staub und Makel finden; ein Klick lässt einen weg oder nimmt einen dazu, eine Schleife "
        "mit Alt lässt viele weg"
    ),
    "&Find spots again": "Flecken erneut s&uchen",
    "Look for spots in the photo as it is now": "Im Foto, wie es jetzt ist, nach Flecken suchen",
    "Spots in &black and white": "Flecken in &Schwarz-Weiß",
    "Show what is lighter or darker than its surroundings, and nothing else": (
        "Nur zeigen, was heller oder dunkler ist als seine Umgebung"
    ),
    "&Next spot": "&Nächster Fleck",
    "Pre&vious spot": "&Voriger Fleck",
    "&Drop or take spot": "Fleck &weglassen oder nehmen",
    "&Spots of the last photo": "Flecken des &letzten Fotos",
    "Look for the same spots again: a sensor's dust stays in its place": (
        "Nach denselben Flecken suchen: Der Staub eines Sensors bleibt, wo er ist"
    ),
    "Save spo&ts…": "Flecken s&peichern…",
    "Write the spots to a file, to look for them in other photos": (
        "Die Flecken in eine Datei schreiben, um sie in anderen Fotos zu suchen"
    ),
    "Op&en spots…": "Flecken &öffnen…",
    "Looking for spots …": "Flecken werden gesucht …",
    "No spots were found in a photo before this one.": (
        "In einem Foto vor diesem wurden keine Flecken gefunden."
    ),
    "Spot {0} of {1}. Backspace drops it or takes it again.": (
        "Fleck {0} von {1}. Die Rücktaste lässt ihn weg oder nimmt ihn wieder."
    ),
    "Find spots": "Flecken suchen",
    "No spots were found. More sensitivity finds fainter ones; click on one to add it.": (
        "Es wurden keine Flecken gefunden. Mehr Empfindlichkeit findet schwächere; ein Klick auf "
        "einen nimmt ihn dazu."
    ),
    "Click a spot to drop it, anywhere else to add one; Fill removes them.": (
        "Klick: Fleck weglassen oder dazunehmen; Füllen entfernt sie."
    ),
    "Spots of another photo": "Flecken eines anderen Fotos",
    "{0} of the other photo's spots are seen here, too.": (
        "{0} Flecken des anderen Fotos sind auch hier zu sehen."
    ),
    "Take spot": "Fleck nehmen",
    "Drop spot": "Fleck weglassen",
    "Add spot": "Fleck hinzufügen",
    "Sensiti&vity": "Empfindlich&keit",
    "Sensitivity to spots": "Empfindlichkeit für Flecken",
    "How faint a spot may be that is still found ([ and ])": (
        "Wie schwach ein Fleck sein darf, der noch gefunden wird ([ und ])"
    ),
    "Black and white": "Schwarz-Weiß",
    "{0} of {1} spots": "{0} von {1} Flecken",
    "There are no spots to save yet.": "Es gibt noch keine Flecken zu speichern.",
    "Save spots": "Flecken speichern",
    "Open spots": "Flecken öffnen",
    "Spots ({0})": "Flecken ({0})",
    "The spots were saved as {0}.": "Die Flecken wurden als {0} gespeichert.",
    "&Object": "&Objekt",
    "Click, stroke or circle a thing loosely; more clicks add, Alt takes away, [ and ] make it "
    "smaller or larger, Shift takes the shadow too": (
        "Ein Ding anklicken, überstreichen oder locker umfahren; weitere Klicks nehmen dazu, Alt "
        "nimmt weg, [ und ] machen es kleiner oder größer, Umschalt nimmt den Schatten mit"
    ),
    "&Wire": "&Draht",
    "Click a wire, crack, scratch or hair to follow it to both ends; Alt takes one away": (
        "Draht, Riss, Kratzer oder Haar anklicken und bis zu beiden Enden verfolgen; Alt nimmt "
        "wieder weg"
    ),
    "Click, stroke or circle a thing; more clicks add, Alt takes away, [ ] smaller or larger.": (
        "Ding anklicken, streichen, umfahren; mehr Klicks: dazu, Alt: weg, [ ] kleiner, größer."
    ),
    "Nothing larger is seen.": "Etwas Größeres ist nicht zu sehen.",
    "Nothing smaller is seen.": "Etwas Kleineres ist nicht zu sehen.",
    "Nothing changed: it is so already.": "Nichts geändert: Es ist schon so.",
    "Nothing was told apart there. Draw a loop around the thing.": (
        "Dort hebt sich nichts ab. Umfahren Sie das Ding."
    ),
    "Select object": "Objekt wählen",
    "Take object away": "Objekt wegnehmen",
    "Click a wire, crack or hair; more clicks add others, Alt takes one away.": (
        "Draht, Riss oder Haar anklicken; mehr Klicks: weitere, Alt: wegnehmen."
    ),
    "No wire is seen there. Zoom in and click its middle.": (
        "Dort ist kein Draht zu sehen. Zoomen Sie hinein und klicken Sie auf seine Mitte."
    ),
    "Select wire": "Draht wählen",
    "Take wire away": "Draht wegnehmen",
    # The engine's
    "No spots are seen in it.": "Darin sind keine Flecken zu sehen.",
    "A file of spots must list at most {0} of them.": (
        "Eine Datei mit Flecken darf höchstens {0} nennen."
    ),
    "spots": "Flecken",
    "A spot must be its place across and down, from 0 to 1, and its radius, up to 0.1.": (
        "Ein Fleck muss aus seinem Platz quer und abwärts, 0 bis 1, und seinem Radius bis 0,1 "
        "bestehen."
    ),
}
