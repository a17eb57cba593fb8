"""Say in German why a file was not saved, and what of a photo's file was kept or not."""

from typing import Final

SAVING: Final[dict[str, str]] = {
    "“{0}” was not saved: {1}.": "„{0}“ wurde nicht gespeichert: {1}.",
    "the disk is full; free some space or choose another folder": (
        "der Datenträger ist voll; schaffen Sie Platz oder wählen Sie einen anderen Ordner"
    ),
    "your disk quota is used up; free some space or choose another folder": (
        "Ihr Speicherplatz ist aufgebraucht; schaffen Sie Platz oder wählen Sie einen anderen"
        " Ordner"
    ),
    "the folder is on a read-only disk; choose another folder": (
        "der Ordner liegt auf einem schreibgeschützten Datenträger; wählen Sie einen anderen"
    ),
    "writing there is not allowed; choose another folder or change its permissions": (
        "dort darf nicht geschrieben werden; wählen Sie einen anderen Ordner oder ändern Sie seine"
        " Zugriffsrechte"
    ),
    "the folder is no longer there; choose another one": (
        "den Ordner gibt es nicht mehr; wählen Sie einen anderen"
    ),
    "the disk reported an error; check it, and save to another disk": (
        "der Datenträger meldet einen Fehler; prüfen Sie ihn, und speichern Sie auf einen anderen"
    ),
    "the file name is too long; choose a shorter one": (
        "der Dateiname ist zu lang; wählen Sie einen kürzeren"
    ),
    "the file would be too large for this disk": "die Datei wäre zu groß für diesen Datenträger",
    "the disk refused": "der Datenträger hat es verweigert",
    "a file of this name exists; choose another name or allow replacing it": (
        "eine Datei dieses Namens gibt es schon; wählen Sie einen anderen Namen oder erlauben Sie"
        " das Ersetzen"
    ),
    "what is there is not a file": "was dort liegt, ist keine Datei",
    "the file is write-protected; choose another name": (
        "die Datei ist schreibgeschützt; wählen Sie einen anderen Namen"
    ),
    "another program has changed the file since it was opened; choose another name, or open the"
    " file again": (
        "ein anderes Programm hat die Datei seit dem Öffnen verändert; wählen Sie einen anderen"
        " Namen, oder öffnen Sie die Datei noch einmal"
    ),
    "its ending is none of {0}": "ihre Endung ist keine von {0}",
    "the result is not of the photo's size": "das Ergebnis hat nicht die Größe des Fotos",
    "the result differs from the photo outside the fill": (
        "das Ergebnis weicht außerhalb der Füllung vom Foto ab"
    ),
    "{0} cannot hold this picture ({1})": "{0} kann dieses Bild nicht aufnehmen ({1})",
    "it could not be read back; try another disk": (
        "sie ließ sich nicht wieder lesen; versuchen Sie einen anderen Datenträger"
    ),
    "it read back differently; try again or another disk": (
        "sie las sich anders, als sie geschrieben wurde; versuchen Sie es noch einmal oder auf"
        " einem anderen Datenträger"
    ),
    "“{0}” has too many edited copies; choose a name.": (
        "Von „{0}“ gibt es zu viele bearbeitete Kopien; wählen Sie einen Namen."
    ),
    "“{0}” was not saved: masks are written as .png or .tif.": (
        "„{0}“ wurde nicht gespeichert: Masken werden als .png oder .tif geschrieben."
    ),
    "“{0}” was not saved: the encoder refused the mask.": (
        "„{0}“ wurde nicht gespeichert: Die Maske ließ sich nicht umwandeln."
    ),
    "“{0}” was not saved: it read back differently; try another disk.": (
        "„{0}“ wurde nicht gespeichert: Sie las sich anders, als sie geschrieben wurde; versuchen"
        " Sie einen anderen Datenträger."
    ),
    "{0} exists already; give another --out, or --overwrite to replace it.": (
        "{0} gibt es schon; geben Sie ein anderes --out an, oder --overwrite zum Ersetzen."
    ),
    "{0} cannot be saved: there is no folder {1}.": (
        "{0} lässt sich nicht speichern: Den Ordner {1} gibt es nicht."
    ),
    "{0} cannot be saved: its ending is none of {1}.": (
        "{0} lässt sich nicht speichern: Die Endung ist keine von {1}."
    ),
    "Kept: {0}.": "Erhalten: {0}.",
    "16 bits": "16 Bit",
    "transparency": "Transparenz",
    "compression": "Kompression",
    "colour profile": "Farbprofil",
    "resolution": "Auflösung",
    "every coded block outside the change": "jeder kodierte Block außerhalb der Änderung",
    "quantisation tables and colour sampling": "Quantisierungstabellen und Farbabtastung",
    "The picture was coded anew, so pixels outside the fill may differ a little.": (
        "Das Bild wurde neu kodiert; Pixel außerhalb der Füllung können ein wenig abweichen."
    ),
    "{0} holds 8 bits; the 16 bits were rounded.": "{0} fasst 8 Bit; die 16 Bit wurden gerundet.",
    "{0} cannot hold {1}; it was left out.": "Weggelassen, weil {0} dafür keinen Platz hat: {1}.",
    "so much XMP": "so viel XMP",
    "JPEG has no room for the maker note in EXIF; it was left out.": (
        "JPEG hat keinen Platz für die Herstellernotiz in EXIF; sie wurde weggelassen."
    ),
    "The EXIF data was damaged and could not be kept.": (
        "Die EXIF-Daten waren beschädigt und ließen sich nicht erhalten."
    ),
    "The extension of XMP was left out.": "Die Erweiterung von XMP wurde weggelassen.",
    "The extension of XMP was damaged and could not be kept.": (
        "Die Erweiterung von XMP war beschädigt und ließ sich nicht erhalten."
    ),
    "Pictures embedded in the extension of XMP were removed.": (
        "In die Erweiterung von XMP eingebettete Bilder wurden entfernt."
    ),
    "Pictures embedded in XMP were removed.": "In XMP eingebettete Bilder wurden entfernt.",
    "The embedded thumbnail was removed.": "Das eingebettete Vorschaubild wurde entfernt.",
    "Embedded previews were removed.": "Eingebettete Vorschaubilder wurden entfernt.",
    "The JFIF thumbnail was removed.": "Das Vorschaubild in JFIF wurde entfernt.",
    "The Photoshop thumbnail was removed.": "Das Vorschaubild von Photoshop wurde entfernt.",
    "Further pictures in the file were left out.": "Weitere Bilder der Datei wurden weggelassen.",
    "What followed the picture in the file was left out.": (
        "Was in der Datei auf das Bild folgte, wurde weggelassen."
    ),
    "Content credentials were left out, for they no longer fit.": (
        "Herkunftsnachweise (Content Credentials) wurden weggelassen, denn sie stimmen nicht mehr."
    ),
    "FlashPix data was left out.": "FlashPix-Daten wurden weggelassen.",
    "The maker's segment APP{0} ({1}) was left out.": (
        "Das Segment APP{0} des Herstellers ({1}) wurde weggelassen."
    ),
    "The text “{0}” was left out, for it may hold a preview.": (
        "Der Text „{0}“ wurde weggelassen, denn er kann ein Vorschaubild enthalten."
    ),
    "The PNG chunk {0} was left out.": "Der PNG-Abschnitt {0} wurde weggelassen.",
    "The compression {0} became deflate, which loses nothing.": (
        "Aus der Kompression {0} wurde Deflate, das nichts verliert."
    ),
    "Photoshop's layers were left out, for they hold the old picture.": (
        "Die Ebenen von Photoshop wurden weggelassen, denn sie enthalten das alte Bild."
    ),
    "&Export a copy…": "Kopie &exportieren…",
    "Write a copy in another format, size or quality; the photo itself is not saved by it": (
        "Eine Kopie in anderem Format, anderer Größe, Güte; das Foto selbst bleibt ungespeichert"
    ),
    "Export a copy": "Kopie exportieren",
    "&Format": "&Format",
    "&Quality": "&Güte",
    "&Longer side at most": "&Längere Seite höchstens",
    "&End of the name": "E&nde des Namens",
    "Fol&der": "&Ordner",
    "E&xport": "E&xportieren",
    " pixels": " Pixel",
    "As the photo": "Wie das Foto",
    "Folder for copies": "Ordner für Kopien",
    "Beside the photo": "Neben dem Foto",
    "Exporting {0} …": "{0} wird exportiert …",
    "Exported {0}. {1}": "{0} exportiert. {1}",
}
