"""From the network's small answer to a fill that holds at 100 %.

Texture comes from the photo itself by patch synthesis; the same machine without the network's
answer is the photo-only fill. What was tried and measured is in docs/detail.md.
"""

from engine.detail.grain import Grain, add_grain, measure_grain
from engine.detail.guided import paint_guided
from engine.detail.photo_only import fill_alone, photo_only
from engine.detail.seams import match_rim
from engine.detail.transfer import transfer_detail, transfer_many, warm_up

__all__ = [
    "Grain",
    "add_grain",
    "fill_alone",
    "match_rim",
    "measure_grain",
    "paint_guided",
    "photo_only",
    "transfer_detail",
    "transfer_many",
    "warm_up",
]
