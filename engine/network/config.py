"""The configurations of the generator and of its upper level, and the table of presets."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args, get_type_hints

from engine.errors import SnapshotError

Conv = Literal["iconv", "plain", "partial", "gated"]


@dataclass(frozen=True)
class GeneratorConfig:
    """Describe a generator completely; the same values build the same network.

    Attributes:
        resolution: side of the square it works on, pixels; a power of two from 8.
        base: channels at 4 to 32 px; half at 64, a quarter at 128, an eighth at 256.
        least: no resolution has fewer channels than this; 0 in the paper.
        conv: the layer of Figure 2 in use.
        skip: "gamma" (Equation 6) or "concat" (U-Net, Configs A to C).
        rgb: "msg" sums an RGB output per resolution; "last" has one at the top (Configs A to D);
            "pyramid" merges each with the pooled known pixels (see ``engine.network.rgb``).
        z_channels: latent channels at 4 x 4; 0 makes the network deterministic.
        pose: number of pose scalars (14 for FDF); 0 has none.
        pose_kind: "bank" (two fully connected layers to 4 x 4) or "onehot" (Configs A and B: one
            map per keypoint, joined at every resolution of the decoder).
        released: build the authors' released variant where it differs from ours.
    """

    resolution: int = 256
    base: int = 256
    least: int = 0
    conv: Conv = "iconv"
    skip: Literal["gamma", "concat"] = "gamma"
    rgb: Literal["msg", "last", "pyramid"] = "msg"
    z_channels: int = 32
    pose: int = 0
    pose_kind: Literal["bank", "onehot"] = "bank"
    released: bool = False

    def width(self, resolution: int) -> int:
        """Return n(r), the channels at ``resolution``."""
        return max(self.base * 32 // max(resolution, 32), self.least)

    @property
    def resolutions(self) -> list[int]:
        """Return 4, 8, ... up to the network's own resolution."""
        return [4 << i for i in range((self.resolution // 4).bit_length())]

    def pose_channels(self, resolution: int) -> int:
        """Return the channels the pose adds to the decoder's input at ``resolution``."""
        if self.pose_kind == "onehot":
            return self.pose // 2
        if not self.pose or resolution > 4:
            return 0
        return 16 if self.released else 32

    @classmethod
    def from_dict(cls, values: object) -> GeneratorConfig:
        """Build a configuration from JSON values, an object of its fields.

        Raises:
            SnapshotError: a field is unknown, or a value is not one this program can build.
        """
        config = cls(**settings_of(cls, values))
        for name, kind in get_type_hints(cls).items():
            value, choices = getattr(config, name), get_args(kind) or (True, False)
            if kind is not int and value not in choices:
                raise SnapshotError(
                    "The weights ask for {0} “{1}”, which is not known.", name, value
                )
        sizes = config.resolution, config.base, config.least, config.z_channels, config.pose
        if not all(isinstance(v, int) and 0 <= v <= 4096 for v in sizes):
            raise SnapshotError("The weights describe a network of impossible size.")
        if config.resolution not in (8, 16, 32, 64, 128, 256, 512, 1024) or config.base < 8:
            raise SnapshotError("The weights describe a network of impossible size.")
        return config


PRESETS: Final = {
    "lacuna-256": GeneratorConfig(resolution=256, base=128, least=16, rgb="pyramid"),
    "places2-256": GeneratorConfig(resolution=256, base=256),
    "places2-256-small": GeneratorConfig(resolution=256, base=128),
    "celebahq-256": GeneratorConfig(resolution=256, base=256),
    "fdf-128": GeneratorConfig(resolution=128, base=128, pose=14),
}

PYRAMID_GAIN: Final = 0.1
"""What a level of the RGB pyramid adds is multiplied by this."""
DEPTH: Final = 4
"""Sizes a level works at: R, R / 2, R / 4, R / 8."""


@dataclass(frozen=True)
class UpperConfig:
    """Describe the upper level completely.

    Attributes:
        base: channels at the new size; twice at half of it, four times at a quarter and an eighth.
        imputation: side K of the window of Equation 4.
    """

    base: int = 24
    imputation: int = 5

    def width(self, depth: int) -> int:
        """Return the channels at R / 2**depth."""
        return int(self.base << min(depth, 2))

    @property
    def least_parameters(self) -> int:
        """Return the number of the decoder's weights, fewer than there are in all."""
        n = self.width
        return 9 * sum(n(d) * (n(d) + n(max(d - 1, 0))) for d in range(DEPTH))

    @classmethod
    def from_dict(cls, values: object) -> UpperConfig:
        """Build a configuration from JSON values, an object of its fields.

        Raises:
            SnapshotError: a field is unknown, or a value is not one this program can build.
        """
        config = cls(**settings_of(cls, values))
        known = type(config.base) is int and config.imputation in (3, 5, 7)
        if not (known and 1 <= config.base <= 512):
            raise SnapshotError("The weights describe a network of impossible size.")
        return config


def doublings(size: int, most: int) -> list[int]:
    """Return twice ``size``, four times, ... up to ``most``."""
    return [size << n for n in range(1, 32) if size << n <= most]


def settings_of(kind: type, values: object) -> dict[str, Any]:
    """Return ``values`` if they are an object of fields that the dataclass ``kind`` has.

    Raises:
        SnapshotError: they are no object, or name a setting that is unknown.
    """
    if not isinstance(values, dict):
        raise SnapshotError("The weights do not describe their network.")
    unknown = set(values) - {f.name for f in fields(kind)}
    if unknown:
        raise SnapshotError("The weights ask for unknown settings: {0}.", sorted(unknown))
    return values
