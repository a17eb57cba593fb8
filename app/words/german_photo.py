"""Say in German what is odd about a photo, a mask, and the file beside it."""

from typing import Final

PHOTO: Final[dict[str, str]] = {
    "JPEG cannot hold transparency; what was clear is white now.": (
        "JPEG kennt keine Transparenz; was durchsichtig war, ist jetzt weiß."
    ),
    "Attributes of the old file were lost: {0}.": (
        "Attribute der alten Datei gingen verloren: {0}."
    ),
    "The access list of the old file was lost; others may not see it.": (
        "Die Zugriffsliste der alten Datei ging verloren; andere sehen sie vielleicht nicht."
    ),
    "Bytes that belong to nothing stood between its parts; they were left out.": (
        "Zwischen den Teilen standen Bytes, die zu nichts gehören; sie wurden weggelassen."
    ),
    "Channels beyond colour and transparency were left out.": (
        "Kanäle außer Farbe und Transparenz wurden weggelassen."
    ),
    "It has {0} further channels that are not shown; where the photo is filled, they are filled"
    " with a smooth blend.": (
        "Es hat {0} weitere Kanäle, die nicht gezeigt werden; wo das Foto gefüllt wird, werden sie"
        " mit einem weichen Verlauf gefüllt."
    ),
    "It tells its colours by end points; they are taken for sRGB.": (
        "Die Farben sind durch Endpunkte beschrieben; sie gelten als sRGB."
    ),
    "Its colour profile is not in the file; its colours are taken for sRGB.": (
        "Das Farbprofil ist nicht in der Datei; die Farben gelten als sRGB."
    ),
    "Its end mark is missing; the picture is whole.": "Die Endmarke fehlt; das Bild ist ganz.",
    "Its list of strips is damaged; where they lie was worked out.": (
        "Die Liste der Streifen ist beschädigt; wo sie liegen, wurde errechnet."
    ),
    "It was cropped, as it says; what lies outside will be left out.": (
        "Es wurde zugeschnitten, wie es sagt; was außerhalb liegt, wird weggelassen."
    ),
    "Only one of its pictures was opened and will be saved.": (
        "Nur eines der Bilder wurde geöffnet und wird gespeichert."
    ),
    "XMP was damaged and could not be kept.": ("XMP war beschädigt und ließ sich nicht erhalten."),
    "it has a document type": "es hat einen Dokumenttyp",
    "it holds no RDF": "es enthält kein RDF",
    "The photo goes once around; its left and right edges were filled as neighbours.": (
        "Das Foto geht einmal ringsum; linker und rechter Rand wurden als Nachbarn gefüllt."
    ),
    "Parts of the mask are dark grey ({0}; half is {1}) and were not filled.": (
        "Teile der Maske sind dunkelgrau ({0}; die Hälfte ist {1}) und wurden nicht gefüllt."
    ),
    "The mask holds 8-bit values in 16 bits, and was read so.": (
        "Die Maske enthält 8-Bit-Werte in 16 Bit und wurde so gelesen."
    ),
    "The mask holds labels: every value but 0 was taken.": (
        "Die Maske enthält Nummern: Jeder Wert außer 0 wurde genommen."
    ),
    "The mask is coloured: everything in it that is not black was taken.": (
        "Die Maske ist farbig: Alles darin, was nicht schwarz ist, wurde genommen."
    ),
    "The mask is paint on a clear layer: what is painted was taken, in any colour.": (
        "Die Maske ist Farbe auf einer durchsichtigen Ebene: Alles Bemalte wurde genommen, in jeder"
        " Farbe."
    ),
    "The mask lies on its side, as the photo's file does, and was turned with it.": (
        "Die Maske liegt auf der Seite wie die Datei des Fotos und wurde mit ihm gedreht."
    ),
    "The mask “{0}” is empty: {1}; paint what should go white on black.": (
        "Die Maske „{0}“ ist leer: {1}; malen Sie weiß auf schwarz, was verschwinden soll."
    ),
    "The mask “{0}” {1}; paint what should go white, and the rest black.": (
        "Die Maske „{0}“ {1}; malen Sie weiß, was verschwinden soll, und schwarz den Rest."
    ),
    "has colours, but not on black": "hat Farben, aber nicht auf Schwarz",
    "is a picture of many colours and no mask": "ist ein Bild mit vielen Farben und keine Maske",
    "it is clear everywhere": "sie ist überall durchsichtig",
    "its paint covers at most {0} of {1}, and half is the least that counts": (
        "ihre Farbe deckt höchstens mit {0} von {1}, und erst die Hälfte zählt"
    ),
    "The mask is nowhere brighter than {0} of {1}: half of that was taken.": (
        "Die Maske ist nirgends heller als {0} von {1}: Davon galt die Hälfte."
    ),
    "its only value is {0} of {1}, and {2} is the least that counts": (
        "ihr einziger Wert ist {0} von {1}, und erst {2} zählt"
    ),
    "its values are {0} to {1} of {2}, and {3} is the least that counts": (
        "ihre Werte sind {0} bis {1} von {2}, und erst {3} zählt"
    ),
    "it holds only reduced copies of a photo; open the photo they were made from": (
        "sie enthält nur verkleinerte Kopien eines Fotos; öffnen Sie das Foto, aus dem sie"
        " entstanden"
    ),
    "it is a folder; choose a photo in it": "es ist ein Ordner; wählen Sie ein Foto darin",
    "its channels have different depths; save it with 8 or 16 bits first": (
        "ihre Kanäle haben verschiedene Tiefe; speichern Sie sie zuerst mit 8 oder 16 Bit"
    ),
    "its colour space (CICP {0}/{1}) is not known; save it as sRGB first": (
        "ihr Farbraum (CICP {0}/{1}) ist unbekannt; speichern Sie sie zuerst als sRGB"
    ),
    "its colours are HDR ({0}), brighter than this program can show; save it as an SDR picture"
    " first": (
        "ihre Farben sind HDR ({0}), heller, als dieses Programm zeigen kann; speichern Sie sie"
        " zuerst als SDR-Bild"
    ),
    "its channels are packed in a way that is not opened; save it as PNG first": (
        "seine Kanäle sind auf eine Art gepackt, die nicht geöffnet wird; erst als PNG speichern"
    ),
    "its colours are told as a video's (cICP); save it as sRGB first": (
        "seine Farben sind als die eines Videos angegeben (cICP); erst als sRGB speichern"
    ),
    "the crop that its header tells of cannot be applied; save it anew": (
        "der Ausschnitt, von dem sein Kopf spricht, lässt sich nicht nehmen; neu speichern"
    ),
    "it is a volume of many layers; save the layer you mean first": (
        "es ist ein Körper aus vielen Schichten; erst die gemeinte Schicht speichern"
    ),
    "its header tells of {0} × {1} pixels, but its picture has {2} × {3}; save it anew": (
        "ihr Kopf nennt {0} × {1} Pixel, ihr Bild hat aber {2} × {3}; speichern Sie sie neu"
    ),
    "its header and its picture differ ({0}); save it anew": (
        "ihr Kopf und ihr Bild unterscheiden sich ({0}); speichern Sie sie neu"
    ),
    "transparency": "Transparenz",
    "colours": "Farben",
    "orientation": "Ausrichtung",
    "bits per channel": "Bits je Kanal",
    "its colours are inks other than CMYK; save it as RGB first": (
        "ihre Farben sind andere Druckfarben als CMYK; speichern Sie sie zuerst als RGB"
    ),
    "its colours are {0}-bit CMYK; save it as RGB first": (
        "ihre Farben sind CMYK mit {0} Bit; speichern Sie sie zuerst als RGB"
    ),
    "its colours are {0}; save it as RGB first": (
        "ihre Farben sind {0}; speichern Sie sie zuerst als RGB"
    ),
    "its compression ({0}) is not opened; save it with LZW or ZIP first": (
        "ihre Kompression ({0}) wird nicht geöffnet; speichern Sie sie zuerst mit LZW oder ZIP"
    ),
    "its further channels are packed in a way that cannot be read; save it anew": (
        "ihre weiteren Kanäle sind so gepackt, dass sie sich nicht lesen lassen; speichern Sie"
        " sie neu"
    ),
    "its palette has {0} bits; save it as RGB first": (
        "ihre Farbpalette hat {0} Bit; speichern Sie sie zuerst als RGB"
    ),
    "its pixels are packed as floating-point numbers; save it with 16 bits first": (
        "ihre Pixel sind als Gleitkommazahlen gepackt; speichern Sie sie zuerst mit 16 Bit"
    ),
    "its pixels are packed in a way that cannot be read; save it anew": (
        "ihre Pixel sind so gepackt, dass sie sich nicht lesen lassen; speichern Sie sie neu"
    ),
    "its pixels are {0}-bit integers; save it with 16 bits first": (
        "ihre Pixel sind ganze Zahlen mit {0} Bit; speichern Sie sie zuerst mit 16 Bit"
    ),
    "its pixels are {0}; save it with 16 bits first": (
        "ihre Pixel sind {0}; speichern Sie sie zuerst mit 16 Bit"
    ),
    "floating-point numbers": "Gleitkommazahlen",
    "its {0}-bit pixels are packed in a way that cannot be read; save it anew": (
        "ihre Pixel mit {0} Bit sind so gepackt, dass sie sich nicht lesen lassen; speichern Sie"
        " sie neu"
    ),
    "the file is damaged (it has no palette)": "die Datei ist beschädigt (ihr fehlt die Palette)",
    "the file is damaged (it has {0} of {1} channels)": (
        "die Datei ist beschädigt (sie hat {0} von {1} Kanälen)"
    ),
    "{0} cannot be saved: {1}.": "{0} lässt sich nicht speichern: {1}.",
    "“{0}” beside the photo was not copied, as the settings wish.": (
        "„{0}“ neben dem Foto wurde nicht mitkopiert, wie die Einstellungen es wünschen."
    ),
    "“{0}” beside the photo was not copied; --sidecars does.": (
        "„{0}“ neben dem Foto wurde nicht kopiert; --sidecars tut das."
    ),
    "“{0}” is no XMP; it was not copied.": "„{0}“ ist kein XMP; es wurde nicht kopiert.",
    "“{0}” was copied to “{1}”.": "„{0}“ wurde nach „{1}“ kopiert.",
    "“{0}” was not saved: {1} holds at most {2} pixels a side, and the photo has {3} × {4}; save"
    " it as .png or .tif.": (
        "„{0}“ wurde nicht gespeichert: {1} fasst höchstens {2} Pixel je Seite, und das Foto hat"
        " {3} × {4}; speichern Sie es als .png oder .tif."
    ),
}
