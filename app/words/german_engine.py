"""Say in German what goes wrong with weights, devices, masks, codes, recipes and batches."""

from typing import Final

ENGINE: Final[dict[str, str]] = {
    "There was not enough memory. The photo and the mask are as they were; "
    "close other programs or fill smaller areas one by one.": (
        "Der Speicher hat nicht gereicht. Foto und Maske sind, wie sie waren; schließen Sie andere"
        " Programme, oder füllen Sie kleinere Stellen nacheinander."
    ),
    "Something unexpected happened ({0}: {1}). The photo is as it was. "
    "Help > Copy diagnostics collects what is needed to report it.": (
        "Etwas Unerwartetes ist geschehen ({0}: {1}). Das Foto ist, wie es war. Hilfe > Diagnose"
        " kopieren sammelt, was zum Melden nötig ist."
    ),
    "CUDA: {0}": "CUDA: {0}",
    "CPU: {0}": "CPU: {0}",
    "CPU: as asked": "CPU: wie gewünscht",
    "CPU: from the photo alone": "CPU: nur aus dem Foto",
    "CPU: OpenCV's classical fill": "CPU: klassische Füllung von OpenCV",
    "no CUDA device": "kein CUDA-Gerät",
    "no CUDA device (this Lacuna is built for the processor)": (
        "kein CUDA-Gerät (dieses Lacuna ist für den Prozessor gebaut)"
    ),
    "no CUDA device (this build of PyTorch is for the CPU)": (
        "kein CUDA-Gerät (dieses PyTorch ist für die CPU gebaut)"
    ),
    "no CUDA device that the driver offers": "kein CUDA-Gerät, das der Treiber anbietet",
    "“{0}” is not a device; use auto, cpu or cuda.": (
        "„{0}“ ist kein Gerät; möglich sind auto, cpu und cuda."
    ),
    "CUDA was asked for, but there is {0}; use --device cpu.": (
        "CUDA wurde verlangt, aber vorhanden ist {0}; nehmen Sie --device cpu."
    ),
    "The surroundings reach every part of this hole.": (
        "Die Umgebung reicht in jeden Teil dieses Lochs."
    ),
    "The middle rests on coarse hints from around: check it at 100 %.": (
        "Die Mitte beruht auf groben Hinweisen von ringsum: bei 100 % prüfen."
    ),
    "The middle is wider than the photo can explain: paint in two passes.": (
        "Die Mitte ist breiter, als das Foto erklären kann: in zwei Durchgängen malen."
    ),
    "Finer than {0} pixels is texture from elsewhere.": (
        "Feineres als {0} Pixel ist Textur von anderswo."
    ),
    "{0} fills faces whose pose is given; Lacuna cannot use it.": (
        "{0} füllt Gesichter mit gegebener Haltung; Lacuna kann das nicht verwenden."
    ),
    "The network's answer is not a picture; the weights are unusable.": (
        "Die Antwort des Netzes ist kein Bild; die Gewichte sind unbrauchbar."
    ),
    "The weights do not describe their network.": "Die Gewichte beschreiben ihr Netz nicht.",
    "The weights ask for unknown settings: {0}.": (
        "Die Gewichte verlangen unbekannte Einstellungen: {0}."
    ),
    "The weights ask for {0} “{1}”, which is not known.": (
        "Die Gewichte verlangen {0} „{1}“, was unbekannt ist."
    ),
    "The weights describe a network of impossible size.": (
        "Die Gewichte beschreiben ein Netz von unmöglicher Größe."
    ),
    "{0} is not the weights file this program shipped with (its checksum differs); install Lacuna"
    " again.": (
        "{0} ist nicht die Gewichtsdatei, mit der dieses Programm kam (die Prüfsumme weicht ab);"
        " installieren Sie Lacuna neu."
    ),
    "{0} is too large to be weights of this program.": (
        "{0} ist zu groß, um Gewichte dieses Programms zu enthalten."
    ),
    "The weights file {0} cannot be read ({1}); install Lacuna again or name another file.": (
        "Die Gewichtsdatei {0} lässt sich nicht lesen ({1}); installieren Sie Lacuna neu, oder"
        " nennen Sie eine andere Datei."
    ),
    "{0} is not a snapshot of this program.": "{0} enthält keine Gewichte dieses Programms.",
    "{0} has snapshot format {1}; this program reads format {2}.": (
        "{0} hat das Gewichtsformat {1}; dieses Programm liest Format {2}."
    ),
    "{0} is damaged (its checksum is wrong); get a fresh copy.": (
        "{0} ist beschädigt (die Prüfsumme stimmt nicht); besorgen Sie eine neue Kopie."
    ),
    "{0} is too small for the network it describes.": (
        "{0} ist zu klein für das Netz, das darin beschrieben ist."
    ),
    "{0} does not fit the network it describes.": (
        "{0} passt nicht zu dem Netz, das darin beschrieben ist."
    ),
    "{0} holds numbers that are not finite; get a fresh copy.": (
        "{0} enthält Zahlen, die nicht endlich sind; besorgen Sie eine neue Kopie."
    ),
    "The mask “{0}” has {1} pixels, the photo {2}; make a mask of the photo's size.": (
        "Die Maske „{0}“ hat {1} Pixel, das Foto {2}; machen Sie eine Maske in der Größe des Fotos."
    ),
    "The photo must be (H, W, 3) of 8 or 16 bits, not {0} {1}.": (
        "Das Foto muss (H, W, 3) mit 8 oder 16 Bit sein, nicht {0} {1}."
    ),
    "The mask must be (H, W) of bool, not {0} {1}.": (
        "Die Maske muss (H, W) aus Ja und Nein sein, nicht {0} {1}."
    ),
    "The mask is {0} x {1} pixels but the photo is {2} x {3}.": (
        "Die Maske hat {0} x {1} Pixel, das Foto aber {2} x {3}."
    ),
    "“{0}” is not a result code; a code looks like 7F3A-02, or SAFE.": (
        "„{0}“ ist kein Ergebniscode; ein Code sieht aus wie 7F3A-02 oder SAFE."
    ),
    "“{0}” goes too far: boldness ends at {1:g}, a mix at 100 %.": (
        "„{0}“ geht zu weit: Kühnheit endet bei {1:g}, eine Mischung bei 100 %."
    ),
    "“{0}” cannot be read: {1}.": "„{0}“ lässt sich nicht lesen: {1}.",
    "“{0}” is far too large for a recipe; choose another file.": (
        "„{0}“ ist viel zu groß für ein Rezept; wählen Sie eine andere Datei."
    ),
    "“{0}” is no recipe of Lacuna; choose another file.": (
        "„{0}“ ist kein Rezept von Lacuna; wählen Sie eine andere Datei."
    ),
    "is no recipe of Lacuna; choose another file.": (
        "ist kein Rezept von Lacuna; wählen Sie eine andere Datei."
    ),
    "was written by a newer Lacuna; update this one to open it.": (
        "wurde von einem neueren Lacuna geschrieben; aktualisieren Sie dieses, um es zu öffnen."
    ),
    "“{0}” is damaged ({1}); take another copy, or make the recipe anew.": (
        "„{0}“ ist beschädigt ({1}); nehmen Sie eine andere Kopie, oder machen Sie das Rezept neu."
    ),
    "the recipe": "das Rezept",
    "a row of “{0}”": "eine Zeile von „{0}“",
    "{0} is no object": "{0} ist kein Objekt",
    "“{0}” is no text, or too long": "„{0}“ ist kein Text oder zu lang",
    "“{0}” is no number": "„{0}“ ist keine Zahl",
    "“{0}” is no number from {1} to {2}": "„{0}“ ist keine Zahl von {1} bis {2}",
    "“{0}” is no list, or too long": "„{0}“ ist keine Liste oder zu lang",
    "“{0}” does not have {1} numbers": "„{0}“ hat nicht {1} Zahlen",
    "its size is out of range": "seine Größe ist nicht im Rahmen",
    "a fill has no hole": "eine Füllung hat kein Loch",
    "it holds a step of an unknown kind": "es enthält einen Schritt unbekannter Art",
    "a hole is empty": "ein Loch ist leer",
    "a window is no square of a sensible size": (
        "ein Fenster ist kein Quadrat von sinnvoller Größe"
    ),
    "a window does not hold its hole": "ein Fenster enthält sein Loch nicht",
    "a box lies off the photo": "ein Rechteck liegt außerhalb des Fotos",
    "it holds more pixels than a recipe may": "es enthält mehr Pixel, als ein Rezept darf",
    "a hole was filled in an unknown way": "ein Loch wurde auf unbekannte Weise gefüllt",
    "a window is for another hole": "ein Fenster gehört zu einem anderen Loch",
    "its windows do not fill a hole": "seine Fenster füllen ein Loch nicht",
    "its pixels are no base64": "seine Pixel sind kein Base64",
    "a z has no shape": "ein z hat keine Form",
    "a z holds what is no number": "ein z enthält, was keine Zahl ist",
    "a step is told in no list": "ein Schritt steht in keiner Liste",
    "The recipe was made with other weights than the installed ones; results may look different.": (
        "Das Rezept entstand mit anderen Gewichten als den installierten; Ergebnisse können anders"
        " aussehen."
    ),
    "The recipe was made by a release that looked at other surroundings; results may differ.": (
        "Das Rezept stammt von einer Fassung, die andere Umgebungen ansah; Ergebnisse können"
        " abweichen."
    ),
    "The folder {0} cannot be read: {1}.": "Der Ordner {0} lässt sich nicht lesen: {1}.",
    "Which mask is meant? “{0}” and “{1}” both fit; keep one.": (
        "Welche Maske ist gemeint? „{0}“ und „{1}“ passen beide; behalten Sie eine."
    ),
    "There is no mask for it in {0}; name it {1}.png.": (
        "In {0} gibt es keine Maske dafür; nennen Sie sie {1}.png."
    ),
    "The memory does not suffice.": "Der Speicher reicht nicht.",
    "Unexpected: {0}: {1}.": "Unerwartet: {0}: {1}.",
    "{0} is there already.": "{0} gibt es schon.",
    "{0} is there, but older than the photo or its mask; use --overwrite.": (
        "{0} gibt es, aber älter als das Foto oder seine Maske; nehmen Sie --overwrite."
    ),
    "{0} is the photo itself; choose another --out.": (
        "{0} ist das Foto selbst; wählen Sie ein anderes --out."
    ),
    "{0} is already the place of {1}; rename one of them.": (
        "{0} ist schon der Platz von {1}; benennen Sie eins von beiden um."
    ),
}
