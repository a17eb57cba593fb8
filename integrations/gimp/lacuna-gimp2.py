#!/usr/bin/env python3
"""Fill the selection with Lacuna, onto a new layer: a plug-in for GIMP 2.10.

GIMP 2.10 has no Python 3 of its own, and distributions have dropped its Python 2; this plug-in
needs neither. It calls GIMP's C library through ctypes, with whatever python3 the system has.

Installation: copy this file to GIMP's folder of plug-ins (Edit > Preferences > Folders > Plug-ins;
on Linux ~/.config/GIMP/2.10/plug-ins) and keep it executable. Lacuna is found in PATH, or where the
variable LACUNA says.

Use: select what shall go, then Filters > Enhance > Remove with Lacuna. The fill becomes a layer of
its own, masked by the selection; what was there stays below it.
"""

import ctypes
import ctypes.util
import os
import subprocess
import sys
import tempfile
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    Union,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_void_p,
)

NAME = b"plug-in-lacuna"
INT32, STRING, IMAGE, DRAWABLE, STATUS = 0, 4, 13, 16, 21  # GimpPDBArgType
ERROR, SUCCESS = 0, 3  # GimpPDBStatusType
NONINTERACTIVE, RGB, GRAY, NO_FLAGS, PLUGIN = 1, 0, 1, 0, 1
U8_GAMMA, U16_GAMMA = 150, 250  # GimpPrecision
MASK_OF_SELECTION = 4  # GimpAddMaskType


class Data(Union):
    """Hold one value; the largest member of GIMP's own union is a colour of four doubles."""

    _fields_ = [("number", c_int32), ("text", c_char_p), ("room", c_double * 4)]


class Param(Structure):
    """Be GimpParam."""

    _fields_ = [("kind", c_int), ("data", Data)]


class ParamDef(Structure):
    """Be GimpParamDef."""

    _fields_ = [("kind", c_int), ("name", c_char_p), ("description", c_char_p)]


QUERY = CFUNCTYPE(None)
RUN = CFUNCTYPE(None, c_char_p, c_int, POINTER(Param), POINTER(c_int), POINTER(POINTER(Param)))


class PlugInInfo(Structure):
    """Be GimpPlugInInfo."""

    _fields_ = [("init", c_void_p), ("quit", c_void_p), ("query", QUERY), ("run", RUN)]


def load_library():
    """Return GIMP's library."""
    names = {"win32": "libgimp-2.0-0.dll", "darwin": "libgimp-2.0.0.dylib"}
    return ctypes.CDLL(names.get(sys.platform, "libgimp-2.0.so.0"))


gimp = load_library()


class Failure(Exception):
    """Carry a sentence for the user."""


def demand(succeeded, sentence):
    """Raise ``Failure`` unless GIMP said that it worked."""
    if not succeeded or succeeded == -1:
        raise Failure(sentence)
    return succeeded


def write(image, path):
    """Save ``image`` flattened to ``path``."""
    name = os.fsencode(path)
    layer = gimp.gimp_image_flatten(image)
    saved = gimp.gimp_file_save(NONINTERACTIVE, image, layer, name, name)
    demand(saved, "The image could not be handed over to Lacuna.")


def write_photo(image, path):
    """Save what is seen of ``image``: 8 bits stay, everything deeper becomes 16 bits."""
    copy = gimp.gimp_image_duplicate(image)
    try:
        if gimp.gimp_image_base_type(copy) != RGB:
            gimp.gimp_image_convert_rgb(copy)
        if gimp.gimp_image_get_precision(copy) not in (U8_GAMMA, U16_GAMMA):
            gimp.gimp_image_convert_precision(copy, U16_GAMMA)
        gimp.gimp_selection_none(copy)
        write(copy, path)
    finally:
        gimp.gimp_image_delete(copy)


