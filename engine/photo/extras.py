"""HEIC and RAW through optional packages; without them, a sentence names what to install."""

from __future__ import annotations

import importlib
import io
from types import ModuleType

import numpy as np

from engine.photo import exif as exif_block
from engine.photo.limits import EXTRAS, Container, Refusal, check_size
from engine.photo.model import Picture


def _module(container: Container) -> ModuleType:
    module, extra = EXTRAS[container]
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise Refusal(
            f"{container} files need the extra “{extra}”; install it with"
            f" pip install lacuna[{extra}]"
        ) from error


def read_heic(data: bytes) -> Picture:
    """Decode a HEIC file with all its bits.

    Raises:
        Refusal: the extra is missing, or the file is damaged or too large.
    """
    pi_heif = _module("HEIC")
    heif = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    check_size(*heif.size)
    image = np.asarray(heif)
    alpha = np.ascontiguousarray(image[..., 3]) if image.ndim == 3 and image.shape[2] == 4 else None
    pixels = image if image.ndim == 2 else np.ascontiguousarray(image[..., :3])
    exif = heif.info.get("exif")
    exif = exif.removeprefix(b"Exif\0\0") if exif else None
    return Picture(
        pixels,
        alpha,
        icc=heif.info.get("icc_profile"),
        exif=exif,
        xmp=heif.info.get("xmp"),
        resolution=exif_block.resolution_of(exif),
        # the decoder has turned the picture upright already
        orientation=1,
        notices=("HEIC cannot be written; the result is saved as PNG or TIFF.",),
    )


def read_raw(data: bytes) -> Picture:
    """Develop a RAW file to 16-bit sRGB with the camera's white balance.

    Raises:
        Refusal: the extra is missing, or the file is damaged or too large.
    """
    rawpy = _module("RAW")
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            check_size(raw.sizes.width, raw.sizes.height)
            pixels = raw.postprocess(
                output_bps=16,
                use_camera_wb=True,
                no_auto_bright=True,
                output_color=rawpy.ColorSpace.sRGB,
                user_flip=None,
            )
    except rawpy.LibRawError as error:
        raise Refusal("this RAW file cannot be developed; export it as TIFF first") from error
    return Picture(
        np.ascontiguousarray(pixels),
        notices=("The RAW file was developed; the result is saved as a 16-bit TIFF.",),
    )
