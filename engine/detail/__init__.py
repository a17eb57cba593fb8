"""From the network's small answer to a fill that holds at 100 %.

Texture comes from the photo itself by patch synthesis, with the network's answer or without one.
What was tried and measured is in docs/detail.md.
"""

from engine.detail.grain import Grain, add_grain, measure_grain
from engine.detail.guided import paint_guided
from engine.detail.joining.seams import match_rim
from engine.detail.transfer import transfer_detail, transfer_many, warm_up

__all__ = [
    "Grain",
    "add_grain",
    "match_rim",
    "measure_grain",
    "paint_guided",
    "transfer_detail",
    "transfer_many",
    "warm_up",
]
