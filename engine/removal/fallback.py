"""Go on with less where the machine or the weights fail, and say so once, in one sentence.

``engine.removal.remover`` does it: a graphics card that is full or lost, then the processor;
weights that cannot be used, or no memory for the network, the fill from the photo alone; no memory
for that either, OpenCV's classical fill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.errors import Cancelled, EngineError, ImageError
from engine.sentence import Sentence

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
        return error.sentence
    if out_of_memory(error):
        return no_memory()
    return ""


SENTENCES = (
    "There is not enough memory for the network; close other programs.",
    "The graphics card failed or is full. Lacuna goes on with the processor, slower.",
    "{0} Meanwhile only fills made from the photo itself are offered.",
)
"""What is said here, for the translations."""


def no_memory() -> str:
    """Return the sentence that the network does not fit."""
    return Sentence(SENTENCES[0])


def card_left() -> str:
    """Return the sentence that the processor has taken over."""
    return Sentence(SENTENCES[1])


def only_from_photo(reason: str) -> Remark:
    """Return the remark that the network is out of the game, and why."""
    return Remark(Sentence(SENTENCES[2], reason))
