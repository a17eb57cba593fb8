#!/usr/bin/env python3
"""Fill the selection with Lacuna, onto a new layer: a plug-in for GIMP 3.

Installation: copy the folder ``lacuna`` this file lies in to GIMP's folder of plug-ins (Edit >
Preferences > Folders > Plug-ins; on Linux ~/.config/GIMP/3.0/plug-ins) and keep the file
executable. Lacuna is found in PATH, or where the variable LACUNA says.

Use: select what shall go, then Filters > Enhance > Remove with Lacuna. The fill becomes a layer of
its own, masked by the selection; what was there stays below it.
"""

import json
import os
import subprocess
import sys
import tempfile

import gi

gi.require_version("Gimp", "3.0")
from gi.repository import Gimp, Gio, GLib, GObject  # noqa: E402

NAME = "plug-in-lacuna"


class Failure(Exception):
    """Carry a sentence for the user."""


def write(image, path):
    """Save ``image``, which is flattened, to ``path``."""
    file = Gio.File.new_for_path(path)
    if not Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None):
        raise Failure("The image could not be handed over to Lacuna.")


def write_photo(image, path):
    """Save what is seen of ``image``: 8 bits stay, everything deeper becomes 16 bits."""
    copy = image.duplicate()
    try:
        if copy.get_base_type() != Gimp.ImageBaseType.RGB:
            copy.convert_rgb()
        kept = (Gimp.Precision.U8_NON_LINEAR, Gimp.Precision.U16_NON_LINEAR)
        if copy.get_precision() not in kept:
            copy.convert_precision(Gimp.Precision.U16_NON_LINEAR)
        Gimp.Selection.none(copy)
        copy.flatten()
        write(copy, path)
    finally:
        copy.delete()


def write_mask(image, path):
    """Save the selection of ``image`` as a grey picture, white where it is selected."""
    copy = image.duplicate()
    mask = Gimp.Image.new(image.get_width(), image.get_height(), Gimp.ImageBaseType.GRAY)
    try:
        channel = Gimp.Selection.save(copy)
        layer = Gimp.Layer.new_from_drawable(channel, mask)
        layer.set_visible(True)
        mask.insert_layer(layer, None, 0)
        mask.flatten()
        write(mask, path)
    finally:
        mask.delete()
        copy.delete()


def fill(photo, mask, out, code, variants):
    """Run ``lacuna fill`` and return (file, code) of each result."""
    program = os.environ.get("LACUNA", "lacuna")
    command = [program, "fill", photo, "--mask", mask, "--out", out, "--seed", code, "--json"]
    command += ["--variants", str(variants)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failure(
            f"“{program}” cannot be started ({error.strerror}). Install Lacuna, or say in the"
            " variable LACUNA where it is."
        ) from error
    if done.returncode:
        raise Failure(done.stderr.strip().removeprefix("lacuna: ") or "Lacuna failed.")
    told = json.loads(done.stdout)
    return [(row["out"], row["seed"]) for row in told.get("variants", [told])]


def add_layer(image, path, code):
    """Put the picture at ``path`` over ``image``, masked by the selection."""
    file = Gio.File.new_for_path(path)
    layer = Gimp.file_load_layer(Gimp.RunMode.NONINTERACTIVE, image, file)
    layer.set_name(f"Lacuna {code}")
    image.insert_layer(layer, None, 0)
    layer.add_mask(layer.create_mask(Gimp.AddMaskType.SELECTION))


def remove(image, code, variants):
    """Fill the selection of ``image``; each result becomes a layer, the first one on top."""
    if Gimp.Selection.is_empty(image):
        raise Failure("Select what shall be removed first.")
    with tempfile.TemporaryDirectory(prefix="lacuna-gimp-") as folder:
        photo, mask, out = (os.path.join(folder, f"{name}.tif") for name in ("in", "mask", "out"))
        write_photo(image, photo)
        write_mask(image, mask)
        results = fill(photo, mask, out, code, variants)
        image.undo_group_start()
        try:
            for path, made in reversed(results):
                add_layer(image, path, made)
        finally:
            image.undo_group_end()
    Gimp.displays_flush()


def run(procedure, mode, image, drawables, config, data):
    """Do what the menu entry or a script asks for."""
    if mode == Gimp.RunMode.INTERACTIVE:
        gi.require_version("GimpUi", "3.0")
        from gi.repository import GimpUi

        GimpUi.init(NAME)
        dialog = GimpUi.ProcedureDialog.new(procedure, config, "Remove with Lacuna")
        dialog.fill(None)
        wanted = dialog.run()
        dialog.destroy()
        if not wanted:
            return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
        Gimp.progress_init("Lacuna fills the selection")
    try:
        remove(image, config.get_property("code"), config.get_property("variants"))
    except Failure as failure:
        error = GLib.Error(str(failure))
        return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, error)
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)


class Lacuna(Gimp.PlugIn):
    """Offer the one procedure."""

    def do_query_procedures(self):
        """Name it."""
        return [NAME]

    def do_set_i18n(self, name):
        """Have no translations."""
        return False

    def do_create_procedure(self, name):
        """Describe it: menu, arguments, documentation."""
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, None)
        procedure.set_image_types("*")
        procedure.set_sensitivity_mask(
            Gimp.ProcedureSensitivityMask.DRAWABLE | Gimp.ProcedureSensitivityMask.DRAWABLES
        )
        procedure.set_menu_label("Remove with _Lacuna...")
        procedure.add_menu_path("<Image>/Filters/Enhance")
        procedure.set_documentation(
            "Fill the selection from its surroundings",
            "Lacuna fills the selection; each result becomes a layer, masked by the selection.",
            name,
        )
        procedure.set_attribution("Lacuna developers", "MIT licence", "2026")
        writable = GObject.ParamFlags.READWRITE
        procedure.add_string_argument(
            "code", "_Code", "The result's code, such as 7F3A-02", "SAFE", writable
        )
        procedure.add_int_argument(
            "variants", "_Variants", "How many results, each a layer", 1, 16, 1, writable
        )
        return procedure


Gimp.main(Lacuna.__gtype__, sys.argv)
