"""Photo files: open any photo upright with all it holds, save it as it was, or change nothing."""

from engine.photo.mask import MaskFile, check_mask_name, open_mask, read_mask, save_mask
from engine.photo.metadata.icc import Colour, colour_of
from engine.photo.model import Photo, SaveReport
from engine.photo.read import kind_of, read_photo
from engine.photo.write import beside, check_fits, ending_for, propose_name, save_photo

__all__ = [
    "Colour",
    "MaskFile",
    "Photo",
    "SaveReport",
    "beside",
    "check_fits",
    "check_mask_name",
    "colour_of",
    "ending_for",
    "kind_of",
    "open_mask",
    "propose_name",
    "read_mask",
    "read_photo",
    "save_mask",
    "save_photo",
]