def write_mask(image, path):
    """Save the selection of ``image`` as a grey picture, white where it is selected."""
    copy = gimp.gimp_image_duplicate(image)
    size = gimp.gimp_image_width(image), gimp.gimp_image_height(image)
    mask = gimp.gimp_image_new(*size, GRAY)
    try:
        channel = gimp.gimp_selection_save(copy)
        layer = gimp.gimp_layer_new_from_drawable(channel, mask)
        gimp.gimp_item_set_visible(layer, True)
        gimp.gimp_image_insert_layer(mask, layer, 0, 0)
        write(mask, path)
    finally:
        gimp.gimp_image_delete(mask)
        gimp.gimp_image_delete(copy)


def fill(photo, mask, out, code):
    """Run ``lacuna fill``."""
    program = os.environ.get("LACUNA", "lacuna")
    command = [program, "fill", photo, "--mask", mask, "--out", out, "--seed", code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failure(
            f"“{program}” cannot be started ({error.strerror}). Install Lacuna, or say in the"
            " variable LACUNA where it is."
        ) from error
    if done.returncode:
        raise Failure(done.stderr.strip().replace("lacuna: ", "", 1) or "Lacuna failed.")


def remove(image, code):
    """Fill the selection of ``image`` onto a new layer on top."""
    if gimp.gimp_selection_is_empty(image):
        raise Failure("Select what shall be removed first.")
    with tempfile.TemporaryDirectory(prefix="lacuna-gimp-") as folder:
        photo, mask, out = (os.path.join(folder, f"{name}.tif") for name in ("in", "mask", "out"))
        write_photo(image, photo)
        write_mask(image, mask)
        fill(photo, mask, out, code)
        gimp.gimp_image_undo_group_start(image)
        try:
            layer = gimp.gimp_file_load_layer(NONINTERACTIVE, image, os.fsencode(out))
            demand(layer, "The result could not be loaded.")
            gimp.gimp_item_set_name(layer, f"Lacuna {code}".encode())
            gimp.gimp_image_insert_layer(image, layer, 0, 0)
            shape = gimp.gimp_layer_create_mask(layer, MASK_OF_SELECTION)
            gimp.gimp_layer_add_mask(layer, shape)
        finally:
            gimp.gimp_image_undo_group_end(image)
    gimp.gimp_displays_flush()


answer = (Param * 2)()


@RUN
def run(name, count, params, answers, values):
    """Do what the menu entry or a script asks for."""
    answers[0], values[0] = 1, ctypes.cast(answer, POINTER(Param))
    answer[0].kind, answer[0].data.number = STATUS, SUCCESS
    try:
        code = params[3].data.text.decode() if count > 3 and params[3].data.text else "SAFE"
        remove(params[1].data.number, code)
    except Exception as failure:
        answers[0] = 2
        answer[0].data.number = ERROR
        answer[1].kind, answer[1].data.text = STRING, str(failure).encode()


@QUERY
def query():
    """Describe the one procedure to GIMP."""
    arguments = (ParamDef * 4)(
        (INT32, b"run-mode", b"Interactive or not"),
        (IMAGE, b"image", b"The image"),
        (DRAWABLE, b"drawable", b"Not used: everything seen is filled"),
        (STRING, b"code", b"The result's code, such as 7F3A-02; SAFE by default"),
    )
    gimp.gimp_install_procedure(
        NAME,
        b"Fill the selection from its surroundings",
        b"Lacuna fills the selection; the result becomes a layer, masked by the selection.",
        b"Lacuna developers", b"MIT licence", b"2026",
        b"Remove with _Lacuna", b"*",
        PLUGIN, 4, 0, arguments, None,
    )  # fmt: skip
    gimp.gimp_plugin_menu_register(NAME, b"<Image>/Filters/Enhance")


def main():
    """Speak with the GIMP that started this file."""
    info = PlugInInfo(None, None, query, run)
    words = [word.encode() for word in sys.argv]
    return gimp.gimp_main(ctypes.byref(info), len(words), (c_char_p * len(words))(*words))


if __name__ == "__main__":
    sys.exit(main())
