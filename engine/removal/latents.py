"""Name the latent behind a result in a few characters, and read such a name back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import ImageError
from engine.removal.codes import SAFE, code_of, seed_of

_FORM = re.compile(
    r"^\s*(?P<code>[0-9A-Fa-f]{4}-\d{2}|SAFE|safe)"
    r"(?:\s*~\s*(?P<other>[0-9A-Fa-f]{4}-\d{2}|SAFE|safe)\s+(?P<share>\d{1,3})\s*%)?"
    r"(?:\s*[×x*]\s*(?P<boldness>\d(?:[.,]\d{1,2})?))?\s*$"
)
BOLDEST = 1.5


@dataclass(frozen=True)
class Latent:
    """Say how a z is made.

    Attributes:
        seed: draws z from the normal distribution; 0 is z = 0.
        boldness: multiplies z (truncation), 0 to 1.5; 1 leaves it as drawn.
        other, share: how far z is turned towards the z of another seed, 0 to 1.
    """

    seed: int = SAFE
    boldness: float = 1.0
    other: int | None = None
    share: float = 0.0

    @property
    def plain(self) -> bool:
        """Tell whether the seed alone says everything."""
        return self.other is None and (self.boldness == 1.0 or self.seed == SAFE)

    @property
    def code(self) -> str:
        """Return the name, such as ``7F3A-02``, ``7F3A-02 ×0.6`` or ``7F3A-02 ~ 7F3A-09 40 %``."""
        parts = [code_of(self.seed)]
        if self.other is not None:
            parts.append(f"~ {code_of(self.other)} {self.share * 100:.0f} %")
        if self.boldness != 1.0 and not (self.seed == SAFE and self.other is None):
            parts.append(f"×{self.boldness:g}")
        return " ".join(parts)

    @classmethod
    def of_code(cls, text: str) -> Latent:
        """Return the latent a name stands for; raises ImageError if it is none."""
        found = _FORM.match(text)
        if found is None:
            return cls(seed_of(text))
        boldness = float((found["boldness"] or "1").replace(",", "."))
        share = int(found["share"] or 0) / 100
        if boldness > BOLDEST or share > 1:
            raise ImageError(
                "“{0}” goes too far: boldness ends at {1:g}, a mix at 100 %.", text.strip(), BOLDEST
            )
        other = seed_of(found["other"]) if found["other"] else None
        return cls(seed_of(found["code"]), boldness, other, share)
