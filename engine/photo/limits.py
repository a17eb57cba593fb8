"""What may be opened: the sizes, and the sentences for everything else."""

from __future__ import annotations

from PIL import Image

from engine.sentence import Sentence, SentenceError

MAX_PIXELS = 300_000_000
"""Photos with more pixels are refused before a single one is decoded."""

TOO_MANY = Sentence("more than the {0} megapixels this program opens", MAX_PIXELS // 1_000_000)

MAX_FILE = 4 << 30
"""Files of more bytes are refused before they are read."""

# Pillow warns above 89 megapixels and refuses above twice its limit; our own limit comes first.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class Refusal(SentenceError):
    """Carry the reason why a file is not opened: the end of a sentence, without the file's name."""


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is empty or larger than the limit.

    Raises:
        Refusal: ``width`` x ``height`` is no picture or exceeds ``MAX_PIXELS``.
    """
    if width < 1 or height < 1:
        raise Refusal("it holds no picture (its size is zero)")
    if width * height > MAX_PIXELS:
        raise Refusal(
            "it claims {0} × {1} pixels, {2}; scale it down first", width, height, TOO_MANY
        )
