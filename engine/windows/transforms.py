"""Name what may be done to what is copied: nothing but moving it, or more."""

from __future__ import annotations

from enum import Flag


class Transforms(Flag):
    """Say how copied parts of a photo may be changed, besides being moved.

    Attributes:
        NONE: they are only moved.
        MIRROR: they may be mirrored at any axis.
        ROTATE: they may be turned by any angle.
        SCALE: they may be made smaller or larger.
    """

    NONE = 0
    MIRROR = 1
    ROTATE = 2
    SCALE = 4

    @property
    def text(self) -> str:
        """Return what is allowed as recipes and the command line write it: ``mirror,scale``."""
        return ",".join(str(one.name).lower() for one in self)

    @classmethod
    def of(cls, text: str) -> Transforms:
        """Return what a text of ``text`` allows; raises KeyError for another word."""
        out = cls.NONE
        for word in filter(None, text.split(",")):
            out |= cls[word.strip().upper()]
        return out
