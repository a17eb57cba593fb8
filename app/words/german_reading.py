"""Say in German why a photo was not opened, and what opening it changed."""

from typing import Final

READING: Final[dict[str, str]] = {
    "“{0}” cannot be opened: {1}.": "„{0}“ lässt sich nicht öffnen: {1}.",
    "“{0}” cannot be opened: there is no such file or folder.": (
        "„{0}“ lässt sich nicht öffnen: Datei oder Ordner gibt es nicht."
    ),
    "there is no such file": "die Datei gibt es nicht",
    "it is not a file": "es ist keine Datei",
    "it is larger than {0} GB": "sie ist größer als {0} GB",
    "the file is empty": "die Datei ist leer",
    "reading it is not allowed; change its permissions": (
        "sie darf nicht gelesen werden; ändern Sie ihre Zugriffsrechte"
    ),
    "the memory does not suffice; close other programs": (
        "der Speicher reicht nicht; schließen Sie andere Programme"
    ),
    "the file is damaged ({0})": "die Datei ist beschädigt ({0})",
    "the file is cut off; copy it again from where it came": (
        "die Datei ist abgeschnitten; kopieren Sie sie noch einmal von ihrer Quelle"
    ),
    "the file is cut off or damaged; copy it again from where it came": (
        "die Datei ist abgeschnitten oder beschädigt; kopieren Sie sie noch einmal von ihrer Quelle"
    ),
    "its decoder broke down over it; the file is damaged or made to do harm": (
        "das Entschlüsseln brach ab; die Datei ist beschädigt oder soll Schaden anrichten"
    ),
    "decoding it takes too long; the file is damaged or made to do harm": (
        "das Entschlüsseln dauert zu lange; die Datei ist beschädigt oder soll Schaden anrichten"
    ),
    "the file is damaged or made to do harm": (
        "die Datei ist beschädigt oder soll Schaden anrichten"
    ),
    "more than the {0} megapixels this program opens": (
        "mehr als die {0} Megapixel, die dieses Programm öffnet"
    ),
    "it holds no picture (its size is zero)": "sie enthält kein Bild (seine Größe ist null)",
    "it claims {0} × {1} pixels, {2}; scale it down first": (
        "sie soll {0} × {1} Pixel haben, {2}; verkleinern Sie sie zuerst"
    ),
    "it claims {0}; scale it down first": "sie soll {0} haben; verkleinern Sie sie zuerst",
    "it claims {0} channels": "sie soll {0} Kanäle haben",
    "it is not a photo of a known format": "es ist kein Foto in einem bekannten Format",
    "it is not a photo (perhaps a film)": "es ist kein Foto (vielleicht ein Film)",
    "it is an animation; only single pictures can be opened": (
        "es ist eine Animation; nur einzelne Bilder lassen sich öffnen"
    ),
    "PDF documents are not opened; export the page as a photo first": (
        "PDF-Dokumente werden nicht geöffnet; exportieren Sie die Seite zuerst als Foto"
    ),
    "PostScript files are not opened": "PostScript-Dateien werden nicht geöffnet",
    "GIF pictures are not opened; save it as PNG first": (
        "GIF-Bilder werden nicht geöffnet; speichern Sie es zuerst als PNG"
    ),
    "Photoshop documents are not opened; save it as TIFF first": (
        "Photoshop-Dokumente werden nicht geöffnet; speichern Sie es zuerst als TIFF"
    ),
    "JPEG XL is not opened; save it as TIFF or JPEG first": (
        "JPEG XL wird nicht geöffnet; speichern Sie es zuerst als TIFF oder JPEG"
    ),
    "JPEG 2000 is not opened; save it as TIFF or JPEG first": (
        "JPEG 2000 wird nicht geöffnet; speichern Sie es zuerst als TIFF oder JPEG"
    ),
    "GIMP documents are not opened; export it as TIFF first": (
        "GIMP-Dokumente werden nicht geöffnet; exportieren Sie es zuerst als TIFF"
    ),
    "drawings (SVG) are not opened; export it as PNG first": (
        "Zeichnungen (SVG) werden nicht geöffnet; exportieren Sie sie zuerst als PNG"
    ),
    "{0} files need the extra “{1}”; install it with pip install lacuna[{1}]": (
        "{0}-Dateien brauchen die Erweiterung „{1}“; pip install lacuna[{1}] richtet sie ein"
    ),
    "this RAW file cannot be developed; export it as TIFF first": (
        "diese RAW-Datei lässt sich nicht entwickeln; exportieren Sie sie zuerst als TIFF"
    ),
    "it is a JPEG of {0} bits, a rare kind that cannot be opened": (
        "es ist ein JPEG mit {0} Bit, eine seltene Art, die sich nicht öffnen lässt"
    ),
    "it is not a PNG file": "es ist keine PNG-Datei",
    "CMYK was converted to RGB; it will be saved as RGB.": (
        "CMYK wurde in RGB umgewandelt; gespeichert wird als RGB."
    ),
    "HEIC cannot be written; the result is saved as PNG or TIFF.": (
        "HEIC lässt sich nicht schreiben; das Ergebnis wird als PNG oder TIFF gespeichert."
    ),
    "The RAW file was developed; the result is saved as a 16-bit TIFF.": (
        "Die RAW-Datei wurde entwickelt; das Ergebnis wird als TIFF mit 16 Bit gespeichert."
    ),
    "Its colour profile is damaged; its colours are taken for sRGB.": (
        "Das Farbprofil ist beschädigt; die Farben gelten als sRGB."
    ),
    "Its colour profile is made of tables; the fill's colours are converted with 8 bits.": (
        "Das Farbprofil besteht aus Tabellen; die Farben der Füllung werden mit 8 Bit umgerechnet."
    ),
    "Its 10 or 12 bits per channel were reduced to 8.": (
        "Die 10 oder 12 Bit je Kanal wurden auf 8 verringert."
    ),
    "Its reduced palette will be saved as full colour.": (
        "Die verkleinerte Farbpalette wird in vollen Farben gespeichert."
    ),
    "Its {0}-bit greys will be saved as 8-bit greys.": (
        "Die Grautöne mit {0} Bit werden mit 8 Bit gespeichert."
    ),
    **{
        f"the file is damaged ({english})": f"die Datei ist beschädigt ({german})"
        for english, german in {
            "a block overflows": "ein Block läuft über",
            "an unknown code": "ein unbekannter Code",
            "a number of too many bits": "eine Zahl mit zu vielen Bit",
            "a Huffman table overflows": "eine Huffman-Tabelle läuft über",
            "a Huffman table is cut off": "eine Huffman-Tabelle ist abgeschnitten",
            "a Huffman table is missing": "eine Huffman-Tabelle fehlt",
            "a band of several components": "ein Band mehrerer Komponenten",
            "a scan of nothing": "ein Durchgang ohne Inhalt",
            "restart markers are missing": "Restart-Marken fehlen",
            "its data ends too early": "ihre Daten enden zu früh",
            "a marker is missing": "eine Marke fehlt",
            "it holds no picture": "sie enthält kein Bild",
            "a checksum is wrong": "eine Prüfsumme stimmt nicht",
            "it has no header": "sie hat keinen Kopf",
            "a strip cannot be unpacked": "ein Streifen lässt sich nicht entpacken",
            "it claims more pixels than it holds": "sie soll mehr Pixel haben, als sie enthält",
            "it does not tell where its pixels are": "sie sagt nicht, wo ihre Pixel liegen",
            "it does not tell where all its pixels are": (
                "sie sagt nicht, wo alle ihre Pixel liegen"
            ),
        }.items()
    },
    "the file is cut off or damaged (its directory cannot be read)": (
        "die Datei ist abgeschnitten oder beschädigt (ihr Verzeichnis lässt sich nicht lesen)"
    ),
    "it is not one sequential scan": "es ist nicht ein einziger fortlaufender Durchgang",
    "its components are not luma and chroma": "ihre Komponenten sind nicht Helligkeit und Farbe",
    "its scan does not hold every component": "ihr Durchgang enthält nicht jede Komponente",
    "it is not progressive": "sie ist nicht progressiv",
    "a coefficient is too large": "ein Koeffizient ist zu groß",
    "a mirrored side is not a whole number of blocks": (
        "eine gespiegelte Seite ist keine ganze Zahl von Blöcken"
    ),
}
