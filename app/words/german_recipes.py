"""Say what has to do with recipes in German."""

from typing import Final

RECIPES: Final[dict[str, str]] = {
    "Save reci&pe…": "&Rezept speichern…",
    "Save what was done, to change or repeat it later": (
        "Speichern, was getan wurde, um es später zu ändern oder zu wiederholen"
    ),
    "Change re&moval": "Entfernung än&dern",
    "Fill the removal under the pointer anew, else the last one; its result stays at hand": (
        "Die Stelle unter dem Zeiger neu füllen, sonst die letzte; ihr Ergebnis bleibt zur Wahl"
    ),
    "Save recipe": "Rezept speichern",
    "Recipes ({0})": "Rezepte ({0})",
    "The recipe was saved as {0}.": "Das Rezept wurde als {0} gespeichert.",
    "There is no removal here to change.": "Hier ist nichts Entferntes zu ändern.",
    "Change {0}": "{0} ändern",
    "{0} removals brought back; Ctrl+E changes the one under the pointer.": (
        "{0} Entfernungen zurückgeholt; Strg+E ändert die unter dem Zeiger."
    ),
    "“{0}” belongs to a photo “{1}” of {2} × {3} pixels, which is not beside it; "
    "open such a photo first, then the recipe again.": (
        "„{0}“ gehört zu einem Foto „{1}“ mit {2} × {3} Pixeln, das nicht daneben liegt; "
        "öffnen Sie erst so ein Foto, dann das Rezept noch einmal."
    ),
    "The recipe was not saved: it cannot tell the steps that were brought back "
    "after an interruption. Save the photo instead.": (
        "Das Rezept wurde nicht gespeichert: Es kennt die Schritte nicht, die nach einer "
        "Unterbrechung zurückgeholt wurden. Speichern Sie stattdessen das Foto."
    ),
    "Paint the last &removal": "Letzte Entfernung wie&der malen",
    "Paint what was removed under the pointer, else last, to touch it up and fill it again": (
        "Was unter dem Zeiger, sonst zuletzt entfernt wurde, zum Nachbessern wieder malen"
    ),
    "Keep a recipe (.lacuna) beside the photo": "Ein Rezept (.lacuna) neben dem Foto führen",
    "Open the photo again, and every removal can still be changed": (
        "Öffnen Sie das Foto wieder, und jede Entfernung lässt sich noch ändern"
    ),
    "Recipe found": "Rezept gefunden",
    "“{0}” has a recipe beside it. Bring its removals back?": (
        "Neben „{0}“ liegt ein Rezept. Dessen Entfernungen zurückholen?"
    ),
    "Remove from o&ther photos…": "Aus anderen Fotos entfernen (&mehrere)…",
    "Do what was removed here on other photos of the same size, and save the results": (
        "Dasselbe auf anderen Fotos gleicher Größe tun und die Ergebnisse speichern"
    ),
    "Remove from other photos": "Aus anderen Fotos entfernen",
    "The photos themselves are left as they are.": "Die Fotos selbst bleiben, wie sie sind.",
    "Photo": "Foto",
    "Result": "Ergebnis",
    "Waiting": "Wartet",
    "Working …": "In Arbeit …",
    "&Stop": "&Anhalten",
    "&Close": "&Schließen",
    "{0} of {1} photos were written.": "{0} von {1} Fotos wurden geschrieben.",
    "“{0}” has {1} pixels, the recipe is for {2}; a recipe only fits photos of one size.": (
        "„{0}“ hat {1} Pixel, das Rezept ist für {2}; ein Rezept passt nur auf Fotos einer Größe."
    ),
}
