"""Go on with less where the machine or the weights fail, and say so once, in one sentence.

A graphics card that is full or lost: one result at a time, then the processor. Weights that cannot
be used, or no memory for the network: the fill from the photo alone. No memory for that either:
OpenCV's classical fill.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import Cancelled, EngineError, ImageError
from engine.progress import part_of
from engine.sentence import Sentence

if TYPE_CHECKING:
    from engine.arrays import Mask, Pixels
    from engine.geometry import Box
    from engine.progress import Progress
    from engine.removal.host import EngineHost, Latents
    from engine.result import Result

log = logging.getLogger(__name__)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Remark:
    """Hand over a sentence for the bar above the photo."""

    text: str


def out_of_memory(error: BaseException) -> bool:
    """Tell whether ``error`` is one of the many ways to say that memory is short."""
    text = str(error).lower()
    short = "out of memory" in text or "insufficient memory" in text or "alloc" in text
    return isinstance(error, MemoryError) or (short and not isinstance(error, EngineError))


def card_failed(error: BaseException) -> bool:
    """Tell whether ``error`` comes from a graphics card: lost, too old a driver, a bug."""
    kind = type(error).__name__
    text = str(error)
    named = any(word in text for word in ("CUDA", "cuDNN", "CUBLAS", "NVIDIA"))
    return kind == "AcceleratorError" or (
        named and isinstance(error, RuntimeError | AssertionError)
    )


def needs_no_network(error: BaseException) -> str:
    """Return why only fills without the network remain; empty where the error is another one."""
    if isinstance(error, Cancelled | ImageError):
        return ""
    if isinstance(error, EngineError):
        return str(error)
    if out_of_memory(error):
        return Sentence(SENTENCES[0])
    return ""


def inpaint(
    host: EngineHost,
    image: Pixels,
    mask: Mask,
    seeds: Sequence[int],
    on_progress: Progress,
    z: Latents | None,
    say: Say,
    **how: Any,  # noqa: ANN401
) -> list[Result]:
    """Fill once for every seed as ``Filler.inpaint_many`` does, with less where that fails.

    Args:
        say: is told once when the processor takes over.
        how: passed on.

    Raises:
        EngineError, MemoryError, RuntimeError: as the processor's filler does.
    """

    def at_once() -> list[Result]:
        return host.get().inpaint_many(image, mask, seeds, on_progress, z, **how)

    def one_by_one() -> list[Result]:
        """Take the least memory."""
        results = []
        for number, seed in enumerate(seeds):
            part = None if z is None else z[number : number + 1]
            report = part_of(on_progress, number / len(seeds), 1 / len(seeds))
            results += host.get().inpaint_many(image, mask, [seed], report, part, **how)
        return results

    for way in (at_once, one_by_one):
        try:
            return way()
        except (MemoryError, RuntimeError, AssertionError) as error:
            if not host.on_gpu or not (out_of_memory(error) or card_failed(error)):
                raise
            log.warning("the graphics card failed: %s", type(error).__name__)
            if not out_of_memory(error) or len(seeds) < 2:
                break
    host.leave_card()
    say(card_left())
    return one_by_one()


def patch_without_network(
    fill: Callable[[], Pixels], image: Pixels, box: Box, mask: Mask
) -> Pixels:
    """Return what ``fill`` makes of ``box``; OpenCV's classical fill where memory is short."""
    try:
        return fill()
    except Cancelled:
        raise
    except Exception as error:
        if not out_of_memory(error):
            raise
    from engine.classical import classical_fill

    return classical_fill(np.asarray(image), box, mask)


SENTENCES = (
    "There is not enough memory for the network; close other programs.",
    "The graphics card failed or is full. Lacuna goes on with the processor, slower.",
    "{0} Meanwhile only fills made from the photo itself are offered.",
)
"""What is said here, for the translations."""


def card_left() -> str:
    """Return the sentence that the processor has taken over."""
    return Sentence(SENTENCES[1])


def only_from_photo(reason: str) -> Remark:
    """Return the remark that the network is out of the game, and why."""
    return Remark(Sentence(SENTENCES[2], reason))
