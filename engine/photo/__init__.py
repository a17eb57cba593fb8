"""Photo files: open any photo upright with all it holds, save it as it was, or change nothing."""

from engine.photo.icc import Colour, colour_of
from engine.photo.limits import OPEN_ENDINGS
from engine.photo.mask import read_mask, save_mask
from engine.photo.model import Photo, SaveReport
from engine.photo.read import read_photo
from engine.photo.write import propose_name, save_photo

__all__ = [
    "OPEN_ENDINGS",
    "Colour",
    "Photo",
    "SaveReport",
    "colour_of",
    "propose_name",
    "read_mask",
    "read_photo",
    "save_mask",
    "save_photo",
]
