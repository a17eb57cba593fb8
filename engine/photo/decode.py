"""The two decoders everything goes through, and the shapes they return."""

from __future__ import annotations

import io
import os
import warnings

import cv2
import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from engine.arrays import AnyArray, Levels, Pixels
from engine.photo.limits import TOO_MANY, Refusal, check_size

# This OpenCV points child processes at its own Qt, which would break ours.
for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    os.environ.pop(_name, None)

CUT_OFF = "the file is cut off or damaged; copy it again from where it came"


def cv_decode(data: bytes | Levels, flags: int, size: tuple[int, int]) -> AnyArray:
    """Decode with OpenCV, RGB channel order for colour.

    Args:
        data: the whole file.
        flags: cv2.IMREAD_*; orientation is never applied here.
        size: (width, height) the file's header claims.

    Returns:
        (H, W), (H, W, 3) RGB or (H, W, 4) RGBA, uint8 or uint16.

    Raises:
        Refusal: it cannot be decoded as claimed.
    """
    buffer = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else data
    if flags != cv2.IMREAD_UNCHANGED:
        flags |= cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(buffer, flags)
    if image is None or image.shape[:2] != size[::-1] or image.dtype not in (np.uint8, np.uint16):
        raise Refusal(CUT_OFF)
    if flags == cv2.IMREAD_UNCHANGED and image.ndim == 3:
        code = cv2.COLOR_BGR2RGB if image.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        cv2.cvtColor(image, code, dst=image)
    return image


def open_pillow(data: bytes, kind: str) -> Image.Image:
    """Open a file with Pillow's decoder for ``kind`` alone, its size checked.

    Raises:
        Refusal: it is no such file or too large.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data), formats=[kind])
        except UnidentifiedImageError as error:
            raise Refusal(CUT_OFF) from error
        except Image.DecompressionBombError as error:
            raise Refusal("it claims {0}; scale it down first", TOO_MANY) from error
    check_size(*image.size)
    return image


def pillow_pixels(image: Image.Image) -> tuple[Pixels, Pixels | None, tuple[str, ...], bool]:
    """Decode an 8-bit Pillow image: (pixels, alpha, notices, whether its profile still holds).

    ``pixels`` is (H, W) for greys, (H, W, 3) otherwise.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image.load()
        except OSError as error:
            raise Refusal(CUT_OFF) from error
        if image.mode == "CMYK":
            profile = image.info.get("icc_profile")
            return from_cmyk(np.array(image), profile), None, (CMYK_NOTICE,), False
        return (*_channels(image), (), True)


CMYK_NOTICE = "CMYK was converted to RGB; it will be saved as RGB."


def from_cmyk(inks: Pixels, profile: bytes | None) -> Pixels:
    """Return sRGB (H, W, 3) of inks (H, W, 4) uint8, 255 = all of it.

    It goes through the profile where that works, else by simple subtraction.
    """
    plain = np.ascontiguousarray(inks)
    image = Image.frombuffer("CMYK", (inks.shape[1], inks.shape[0]), plain, "raw", "CMYK", 0, 1)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if converted is not None:
                return np.array(converted)
        except (ImageCms.PyCMSError, OSError):
            pass
    return np.array(image.convert("RGB"))


def _channels(image: Image.Image) -> tuple[Pixels, Pixels | None]:
    clear = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La")
    if image.mode in ("1", "L", "LA", "La"):
        image = image.convert("LA" if clear else "L")
    else:
        image = image.convert("RGBA" if clear else "RGB")
    pixels = np.array(image)
    if not clear:
        return pixels, None
    return split_channels(pixels, pixels.shape[2] == 2)


def split_channels(image: AnyArray, grey: bool) -> tuple[Pixels, Pixels | None]:
    """Return (pixels, alpha) of an image with 1 to 4 channels; greys come back as (H, W)."""
    if image.ndim == 2:
        return image, None
    channels = image.shape[2]
    alpha = np.ascontiguousarray(image[..., -1]) if channels in (2, 4) else None
    if grey:
        return np.ascontiguousarray(image[..., 0]), alpha
    return (image if channels == 3 else np.ascontiguousarray(image[..., :3])), alpha
